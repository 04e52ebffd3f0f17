"""What ``tracing-lint spans export`` and ``import`` do."""

from __future__ import annotations

import argparse
import os
import sys

from lint_plugin.spans.command import WrongCall, readable, reports_wrong_calls, told, write
from lint_plugin.spans.python_source import as_python
from lint_plugin.spans.weaver.exporting import NotExportable, as_files
from lint_plugin.spans.weaver.importing import as_specs
from lint_plugin.spans.weaver.registry import RegistryError, load


@reports_wrong_calls
def export_to(options: argparse.Namespace) -> int:
    """Write the declarations as a registry."""
    declared = readable(options.paths)
    if told(declared):
        return 1
    try:
        files = as_files((span.spec for span in declared.spans), options.schema_url)
    except NotExportable as error:
        raise WrongCall(str(error)) from error
    for name, text in files.items():
        write(text, os.path.join(options.output, name))
    return 0


@reports_wrong_calls
def import_from(options: argparse.Namespace) -> int:
    """Write a file of declarations from a registry; what is left out is told on standard error."""
    left_out: dict[str, list[str]] = {}
    try:
        found = load(options.folder)
        specs = as_specs(found, options.span, lambda what, where: left_out.setdefault(what, []).append(where))
    except RegistryError as error:
        raise WrongCall(str(error)) from error
    for what, places in left_out.items():
        print(f"tracing-lint spans: left out {what} [{', '.join(dict.fromkeys(places))}]", file=sys.stderr)
    if not specs:
        raise WrongCall(f"{options.folder!r} has no span to import; see --span, or name another folder")
    write(
        as_python(specs, f"Spans of the registry in {os.path.basename(os.path.abspath(options.folder))}."),
        options.output,
    )
    return 0
