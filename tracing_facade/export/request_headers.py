"""The headers of every export request; those that come from files follow the files, since tokens are rotated."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

logger = logging.getLogger("tracing_facade.export")

_LONGEST_VALUE = 65_536
_FRESH_SECONDS = 5.0


class RequestHeaders:
    """Headers, some of which are the content of a file.

    Args:
        headers: names and values; for a name that is in ``files`` too, the value until the file can be read.
        files: names, and the files that hold the values.
        clock: seconds that only grow; a file is read again after five of them.
    """

    def __init__(
        self, headers: Mapping[str, str], files: Mapping[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}
        self._files = {name.lower(): path for name, path in files.items()}
        self._clock = clock
        self._read_at = clock() - _FRESH_SECONDS
        self._unreadable: set[str] = set()

    def current(self) -> dict[str, str]:
        """Return all headers, names in lower case; of a file that cannot be read any more, what it held last."""
        if self._files and self._clock() - self._read_at >= _FRESH_SECONDS:
            self._read_at = self._clock()
            for name, path in self._files.items():
                self._read(name, path)
        return dict(self._values)

    def _read(self, name: str, path: str) -> None:
        try:
            with open(path, encoding="ascii") as file:
                value = file.read(_LONGEST_VALUE).strip()
            if not value or not value.isprintable():
                raise ValueError("it does not hold one line that a header can carry")
        except (OSError, ValueError) as error:
            if name not in self._unreadable:
                self._unreadable.add(name)
                logger.warning("the header %s keeps its value, because %s cannot be used: %s", name, path, error)
            return
        self._unreadable.discard(name)
        self._values[name] = value
