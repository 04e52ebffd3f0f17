"""Finds and reads the declarations of spans below the paths that a person names, without running any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from lint_plugin.discovery import python_files
from tracing_facade.registry.reading.declarations import Declarations, DeclaredSpan, read_declarations
from tracing_facade.registry.reading.files import DiskFiles, Files
from tracing_facade.registry.reading.places import Place, Refusal

__all__ = ["Declarations", "DeclaredSpan", "Place", "Refusal", "read_declarations", "read_paths"]


def read_paths(
    paths: Iterable[str], files: Files | None = None, below: Callable[[str], Iterable[str]] = python_files
) -> Declarations:
    """Return what all files declare together.

    Args:
        paths: files of declarations, in which everything must be readable; and folders, in all of whose files what is
            promised must be. A name that is declared twice is refused, unless two programs below one folder do it that
            promise nothing.
        files: where the files are.
        below: returns the Python files below a folder.
    """
    found = list(_read_each(paths, files or DiskFiles(), below))
    spans = [span for one in found for span in one.spans]
    refusals = [refusal for one in found for refusal in one.refusals]
    skipped = [refusal for one in found for refusal in one.skipped]
    return Declarations("", tuple(spans), (*refusals, *_declared_twice(spans)), tuple(skipped))


def _read_each(paths: Iterable[str], files: Files, below: Callable[[str], Iterable[str]]) -> Iterator[Declarations]:
    for path in paths:
        if os.path.isdir(path):
            concerned = (file for file in below(path) if b"tracing_facade" in (files.read(file) or b""))
            yield from (read_declarations(file, files, strict=False) for file in concerned)
        else:
            yield read_declarations(path, files)


def _declared_twice(spans: Iterable[DeclaredSpan]) -> Iterator[Refusal]:
    seen: dict[str, DeclaredSpan] = {}
    for span in spans:
        first = seen.setdefault(span.spec.name, span)
        promises = first.spec.stability.is_promise or span.spec.stability.is_promise
        if first is not span and (promises or first.place.path == span.place.path):
            message = f"the span {span.spec.name!r} is declared at {first.place} already; keep one of them"
            yield Refusal(span.place, message)
