"""Where refctl writes: results to one stream, all that is said besides to the other."""

from __future__ import annotations

from typing import TextIO

from reference_server.client.printing import plain


class Console:
    """Two streams.

    Args:
        results: what was asked for; programs may read it.
        remarks: errors, warnings and traces, for people.
    """

    def __init__(self, results: TextIO, remarks: TextIO) -> None:
        self._results = results
        self._remarks = remarks

    def show(self, text: str) -> None:
        """Write a result."""
        self._results.write(f"{plain(text)}\n")
        self._results.flush()

    def remark(self, text: str) -> None:
        """Write something for people."""
        self._remarks.write(f"{plain(text)}\n")
        self._remarks.flush()

    def warn(self, text: str) -> None:
        """Write what the server warns of."""
        self.remark(f"Warning: {text}")
