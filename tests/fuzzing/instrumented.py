"""Shows that the native engine is compiled with AddressSanitizer, by a mistake that nothing else would notice."""

from __future__ import annotations

import ctypes
import subprocess
import sys

_WHERE_ITS_LENGTH_IS = 16
"""In a ``str`` of CPython, after the count of references and the type."""


def prove() -> int:
    """Make the mistake in a child process.

    Returns:
        The exit code: 0 when the child was stopped for it, 1 otherwise.
    """
    program = "from tests.fuzzing.instrumented import read_beyond_the_end; read_beyond_the_end()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, errors="replace")
    if done.returncode != 0 and "heap-buffer-overflow" in done.stderr and "tf_copy" in done.stderr:
        print("AddressSanitizer watches the native engine: it stopped a read of a few bytes too many")
        return 0
    print(f"no sanitizer noticed a read of a few bytes too many: {done.stderr[-2000:]}", file=sys.stderr)
    return 1


def read_beyond_the_end() -> None:
    """Let the engine copy a text that claims to be longer than it is, by a few bytes and in a loop of its own."""
    import tracing_facade as tracing

    text = "".join(["a", "b", "c"])
    ctypes.c_ssize_t.from_address(id(text) + _WHERE_ITS_LENGTH_IS).value = 30
    with tracing.configure(tracing.TracingConfiguration(exporter="none")), tracing.start_span("work") as span:
        span.set_attribute("key", text)
