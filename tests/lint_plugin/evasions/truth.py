"""Runs programs to see what they load: each in a process of its own, with small stand-ins for the sealed packages."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

_SECONDS = 10

_STAND_INS = {
    "opentelemetry/__init__.py": "",
    "opentelemetry/trace.py": "def get_tracer(name): return None\n",
}


def lay_out(folder: Path) -> None:
    """Write the stand-ins; loading them takes no time and has no effects."""
    for name, text in _STAND_INS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def loads(source: str, folder: str) -> bool:
    """Tell whether a program loads the sealed package, by running it in a child process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, b"1" if _run(source, folder) else b"0")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return answer == b"1"


def _run(source: str, folder: str) -> bool:
    signal.alarm(_SECONDS)
    sys.path.insert(0, folder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "opentelemetry"]:
        del sys.modules[name]
    space = {"__name__": "__main__", "__builtins__": __builtins__}
    silence = io.StringIO()
    with contextlib.suppress(BaseException), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        exec(compile(source, "program.py", "exec"), space)
    return any(name.partition(".")[0] == "opentelemetry" for name in sys.modules)


def _some(task: tuple[list[str], str]) -> list[bool]:
    sources, folder = task
    return [loads(source, folder) for source in sources]


def all_loads(sources: Iterable[str], folder: Path, processes: int = 2) -> Iterator[bool]:
    """Yield for each program whether it loads the sealed package."""
    lay_out(folder)
    waiting = list(sources)
    batches = [(waiting[start : start + 50], str(folder)) for start in range(0, len(waiting), 50)]
    with ProcessPoolExecutor(processes) as pool:
        for answers in pool.map(_some, batches):
            yield from answers
