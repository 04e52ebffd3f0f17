"""A server in a process of its own: started, waited for until it listens, stopped."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from reference_server.errors import StartupError

_POLL_SECONDS = 0.02
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_LISTENS = re.compile(r"^.* listens on (https?://\S+)$", re.MULTILINE)
_LINES_TOLD = 5


class ChildServer:
    """``reference-server`` with these arguments, from the beginning to the end of a ``with`` block.

    Args:
        name: what to call it in messages.
        arguments: the command line, ``serve`` or ``webhooks`` first.
        log: where its output goes; the file is begun anew.
        environment: its environment variables; by default those of this process.
    """

    def __init__(
        self, name: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "reference_server", *arguments]
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ChildServer:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self._environment
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process; only inside the block."""
        assert self._process is not None
        return self._process

    def has_ended(self) -> bool:
        """Tell whether the process is gone."""
        return self.process.poll() is not None

    def url(self) -> str:
        """Return where it listens, once it does.

        Raises:
            StartupError: it ended instead, or took too long; with the end of its log.
        """
        deadline = time.monotonic() + _START_SECONDS
        while True:
            ended = self.has_ended()
            found = _LISTENS.search(self.log())
            if found:
                return found[1]
            if ended or time.monotonic() > deadline:
                why = (
                    f"ended with {self.process.returncode}" if ended else f"does not listen after {_START_SECONDS:g} s"
                )
                raise StartupError(f"{self.name} {why}; the end of {self._log}", self.last_lines())
            time.sleep(_POLL_SECONDS)

    def log(self) -> str:
        """Return what it has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def last_lines(self) -> list[str]:
        """Return the last lines that it has written."""
        return self.log().splitlines()[-_LINES_TOLD:]

    def stop(self) -> None:
        """Let it finish what is under way, and end it; harmless when it is gone already."""
        if self.has_ended():
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
