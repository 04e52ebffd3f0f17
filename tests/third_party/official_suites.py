"""Runs OpenTelemetry's own tests of its instrumentation against the facade's TracerProvider.

Their source distributions carry the tests; they are loaded into a temporary environment, and nothing of them stays.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

from tests.support.repository import ROOT

SUITES = ("requests", "sqlite3", "jinja2")
_NEEDED = (
    "pytest",
    "opentelemetry-test-utils",
    "opentelemetry-exporter-otlp",
    "jinja2",
    "requests",
    "mocket",
    "PyYAML",
)


def main() -> int:
    """Run the suites.

    Returns:
        The exit code: 0 when all tests passed, 1 when some failed.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.third_party.official_suites",
        description="Run the official tests of OpenTelemetry's instrumentation against the facade's TracerProvider.",
        epilog="Example: python -m tests.third_party.official_suites requests. "
        "Exit codes: 0 all passed, 1 some failed.",
    )
    parser.add_argument("suites", nargs="*", default=SUITES, help=f"which (default: {' '.join(SUITES)})")
    parser.add_argument("--sdk", action="store_true", help="against OpenTelemetry's own SDK, to compare")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder), arguments.suites)
        return max(_run(python, Path(folder), suite, arguments.sdk) for suite in arguments.suites)


def _environment(folder: Path, suites: list[str]) -> str:
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    names = [f"opentelemetry-instrumentation-{suite}" for suite in suites]
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *_NEEDED, *names], check=True)
    for name in names:
        version = subprocess.run(
            [python, "-c", f"from importlib.metadata import version; print(version({name!r}))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        subprocess.run(
            [*pip, "download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), f"{name}=={version}"],
            check=True,
        )
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as opened:
            opened.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # type: ignore[arg-type]
    return python


def _run(python: str, folder: Path, suite: str, sdk: bool) -> int:
    (source,) = folder.glob(f"opentelemetry_instrumentation_{suite}-*/")
    print(f"== {source.name}", flush=True)
    command = [python, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", "tests"]
    if not sdk:
        # The suite's own package is called `tests` too, so ours comes under a name that does not collide.
        shutil.copy(Path(__file__).with_name("official_plugin.py"), folder / "facade_official_plugin.py")
        command[4:4] = ["-p", "facade_official_plugin"]
    done = subprocess.run(command, cwd=source, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"})
    return min(done.returncode, 1)


if __name__ == "__main__":
    sys.exit(main())
