"""Bounds how many distinct values an attribute, or how many distinct names spans, can have, in little fixed memory."""

from __future__ import annotations

from array import array

OTHER = "(other)"
"""What stands for every value beyond the bound."""

_EMPTY = 0
_MASK = (1 << 64) - 1
_FIRST_SLOTS = 16


class DistinctValues:
    """Remembers the first ``most`` texts by their hashes, in at most 32 bytes each, and none of the texts.

    Python's hash of text is keyed anew in each process, so nobody outside can choose texts that collide. Two that do
    collide count as one; among two thousand that happens once in 10^12 processes.

    Threads may race here, without a lock that a fork could leave locked: at worst a text is forgotten, and counted
    again when it comes again.

    Args:
        most: how many distinct texts are let through.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._slots = array("Q", [_EMPTY]) * _FIRST_SLOTS

    def __len__(self) -> int:
        return self._count

    def admit(self, text: str) -> bool:
        """Tell whether ``text`` is one of the first ``most`` distinct ones, counting it as one if there is room."""
        hashed = hash(text) & _MASK or 1
        slots = self._slots
        position = _position(slots, hashed)
        if slots[position] == hashed:
            return True
        if self._count >= self._most:
            return False
        slots[position] = hashed
        self._count += 1
        if self._count * 2 > len(slots):
            self._grow()
        return True

    def _grow(self) -> None:
        values = [value for value in self._slots if value]
        slots = array("Q", [_EMPTY]) * (len(self._slots) * 2)
        for value in values:
            slots[_position(slots, value)] = value
        self._slots, self._count = slots, len(values)


def _position(slots: array[int], hashed: int) -> int:
    last = len(slots) - 1
    position = (hashed ^ hashed >> 32) & last
    while slots[position] not in (_EMPTY, hashed):
        position = position + 1 & last
    return position
