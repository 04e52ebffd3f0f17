"""Checks one file: bytes in, findings out; whatever the bytes are, it neither crashes nor runs any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint_plugin.finding import Finding
from lint_plugin.gate import manifest_may_matter, may_matter, words_for
from lint_plugin.levels import OFF
from lint_plugin.manifest_names import is_manifest
from lint_plugin.program import project_for
from lint_plugin.project import Project
from lint_plugin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lint_plugin.module import Hit, Module
    from lint_plugin.rule import Rule
    from lint_plugin.source import Source

# What cannot be read gets one finding, so that nothing is left out in silence.
UNREADABLE = "TRF100"


def check_bytes(path: str, data: bytes, settings: Settings) -> list[Finding]:
    """Return what is wrong with a file, ordered by place.

    Args:
        path: as it will be shown.
        data: the content of the file.
        settings: what holds for it.
    """
    if settings.allows(path) or settings.excludes(path):
        return []
    project = project_for(settings)
    source = _read(path, data, settings, project)
    if source is None:
        return []
    return findings_in(path, source, settings, project, suppress=True)


def findings_in(path: str, source: Source, settings: Settings, project: Project, suppress: bool) -> list[Finding]:
    """Return what is wrong with a file that has been read, and with the examples in it if the settings say so.

    Args:
        path: as it will be shown.
        source: the file.
        settings: what holds for it.
        project: what the other files of the program pass on.
        suppress: leave out what comments suppress.
    """
    findings = check_source(path, source, settings, project, suppress)
    if not settings.doctests:
        return findings
    in_examples = list(_in_doctests(path, source, settings, project))
    if suppress and in_examples:
        from lint_plugin.suppressions import suppressions, without_suppressed

        # The examples of a docstring stand in one string, for which flake8 takes the first comment.
        in_examples = without_suppressed(in_examples, suppressions(source.lines))
    return [*findings, *in_examples]


def _in_doctests(path: str, source: Source, settings: Settings, project: Project) -> Iterator[Finding]:
    from lint_plugin.doctests import examples, placed
    from lint_plugin.source import read

    for code, columns in examples(source.tree, source.lines):
        example = read("\n".join(code).encode("utf-8", "replace"))._replace(problem="")
        for finding in check_source(path, example, settings, project, suppress=True):
            yield placed(finding, columns)


def _read(path: str, data: bytes, settings: Settings, project: Project) -> Source | None:
    """Return a file that may break a rule, or ``None``."""
    manifest = is_manifest(path)
    if manifest:
        passes = manifest_may_matter(path, data, settings)
    else:
        passes = may_matter(data, settings) or project.concerns(data)
    if not passes:
        return None
    from lint_plugin import source

    return source.as_text(data) if manifest else source.read(data)


def check_source(
    path: str, source: Source, settings: Settings, project: Project, suppress: bool = False
) -> list[Finding]:
    """Return what is wrong with a file that has been read.

    Args:
        path: as it will be shown.
        source: the file.
        settings: what holds for it.
        project: what the other files of the program pass on.
        suppress: leave out what comments suppress.
    """
    from lint_plugin.module import Module
    from lint_plugin.rule import rules_in_use

    rules = rules_in_use(settings.rules, settings.strict)
    words = (*words_for(settings), *project.words)
    module = Module(path, source.tree, source.lines, settings, project, source.problem, source.line, words)
    found = set(_findings(module, [rule for rule in rules if not rule.about_suppressions]))
    module.findings = sorted(found)
    if suppress and found and module.suppressions:
        from lint_plugin.suppressions import without_suppressed

        found = set(without_suppressed(found, module.suppressions))
    found.update(_findings(module, [rule for rule in rules if rule.about_suppressions]))
    module.close()
    return sorted(found)


def _findings(module: Module, rules: Iterable[Rule]) -> Iterator[Finding]:
    settings = module.settings
    for rule in rules:
        level = settings.level(rule.code, module.path)
        for hit in rule.check(module) if level != OFF else ():
            if settings.strict or not hit.strict:
                yield _finding(module, hit, rule.code, level)


def _finding(module: Module, hit: Hit, code: str, level: str) -> Finding:
    line, offset = getattr(hit.node, "lineno", 1), getattr(hit.node, "col_offset", 0)
    return Finding(module.path, line, character_column(module.lines, line, offset) + 1, code, hit.message, level)


def character_column(lines: list[str], line: int, offset: int) -> int:
    """Return the column in characters of an offset in UTF-8 bytes, as the syntax tree has it."""
    text = lines[line - 1] if line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))
