"""Read the server's own configuration files: every problem at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from reference_server.errors import StartupError
from reference_server.strict_yaml import parse_yaml

API_VERSION = "reference-server/v1"

T = TypeVar("T")


class Reader:
    """A map from a configuration file, read field by field; collects what is wrong instead of stopping.

    Args:
        value: the map.
        place: where it is, for example ``"rules[2]"``.
        problems: where to put what is wrong.
    """

    def __init__(self, value: Any, place: str, problems: list[str]) -> None:
        self.problems = problems
        self._place = place
        self._known: set[str] = set()
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            problems.append(f"{place or 'the file'}: is not a map but {type(value).__name__}")

    def text(self, field: str, *, default: str | None = None, allowed: Iterable[str] = ()) -> str:
        """Return a text field; without a default it is required."""
        found = self._get(field, default)
        choices = tuple(allowed)
        if not isinstance(found, str) or not found:
            self.wrong(
                field, f"{found!r} is not a non-empty text" if found is not None else "is missing; it is required"
            )
            return default or ""
        if choices and found not in choices:
            self.wrong(field, f"{found!r} is unknown; use one of {', '.join(choices)}")
        return found

    def number(self, field: str, *, default: float, least: float, most: float) -> float:
        """Return a number field within its limits."""
        found = self._get(field, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not least <= found <= most:
            self.wrong(field, f"{found!r} is not a number from {least:g} to {most:g}")
            return default
        return found

    def texts(self, field: str, *, allowed: Iterable[str] = ()) -> tuple[str, ...]:
        """Return a list of texts; empty when the field is missing."""
        found = self._get(field, [])
        if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
            self.wrong(field, f'{found!r} is not a list of non-empty texts; write it as ["one", "two"]')
            return ()
        choices = tuple(allowed)
        for item in found:
            if choices and item not in choices:
                self.wrong(field, f"{item!r} is unknown; use any of {', '.join(choices)}")
        return tuple(found)

    def maps(self, field: str, read: Callable[[Reader], T]) -> tuple[T, ...]:
        """Return a list of maps, each read by ``read``."""
        found = self._get(field, [])
        if not isinstance(found, list):
            self.wrong(field, f"is not a list but {type(found).__name__}")
            return ()
        result = []
        for index, item in enumerate(found):
            reader = Reader(item, f"{self._at(field)}[{index}]", self.problems)
            result.append(read(reader))
            reader.finish()
        return tuple(result)

    def wrong(self, field: str, message: str) -> None:
        """Note a problem with a field."""
        self.problems.append(f"{self._at(field)}: {message}")

    def finish(self) -> None:
        """Note the fields that nobody asked for."""
        for field in sorted(self._value.keys() - self._known):
            self.wrong(field, f"is unknown; known here are {', '.join(sorted(self._known))}")

    def _get(self, field: str, default: Any) -> Any:
        self._known.add(field)
        found = self._value.get(field)
        return default if found is None else found

    def _at(self, field: str) -> str:
        return f"{self._place}.{field}" if self._place else field


def load_document(path: str, kind: str, read: Callable[[Reader], T]) -> T:
    """Return what ``read`` makes of the file at ``path``.

    Args:
        path: a YAML or JSON file.
        kind: what its ``kind`` must be; its ``apiVersion`` must be ``reference-server/v1``.
        read: takes the fields; problems go to the reader.

    Raises:
        StartupError: the file cannot be read or has problems; it lists them all.
    """
    try:
        value = parse_yaml(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise StartupError(path, [f"cannot be read: {error}"]) from error
    reader = Reader(value, "", [])
    reader.text("apiVersion", allowed=[API_VERSION])
    reader.text("kind", allowed=[kind])
    result = read(reader)
    reader.finish()
    if reader.problems:
        raise StartupError(path, reader.problems)
    return result
