"""Checks one file: bytes in, findings out; whatever the bytes are, it neither crashes nor runs any of them."""

from __future__ import annotations

import ast

from lint_plugin import source
from lint_plugin.gate import may_matter
from lint_plugin.manifests import is_manifest
from lint_plugin.project import Project, project_for
from lint_plugin.rule import Finding, Hit, Module, all_rules
from lint_plugin.settings import Settings
from lint_plugin.suppressions import without_suppressed

# What cannot be read gets one finding, so that nothing is left out in silence.
UNREADABLE = "TRF100"


def check_bytes(path: str, data: bytes, settings: Settings) -> list[Finding]:
    """Return what is wrong with a file, ordered by place.

    Args:
        path: as it will be shown.
        data: the content of the file.
        settings: what holds for it.
    """
    if settings.allows(path):
        return []
    project = project_for(settings)
    if is_manifest(path):
        read = source.as_text(data)
    elif may_matter(data, settings) or project.concerns(data):
        read = source.read(data)
    else:
        return []
    findings = check_tree(path, read.tree, read.lines, settings, project)
    if read.problem and settings.strict:
        message = f"is checked in parts only: {read.problem}; mend the file or add it to `exclude`"
        findings = sorted([*findings, Finding(path, read.line, 1, UNREADABLE, message)])
    return without_suppressed(findings, read.lines)


def check_tree(path: str, tree: ast.Module, lines: list[str], settings: Settings, project: Project) -> list[Finding]:
    """Return what is wrong with a parsed file, suppressions not yet applied."""
    module = Module(path, tree, lines, settings, project)
    rules = [found.rule for found in all_rules() if settings.strict or not found.rule.strict]
    return sorted({
        _finding(path, hit, lines, rule.code)
        for rule in rules
        for hit in rule.check(module)
        if settings.strict or not hit.strict
    })  # fmt: skip


def _finding(path: str, hit: Hit, lines: list[str], code: str) -> Finding:
    line, offset = getattr(hit.node, "lineno", 1), getattr(hit.node, "col_offset", 0)
    return Finding(path, line, character_column(lines, line, offset) + 1, code, hit.message)


def character_column(lines: list[str], line: int, offset: int) -> int:
    """Return the column in characters of an offset in UTF-8 bytes, as the syntax tree has it."""
    text = lines[line - 1] if line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))
