"""Has Atheris look for inputs that reach code no other has reached: ``python -m tests.lint_plugin.fuzzing.guided``.

Options of libFuzzer follow, such as ``-max_total_time=600``; the files that it begins with are our own samples.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lint_plugin"]):
    from tests.lint_plugin.fuzzing.inputs import NAMES, Input, real_files
    from tests.lint_plugin.fuzzing.trial import tried


def _try(data: bytes) -> None:
    if data:
        fault = tried(Input(NAMES[data[0] % len(NAMES)], data[1:]))
        if fault is not None:
            raise AssertionError(f"{fault.what}: {fault.detail}")


def main() -> None:
    """Run until libFuzzer's limits, or the first fault."""
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(real_files()[:400]):
            (Path(folder) / str(number)).write_bytes(b"\0" + content[:4_000])
        atheris.Setup([sys.argv[0], "-max_len=4096", "-timeout=60", *sys.argv[1:], folder], _try)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
