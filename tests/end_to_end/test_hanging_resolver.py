"""A resolver that never answers: nothing can interrupt it, and nobody waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.exporting import PROTOCOLS
from tests.support.tools import require_tool

RESOLVER = """
#include <unistd.h>
int getaddrinfo(const char *name, const char *service, const void *hints, void **found) { for (;;) sleep(1000); }
"""
PROGRAM = """
import sys, time
import tracing_facade as tracing

endpoint, protocol, ending = sys.argv[1:]
tracing.configure(tracing.TracingConfiguration(endpoint=endpoint, protocol=protocol, export_interval_seconds=0.02))
begin = time.monotonic()
for _ in range(100):
    with tracing.start_span("work"):
        pass
assert time.monotonic() - begin < 5.0, "spans waited for the resolver"
assert not tracing.flush(0.3)
if ending == "shutdown":
    begin = time.monotonic()
    assert tracing.shutdown(1.0) is False
    took = time.monotonic() - begin
    assert took < 2.0, f"the shutdown took {took:.1f} s"
print("the program ends", flush=True)
"""


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a C library's resolver that never returns."""
    folder = tmp_path_factory.mktemp("resolver")
    source, library = folder / "resolver.c", folder / "resolver.so"
    source.write_text(RESOLVER)
    subprocess.run([require_tool("cc"), "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library


@pytest.mark.parametrize("ending", ["shutdown", "exit"])
def test_a_process_ends_in_time(resolver: Path, ending: str) -> None:
    """Over both protocols, whether it shuts tracing down or just ends; what is lost is said."""
    # gRPC asks the C library only when it is told to; its own resolver has a limit of time anyway.
    environment = {**os.environ, "LD_PRELOAD": str(resolver), "GRPC_DNS_RESOLVER": "native"}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "http://collector.test:4318", protocol, ending],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for protocol in PROTOCOLS
    ]
    try:
        for child in children:
            said, told = child.communicate(timeout=30)
            assert (child.returncode, said) == (0, "the program ends\n"), told
            assert "100 spans were not delivered before the shutdown and are lost" in told
    finally:
        for child in children:
            child.kill()
