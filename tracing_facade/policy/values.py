"""Cleans values of every shape: secrets redacted, texts and collections cut to size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from tracing_facade.policy.cards import is_card
from tracing_facade.policy.secrets import names_a_secret
from tracing_facade.policy.url_redaction import REDACTED

_DEEPEST = 8


class ValueCleaner:
    """Returns values as they may leave the process; the same object when nothing has to be done.

    Args:
        redact: returns a text without secrets, or None to look for none.
        most_characters: of a text.
        most_items: of a list or mapping.
    """

    def __init__(self, redact: Callable[[str], str] | None, most_characters: int, most_items: int) -> None:
        self._redact = redact
        self._most_characters = most_characters
        self._most_items = most_items

    def text(self, text: str, most: int | None = None) -> str:
        """Return a text without secrets, cut to ``most`` characters."""
        if self._redact is not None:
            text = self._redact(text)
        limit = self._most_characters if most is None else most
        return text if len(text) <= limit else text[:limit]

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return a value of any type; what cannot be looked into becomes its text."""
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is bool or kind is float or value is None:
            return value
        if kind is int:
            return REDACTED if self._redact is not None and is_card(value) else value
        return self._uncommon(value, depth)

    def _uncommon(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return self.text(str.__str__(value))
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return self._mapping(value, depth)
        if isinstance(value, (Sequence, Set)) and depth < _DEEPEST:
            items = list(value)[: self._most_items]
            return tuple(self.value(item, depth + 1) for item in items)
        return self.text(str(value))

    def _bytes(self, value: bytes) -> Any:
        text = value.decode("latin-1")
        cleaned = self.text(text)
        return value if cleaned == text else cleaned

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        cleaned: dict[str, Any] = {}
        for key, item in list(value.items())[: self._most_items]:
            name = self.text(str(key))
            secret = self._redact is not None and names_a_secret(name)
            cleaned[name] = REDACTED if secret else self.value(item, depth + 1)
        return cleaned
