"""Builds the native engine where that is possible; what the package is, is said in pyproject.toml.

It is optional: without a C compiler or Cython, or on an interpreter that it is not made for, the installation succeeds,
says so, and the engine in pure Python does the same work.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

FOLDER = Path("tracing_facade", "_engine", "native")
ROOT = Path(__file__).resolve().parent
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def sources_digest() -> str:
    """Return what tells one state of the sources from another, so that a test notices an old build."""
    digest = hashlib.sha256()
    for path in sorted(path for path in (ROOT / FOLDER).iterdir() if path.suffix in (".pyx", ".pxi")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def extensions() -> list[Extension]:
    """Return the native engine, or nothing where it cannot be."""
    reason = why_not(os.name, sys.implementation.name, sysconfig.get_config_var("Py_GIL_DISABLED"), os.environ)
    if not reason:
        try:
            from Cython.Build import cythonize
        except ImportError as error:
            reason = f"Cython is missing: {error}"
    if reason:
        say_why_not(reason)
        return []
    native = Extension(
        "tracing_facade._engine.native.core",
        [str(FOLDER / "core.pyx")],
        define_macros=[("TF_SOURCES", f'"{sources_digest()}"')],
        extra_compile_args=[*optimisation(), "-fvisibility=hidden", "-Wno-unused-function"],
        extra_link_args=SANITIZERS if sanitized() else [],
    )
    return cythonize([native], build_dir="build/cython")  # type: ignore[no-any-return]  # ships no types


def why_not(system: str, implementation: str, gil_disabled: object, variables: Mapping[str, str]) -> str:
    """Return why there can be no native engine here; nothing where there can.

    Args:
        system: ``os.name``.
        implementation: the name of the interpreter's kind.
        gil_disabled: the configuration variable ``Py_GIL_DISABLED``, which older versions do not have.
        variables: of the environment.
    """
    if system != "posix":
        return "it needs POSIX"
    if implementation != "cpython":
        return "it is made for CPython"
    if gil_disabled:
        return "it relies on the interpreter's lock, which this one does not have"
    if variables.get("TRACING_FACADE_ENGINE") == "python":
        return "TRACING_FACADE_ENGINE=python"
    return ""


def sanitized() -> bool:
    """Tell whether the build is one that finds mistakes with memory; see ``make sanitize``."""
    return os.environ.get("TRACING_FACADE_SANITIZE", "") not in ("", "0")


def optimisation() -> list[str]:
    """Return how to compile."""
    return ["-O1", "-g", "-fno-omit-frame-pointer", *SANITIZERS] if sanitized() else ["-O3"]


def say_why_not(reason: object) -> None:
    """Tell that there will be no native engine."""
    sys.stderr.write(f"tracing-facade: no native engine is built ({reason}); the pure-Python engine is used\n")


class BuildIfPossible(build_ext):
    """Builds extensions, and goes on without those that cannot be built."""

    def run(self) -> None:
        """Build all of them."""
        try:
            super().run()
        except Exception as error:
            say_why_not(error)

    def build_extension(self, extension: Extension) -> None:
        """Build one."""
        try:
            super().build_extension(extension)
        except Exception as error:
            say_why_not(error)

    def copy_extensions_to_source(self) -> None:
        """Put into the source tree what was built, for an editable installation."""
        everything = self.extensions
        self.extensions = [extension for extension in everything if self._is_built(extension)]
        super().copy_extensions_to_source()
        self.extensions = everything

    def _is_built(self, extension: Extension) -> bool:
        return Path(self.build_lib, self.get_ext_filename(extension.name)).exists()


if __name__ == "__main__":
    setup(ext_modules=extensions(), cmdclass={"build_ext": BuildIfPossible})
