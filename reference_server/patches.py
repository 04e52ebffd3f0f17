"""JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396) and the part of strategic merge patch that concerns maps."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

_MOST_OPERATIONS = 10_000
_MOST_COPIED = 3 * 1024 * 1024  # characters; a few copies of copies would otherwise grow without limit


class PatchError(ValueError):
    """The patch is malformed; no object could make it applicable."""


class PatchNotApplicable(PatchError):
    """The patch is well-formed, but this object is not what it expects (a failed ``test``, a missing path)."""


def merge_patch(target: Any, patch: Any) -> Any:
    """Return ``target`` with ``patch`` merged in: maps member by member, null removes, all else replaces (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_merge_patch(target: Any, patch: Any) -> Any:
    """Return ``target`` with a Kubernetes strategic merge patch applied, as far as it concerns maps.

    Maps are merged and null removes, as in a merge patch; lists are replaced as a whole.

    Raises:
        PatchError: the patch has directives (``$patch``, ``$setElementOrder/...``), which are not supported.
    """
    _refuse_directives(patch, "")
    return merge_patch(target, patch)


def _refuse_directives(patch: Any, where: str) -> None:
    if isinstance(patch, dict):
        for key, value in patch.items():
            if key.startswith("$"):
                raise PatchError(
                    f"{where or '/'}: the strategic merge directive {key!r} is not supported here; send the change as "
                    "application/merge-patch+json or application/json-patch+json"
                )
            _refuse_directives(value, f"{where}/{key}")
    elif isinstance(patch, list):
        for index, value in enumerate(patch):
            _refuse_directives(value, f"{where}/{index}")


def json_patch(target: Any, operations: Any) -> Any:
    """Return ``target`` with the operations of a JSON Patch applied in order; ``target`` itself stays as it is.

    Raises:
        PatchError: the patch is malformed.
        PatchNotApplicable: an operation does not fit the object; nothing of the patch counts then.
    """
    if not isinstance(operations, list):
        raise PatchError(f"a JSON Patch is a list of operations, not {type(operations).__name__}")
    if len(operations) > _MOST_OPERATIONS:
        raise PatchError(f"a JSON Patch of {len(operations)} operations is too long; the most is {_MOST_OPERATIONS}")
    document = copy.deepcopy(target)
    copied = 0
    for number, operation in enumerate(operations):
        try:
            copied += _copied_size(document, operation)
            if copied > _MOST_COPIED:
                raise PatchError(f"the patch copies more than {_MOST_COPIED} characters")
            document = _apply(document, operation)
        except PatchError as error:
            raise type(error)(f"operation {number}: {error}") from None
    return document


def _copied_size(document: Any, operation: Any) -> int:
    if not isinstance(operation, dict) or operation.get("op") != "copy":
        return 0
    return len(json.dumps(_look_up(document, _pointer(operation, "from"))))


def _apply(document: Any, operation: Any) -> Any:
    if not isinstance(operation, dict):
        raise PatchError(f"an operation is a map with op and path, not {type(operation).__name__}")
    name = operation.get("op")
    change = _OPERATIONS.get(name) if isinstance(name, str) else None
    if change is None:
        raise PatchError(f"op {name!r} is unknown; use one of {', '.join(_OPERATIONS)}")
    return change(document, operation)


def _add(document: Any, operation: dict[str, Any]) -> Any:
    return _insert(document, _pointer(operation, "path"), copy.deepcopy(_value(operation)))


def _remove(document: Any, operation: dict[str, Any]) -> Any:
    return _take(document, _pointer(operation, "path"))[0]


def _replace(document: Any, operation: dict[str, Any]) -> Any:
    path = _pointer(operation, "path")
    value = copy.deepcopy(_value(operation))
    if not path:
        return value
    _look_up(document, path)
    parent = _look_up(document, path[:-1])
    parent[_index(parent, path[-1]) if isinstance(parent, list) else path[-1]] = value
    return document


def _move(document: Any, operation: dict[str, Any]) -> Any:
    source, path = _pointer(operation, "from"), _pointer(operation, "path")
    if path[: len(source)] == source and path != source:
        raise PatchNotApplicable(f"{operation['from']!r} cannot be moved into itself")
    document, value = _take(document, source)
    return _insert(document, path, value)


def _copy(document: Any, operation: dict[str, Any]) -> Any:
    value = copy.deepcopy(_look_up(document, _pointer(operation, "from")))
    return _insert(document, _pointer(operation, "path"), value)


def _test(document: Any, operation: dict[str, Any]) -> Any:
    if not _equal(_look_up(document, _pointer(operation, "path")), _value(operation)):
        raise PatchNotApplicable(f"test failed: {operation['path']!r} has another value")
    return document


_OPERATIONS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise PatchError(f"op {operation['op']!r} needs a value")
    return operation["value"]


def _pointer(operation: dict[str, Any], member: str) -> list[str]:
    """Parse a JSON Pointer (RFC 6901)."""
    text = operation.get(member)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchError(f"{member} {text!r} is not a JSON Pointer; write it as /metadata/labels")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _look_up(document: Any, path: Sequence[str]) -> Any:
    for depth, part in enumerate(path):
        if isinstance(document, list):
            document = document[_index(document, part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            raise PatchNotApplicable(f"/{'/'.join(path[: depth + 1])} does not exist")
    return document


def _index(items: list[Any], part: str, *, end: int = 0) -> int:
    if not part.isascii() or not part.isdigit() or (part != "0" and part.startswith("0")):
        raise PatchNotApplicable(f"{part!r} is not the index of a list item")
    index = int(part[:10])
    if index >= len(items) + end:
        raise PatchNotApplicable(f"index {part} is behind the end of a list of {len(items)}")
    return index


def _insert(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _look_up(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(parent, last, end=1), value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise PatchNotApplicable(f"/{'/'.join(path[:-1])} is neither a map nor a list")
    return document


def _take(document: Any, path: list[str]) -> tuple[Any, Any]:
    value = _look_up(document, path)
    if not path:
        return None, value
    parent = _look_up(document, path[:-1])
    del parent[_index(parent, path[-1]) if isinstance(parent, list) else path[-1]]
    return document, value


def _equal(left: Any, right: Any) -> bool:
    """Compare as JSON: 1 equals 1.0, but true is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right)
