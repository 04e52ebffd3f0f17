"""Cleans values of every shape: secrets redacted, texts and collections cut to size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import islice
from typing import Any

from tracing_facade.policy.cards import is_card
from tracing_facade.policy.secret_patterns import MOST_CHARACTERS
from tracing_facade.policy.secrets import names_a_secret
from tracing_facade.policy.url_redaction import REDACTED

_DEEPEST = 8
_ITEMS_IN_ALL = 8
"""How many times the limit on items all collections of one value may hold together."""
_NAMES = ("name", "key", "header")
"""In a mapping that describes a pair, such as an environment variable of a container, the key of the name."""
_USUAL = frozenset({str, bool, int, float, type(None)})
_TEXTS = (str, bytes, bytearray, memoryview)


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

    def value(self, value: Any) -> Any:
        """Return a value of any type; what cannot be looked into becomes its text."""
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is bool or value is None:
            return value
        if kind is int or kind is float:
            return self._number(value)
        return _Inside(self, self._most_items).value(value, 0)

    def uncommon(self, value: Any) -> Any:
        """Return a value that is no collection, and of none of the usual types."""
        if isinstance(value, str):
            return self.text(str.__str__(value))
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return self._number(int.__index__(value), value)
        if isinstance(value, float):
            return self._number(value)
        return self.text(str(value))

    def hides(self, name: Any) -> bool:
        """Tell whether what has this name is secret, whatever it looks like."""
        if self._redact is None:
            return False
        if isinstance(name, bytes):
            name = name.decode("latin-1")
        return isinstance(name, str) and names_a_secret(name.lstrip("-"))

    def _number(self, number: Any, shown: Any = None) -> Any:
        if self._redact is not None and 1e12 <= number < 1e19 and number == int(number) and is_card(int(number)):
            return REDACTED
        return number if shown is None else shown

    def _bytes(self, value: bytes) -> Any:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        cleaned = self.text(text)
        return value if cleaned == text else cleaned


class _Inside:
    """Cleans one value with all that is inside it, which is bounded also when parts of it occur many times.

    Args:
        cleaner: cleans what is no collection.
        most_items: of one list or mapping.
    """

    def __init__(self, cleaner: ValueCleaner, most_items: int) -> None:
        self._cleaner = cleaner
        self._most_items = most_items
        self._left = most_items * _ITEMS_IN_ALL

    def value(self, value: Any, depth: int) -> Any:
        """Return a value that stands so deep."""
        if type(value) in _USUAL:
            return self._cleaner.value(value)
        if isinstance(value, _TEXTS) or not isinstance(value, (Sequence, Set, Mapping)):
            return self._cleaner.uncommon(value)
        if depth >= _DEEPEST:
            return f"<{type(value).__name__} nested too deep>"
        most = max(0, min(self._most_items, self._left))
        if isinstance(value, Mapping):
            pairs = list(islice(value.items(), most))
            self._left -= len(pairs)
            return self._mapping(pairs, depth)
        items = list(islice(value, most))
        self._left -= len(items)
        return self._items(items, depth)

    def _items(self, items: list[Any], depth: int) -> tuple[Any, ...]:
        if len(items) == 2 and self._cleaner.hides(items[0]):
            return (self.value(items[0], depth + 1), REDACTED)
        cleaned = tuple(self.value(item, depth + 1) for item in items)
        if len(items) > 1 and all(type(item) is str for item in items):
            return self._words(cleaned)
        return cleaned

    def _words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words of a command, or a text that was split, without what is secret only in its company."""
        joined = " ".join(words)
        if len(joined) > MOST_CHARACTERS:
            return words
        whole = self._cleaner.text(joined, MOST_CHARACTERS)
        return words if whole == joined else tuple(whole.split(" "))

    def _mapping(self, pairs: list[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        cleaned: dict[str, Any] = {}
        hides = self._cleaner.hides
        described = any(str(key).lower() in _NAMES and hides(item) for key, item in pairs)
        for key, item in pairs:
            name = self._cleaner.text(str(key))
            secret = hides(name) or (described and name.lower() == "value")
            cleaned[name] = REDACTED if secret else self.value(item, depth + 1)
        return cleaned
