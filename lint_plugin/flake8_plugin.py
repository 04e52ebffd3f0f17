"""The flake8 plugin: the same rules on the tree that flake8 has parsed already."""

from __future__ import annotations

import ast
import os
from argparse import Namespace
from collections.abc import Iterator
from typing import Any, ClassVar

from lint_plugin import settings as settings_module
from lint_plugin import unsaved
from lint_plugin.checker import UNREADABLE, findings_in
from lint_plugin.finding import Finding
from lint_plugin.gate import may_matter
from lint_plugin.program import project_for
from lint_plugin.settings import Settings, SettingsError
from lint_plugin.source import Source

VERSION = "0.1.0"

# What these rules report stands in the very lines that a comment hides.
_ABOUT_COMMENTS = "TRF3"


class TracingChecker:
    """Reports what breaks the tracing policy; codes ``TRF``."""

    name = "tracing-facade"
    version = VERSION

    _config: ClassVar[str | None] = None
    _allow: ClassVar[tuple[str, ...]] = ()
    _strict: ClassVar[bool] = False
    _noqa: ClassVar[bool] = True

    def __init__(self, tree: ast.Module, filename: str, lines: list[str]) -> None:
        self._tree = tree
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: Any) -> None:
        """Add our options to flake8's own; flake8 reads no pyproject.toml, we do."""
        manager.add_option(
            "--tracing-config", default=None, parse_from_config=True, normalize_paths=True, metavar="FILE",
            help="file with [tool.tracing-facade], instead of the nearest pyproject.toml or tracing-facade.toml",
        )  # fmt: skip
        manager.add_option(
            "--tracing-allow", default="", parse_from_config=True, comma_separated_list=True, metavar="GLOBS",
            help="files that may import what is sealed, besides those of the settings; relative to this folder",
        )  # fmt: skip
        manager.add_option(
            "--tracing-strict", default=False, action="store_true", parse_from_config=True,
            help="also report what cannot be decided, as `strict = true` in the settings",
        )  # fmt: skip

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Keep the options for all files; flake8 calls this in every worker process.

        Raises:
            flake8.exceptions.ExecutionError: the settings cannot be used; flake8 ends with the message.
        """
        cls._config = options.tracing_config
        cls._allow = tuple(options.tracing_allow or ())
        cls._strict = bool(options.tracing_strict)
        cls._noqa = not options.disable_noqa
        try:
            settings_module.load_settings(cls._config) if cls._config else settings_module.settings_for(os.getcwd())
        except SettingsError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(str(error)) from error

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """Yield line, column, text and type of each finding that fails a run, as flake8 wants them."""
        try:
            findings = self._findings()
        except SettingsError as error:
            findings = [Finding(self._filename, 1, 1, UNREADABLE, f"cannot be checked: {error}")]
        for finding in map(self._in_sight, findings):
            if finding.level == "error":
                yield finding.line, finding.column - 1, f"{finding.code} {finding.message}", type(self)

    def _in_sight(self, finding: Finding) -> Finding:
        """Return a finding about a comment that would hide the finding itself behind the end of the file."""
        if not self._noqa or not finding.code.startswith(_ABOUT_COMMENTS):
            return finding
        from lint_plugin.suppressions import suppressions

        if not any(one.hides(finding) for one in suppressions(self._plain_lines())):
            return finding
        message = f"line {finding.line}: {finding.message}"
        return finding._replace(line=len(self._lines) + 1, column=1, message=message)

    def _plain_lines(self) -> list[str]:
        return [line.rstrip("\r\n") for line in self._lines]

    def _findings(self) -> list[Finding]:
        settings = self._settings()
        if settings.allows(self._filename) or settings.excludes(self._filename):
            return []
        data = "".join(self._lines).encode("utf-8", "replace")
        project = project_for(settings)
        if not may_matter(data, settings) and not project.concerns(data):
            return []
        read = Source(self._tree, self._plain_lines())
        findings = findings_in(self._filename, read, settings, project, suppress=self._noqa)
        if not settings.baseline:
            return findings
        from lint_plugin import baseline

        # What is checked may come from standard input and be saved nowhere yet.
        with unsaved.shown(self._filename, data):
            return baseline.without_known(findings, self._filename, settings)

    def _settings(self) -> Settings:
        if self._config:
            settings = settings_module.load_settings(self._config)
        else:
            settings = settings_module.settings_for(self._filename)
        if self._allow:
            # Those of flake8's own options are relative to where flake8 is called.
            here = os.path.relpath(os.getcwd(), settings.root or os.getcwd()).replace(os.sep, "/")
            allow = (glob if here == os.curdir else f"{here}/{glob.removeprefix('./')}" for glob in self._allow)
            settings = settings._replace(allow=(*settings.allow, *allow))
        return settings._replace(strict=True) if self._strict else settings
