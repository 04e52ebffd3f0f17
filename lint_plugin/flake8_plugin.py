"""The flake8 plugin: the same rules on the tree that flake8 has parsed already."""

from __future__ import annotations

import ast
from argparse import Namespace
from collections.abc import Iterator
from typing import Any, ClassVar

from lint_plugin import settings as settings_module
from lint_plugin.checker import check_source
from lint_plugin.gate import may_matter
from lint_plugin.program import project_for
from lint_plugin.settings import Settings
from lint_plugin.source import Source

VERSION = "0.1.0"


class TracingChecker:
    """Reports what breaks the tracing policy; codes ``TRF``."""

    name = "tracing-facade"
    version = VERSION

    _config: ClassVar[str | None] = None
    _allow: ClassVar[tuple[str, ...]] = ()
    _strict: ClassVar[bool] = False

    def __init__(self, tree: ast.Module, filename: str, lines: list[str]) -> None:
        self._tree = tree
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: Any) -> None:
        """Add our options to flake8's own; flake8 reads no pyproject.toml, we do."""
        manager.add_option(
            "--tracing-config", default=None, parse_from_config=True, metavar="FILE",
            help="file with [tool.tracing-facade], instead of the nearest pyproject.toml or tracing-facade.toml",
        )  # fmt: skip
        manager.add_option(
            "--tracing-allow", default="", parse_from_config=True, comma_separated_list=True, metavar="GLOBS",
            help="files that may import what is sealed, besides those of the settings",
        )  # fmt: skip
        manager.add_option(
            "--tracing-strict", default=False, action="store_true", parse_from_config=True,
            help="also report what cannot be decided, as `strict = true` in the settings",
        )  # fmt: skip

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Keep the options for all files; flake8 calls this in every worker process."""
        cls._config = options.tracing_config
        cls._allow = tuple(options.tracing_allow or ())
        cls._strict = bool(options.tracing_strict)

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """Yield line, column, text and type of each finding that fails a run, as flake8 wants them."""
        settings = self._settings()
        if settings.allows(self._filename) or settings.excludes(self._filename):
            return
        data = "".join(self._lines).encode("utf-8", "replace")
        project = project_for(settings)
        if not may_matter(data, settings) and not project.concerns(data):
            return
        lines = [line.rstrip("\r\n") for line in self._lines]
        for finding in check_source(self._filename, Source(self._tree, lines), settings, project):
            if finding.level == "error":
                yield finding.line, finding.column - 1, f"{finding.code} {finding.message}", type(self)

    def _settings(self) -> Settings:
        if self._config:
            settings = settings_module.load_settings(self._config)
        else:
            settings = settings_module.settings_for(self._filename)
        if self._allow:
            settings = settings._replace(allow=(*settings.allow, *self._allow))
        return settings._replace(strict=True) if self._strict else settings
