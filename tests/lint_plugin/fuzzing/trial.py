"""Tries one input: whether the checker crashes, takes too long, or does anything with it but read it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import sysconfig
import time
import traceback
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from lint_plugin.checker import check_bytes
from lint_plugin.notebooks import check_notebook
from lint_plugin.settings import Settings
from tests.lint_plugin.fuzzing.inputs import Input

SECONDS_PER_100_KB = 2.0

_SETTINGS = (Settings(), Settings(strict=True, doctests=True, permit=("opentelemetry.metrics",)))


class Fault(NamedTuple):
    """What went wrong with an input.

    Args:
        input: the input.
        what: crash, slow, or ran.
        detail: for people.
    """

    input: Input
    what: str
    detail: str


class TooLongError(Exception):
    """The time is up."""


class RanError(BaseException):
    """The checker has done what it must not do; nothing may catch this."""


# A busy machine makes everything slow now and then.
_ATTEMPTS = 3


def tried(one: Input) -> Fault | None:
    """Return what is wrong with the checker, as far as one input shows it."""
    fault = _tried_once(one)
    for _ in range(_ATTEMPTS - 1):
        if fault is None or fault.what != "slow":
            break
        fault = _tried_once(one)
    return fault


def _tried_once(one: Input) -> Fault | None:
    allowed = SECONDS_PER_100_KB * max(len(one.data) / 100_000, 1)
    started = time.process_time()
    try:
        with _limited(allowed), watched():
            _check(one)
    except TooLongError:
        return Fault(one, "slow", f"more than {allowed:.1f} s for {len(one.data)} bytes")
    except RanError as error:
        return Fault(one, "ran", str(error))
    except Exception:
        return Fault(one, "crash", traceback.format_exc())
    spent = time.process_time() - started
    return Fault(one, "slow", f"{spent:.1f} s for {len(one.data)} bytes") if spent > allowed * len(_SETTINGS) else None


def _check(one: Input) -> None:
    for settings in _SETTINGS:
        check = check_notebook if one.name.endswith(".ipynb") else check_bytes
        for finding in check(one.name, one.data, settings):
            assert min(finding.line, finding.column) >= 1, finding
            assert finding.message, finding


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupt what has used more time of the processor than this, in each of the settings."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds * len(_SETTINGS) * 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


_watching = False
_hooked = False
_OURS = tuple(
    os.path.realpath(path)
    for path in (sysconfig.get_paths()["stdlib"], os.path.join(os.path.dirname(__file__), "..", "..", ".."))
)
_FORBIDDEN = (
    "os.system",
    "subprocess.",
    "socket.",
    "shutil.",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.fork",
    "ctypes.",
)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Refuse what a checker has no need to do: running code that is not its own, writing, processes, network."""
    global _watching, _hooked
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked = True
    _watching = True
    try:
        yield
    finally:
        _watching = False


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "exec" and isinstance(arguments[0], CodeType) and not _is_ours(arguments[0].co_filename):
        raise RanError(f"code of {arguments[0].co_filename} was run")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise RanError(f"{arguments[0]} was opened for writing")
    if event.startswith(_FORBIDDEN):
        raise RanError(f"{event}{arguments!r}")


def _is_ours(file: str) -> bool:
    if file == "<string>":
        # Named tuples and data classes are made of text that the standard library writes.
        caller = sys._getframe(2).f_code.co_filename
        return os.path.basename(caller) in ("dataclasses.py", "__init__.py") and caller.startswith(_OURS)
    return file.startswith("<frozen") or (os.path.isabs(file) and os.path.realpath(file).startswith(_OURS))
