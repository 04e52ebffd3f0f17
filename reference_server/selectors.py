"""Label and field selectors: which objects of a list a client wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from reference_server.errors import BadRequest

Matcher = Callable[[dict[str, Any]], bool]

_REQUIREMENT = re.compile(r"(?P<key>[A-Za-z0-9][A-Za-z0-9_./-]*)\s*(?P<operator>==|=|!=)\s*(?P<value>[A-Za-z0-9_.-]*)")
_FIELDS = ("metadata.name", "metadata.namespace")


def parse_selectors(label_selector: str, field_selector: str) -> Matcher | None:
    """Return a function that tells whether an object is wanted, or None when all are.

    Args:
        label_selector: ``key=value`` and ``key!=value``, separated by commas.
        field_selector: the same for ``metadata.name`` and ``metadata.namespace``.

    Raises:
        BadRequest: a part cannot be read or is not supported.
    """
    tests = [_label_test(*parts) for parts in _requirements(label_selector, "labelSelector")]
    tests += [_field_test(*parts) for parts in _requirements(field_selector, "fieldSelector")]
    if not tests:
        return None
    return lambda item: all(test(item) for test in tests)


def _requirements(text: str, parameter: str) -> list[tuple[str, str, bool]]:
    found = []
    for part in text.split(",") if text.strip() else ():
        match = _REQUIREMENT.fullmatch(part.strip())
        if match is None:
            raise BadRequest(
                f"{parameter}: {part.strip()!r} cannot be read; use key=value or key!=value, separated by commas"
            )
        found.append((match["key"], match["value"], match["operator"] != "!="))
    return found


def _label_test(key: str, value: str, equal: bool) -> Matcher:
    return lambda item: (item["metadata"].get("labels", {}).get(key) == value) is equal


def _field_test(key: str, value: str, equal: bool) -> Matcher:
    if key not in _FIELDS:
        raise BadRequest(f"fieldSelector: field label not supported: {key}; use one of {', '.join(_FIELDS)}")
    field = key.partition(".")[2]
    return lambda item: (item["metadata"].get(field, "") == value) is equal
