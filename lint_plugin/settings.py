"""The settings of a file: ``[tool.tracing-facade]`` of the nearest ``pyproject.toml``, or a file of our own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from lint_plugin.globs import glob_pattern
from lint_plugin.levels import ERROR, LevelError, level_of, parsed_level
from lint_plugin.presets import PRESETS

OWN_FILE = "tracing-facade.toml"
PYPROJECT = "pyproject.toml"
SETTINGS_FILES = (OWN_FILE, PYPROJECT)
"""The files that can hold settings; the first of them that does counts."""
_POLICY = "policy"  # for the run time; `tracing-lint policy check` looks at it

_MODULE = r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z"


class SettingsError(Exception):
    """Settings that cannot be used; the message names the file, the key and what is allowed."""


class Settings(NamedTuple):
    """What the checker is told.

    Args:
        sealed: modules that nobody but the allowed paths may import.
        presets: other tracers to seal besides, by name: `aws_xray`, `datadog`, `elastic_apm`, `jaeger`, `langfuse`,
            `logfire`, `new_relic`, `opencensus`, `opentracing`, `sentry`, `zipkin`.
        permit: parts of sealed modules that everybody may import.
        allow: globs of files that may import what is sealed, relative to the file of the settings; `**` crosses
            folders.
        exclude: globs of files that are not checked at all.
        facade: the package that is the only sanctioned way; what is private in it is so for everybody else.
        declarations: files that declare the spans of the program, relative to the file of the settings. With them, a
            span that is started by another name is reported.
        strict: also report what cannot be decided, what is only probably wrong, and suppressions without a reason.
        levels: lines `CODES=LEVEL PATH` with the level `error`, `warning` or `off` and a regular expression for the
            whole path; the last that matches counts.
        baseline: the file with findings that are known and may only become fewer.
        rules: modules with rules of your own; they must be installed beside the checker. Only the settings of the
            folder of the call or above it may name any, or those that are named themselves.
        notebooks: check the code cells of Jupyter notebooks too.
        doctests: check the examples in docstrings too.
        gitignore: leave out what git ignores.
        root: the folder of the file that these settings come from.
    """

    sealed: tuple[str, ...] = ("opentelemetry",)
    presets: tuple[str, ...] = ()
    permit: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    facade: str = "tracing_facade"
    declarations: tuple[str, ...] = ()
    strict: bool = False
    levels: tuple[str, ...] = ()
    baseline: str = ""
    rules: tuple[str, ...] = ()
    notebooks: bool = False
    doctests: bool = False
    gitignore: bool = True
    root: str = ""

    def seals(self, module: str) -> bool:
        """Tell whether this dotted name is sealed and not permitted."""
        if not below(module, self.sealed) or below(module, self.permit):
            return False
        return not is_first_party(module.partition(".")[0], self.root or os.getcwd())

    def allows(self, path: str) -> bool:
        """Tell whether the file at ``path`` may import what is sealed."""
        return self._matches(path, self.allow)

    def excludes(self, path: str) -> bool:
        """Tell whether the file at ``path`` is not checked."""
        return self._matches(path, self.exclude)

    def level(self, code: str, path: str) -> str:
        """Return the level of a finding in the file at ``path``."""
        return level_of(code, self.relative(path), self.levels) if self.levels else ERROR

    def relative(self, path: str) -> str:
        """Return a path relative to the settings, with slashes."""
        return os.path.relpath(os.path.abspath(path), self.root or os.getcwd()).replace(os.sep, "/")

    def _matches(self, path: str, globs: tuple[str, ...]) -> bool:
        if not globs:
            return False
        relative = self.relative(path)
        return any(glob_pattern(glob).match(relative) for glob in globs)


# What a package says that is only a part of one of that name, spread over several folders.
_SPREAD = (b"extend_path", b"declare_namespace")


@lru_cache(maxsize=1024)
def is_first_party(package: str, root: str) -> bool:
    """Tell whether a program has a package or module of this name itself, at its root or in ``src``.

    A folder without `__init__.py` only adds to the package that is installed by that name.
    """
    for folder in (root, os.path.join(root, "src")):
        if os.path.isfile(os.path.join(folder, f"{package}.py")):
            return True
        try:
            with open(os.path.join(folder, package, "__init__.py"), "rb") as stream:
                text = stream.read(10_000)
        except OSError:
            continue
        return not any(word in text for word in _SPREAD)
    return False


KEYS = tuple(name for name in Settings._fields if name != "root")
"""What a settings file may say."""


def settings_for(path: str) -> Settings:
    """Return the settings of the nearest folder at or above ``path`` that has any.

    Raises:
        SettingsError: a settings file is wrong.
    """
    folder = os.path.abspath(path)
    return _nearest(folder if os.path.isdir(folder) else os.path.dirname(folder))


@lru_cache(maxsize=4096)
def _nearest(folder: str) -> Settings:
    for name in SETTINGS_FILES:
        file = os.path.join(folder, name)
        if os.path.isfile(file):
            table = _table(file)
            if table is not None:
                _refuse_foreign_rules(table, file)
                return from_table(table, file)
    parent = os.path.dirname(folder)
    return Settings() if parent == folder else _nearest(parent)


def _refuse_foreign_rules(table: Mapping[str, Any], file: str) -> None:
    """Let only those settings name modules with rules that the caller has chosen: a rule is code that is run.

    Raises:
        SettingsError: settings below the folder of the call, or beside it, name such modules.
    """
    folder, here = os.path.realpath(os.path.dirname(file)), os.path.realpath(os.getcwd())
    if table.get("rules") and os.path.commonpath([folder, here]) != folder:
        raise SettingsError(
            f"{file}: rules = {table['rules']!r} is refused: a rule is code that is run, so only the settings of the "
            "folder that the checker is called in, or of one above it, may name rules; call it there, or name this "
            "file with --config if you trust it"
        )


def forget() -> None:
    """Forget what was read from disk, because it may have changed."""
    _nearest.cache_clear()


def load_settings(file: str) -> Settings:
    """Return the settings of one file that was named explicitly.

    Raises:
        SettingsError: it cannot be read, has no settings or is wrong.
    """
    table = _table(file)
    if table is None:
        raise SettingsError(f"{file}: has no [tool.tracing-facade] table; add one, or name another file")
    return from_table(table, file)


def _table(file: str) -> Mapping[str, Any] | None:
    content = _read_toml(file)
    if os.path.basename(file) != PYPROJECT:
        return content
    tool = content.get("tool")
    table = tool.get("tracing-facade") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _read_toml(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    if os.path.basename(file) == PYPROJECT and b"tracing-facade" not in data:
        # Reading TOML takes longer than checking most files.
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        content: dict[str, Any] = tomllib.loads(data.decode())
        return content
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}") from error


def from_table(table: Mapping[str, Any], file: str) -> Settings:
    """Return the settings of a TOML table.

    Raises:
        SettingsError: a key is unknown or a value has the wrong form.
    """
    values = {key: _value(key, value, file) for key, value in table.items() if key != _POLICY}
    for name in values.get("presets", ()):
        if name not in PRESETS:
            raise SettingsError(f"{file}: presets has {name!r}; {_hint(name, PRESETS)}")
        values["sealed"] = (*values.get("sealed", Settings().sealed), *PRESETS[name])
    return Settings(**values, root=os.path.dirname(os.path.abspath(file)))


def _value(key: str, value: object, file: str) -> Any:
    if key not in KEYS:
        raise SettingsError(f"{file}: [tool.tracing-facade] has the unknown key {key!r}; {_hint(key, KEYS)}")
    kind = type(Settings._field_defaults[key])
    if kind is bool and not isinstance(value, bool):
        raise SettingsError(f"{file}: {key} = {value!r} is neither true nor false")
    if kind is str and not isinstance(value, str):
        raise SettingsError(f'{file}: {key} = {value!r} is not a string; write for example "name"')
    if kind is not tuple:
        _check_items(key, [value], file)
        return value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f'{file}: {key} = {value!r} is not a list of strings; write for example ["a", "b"]')
    _check_items(key, value, file)
    return tuple(value)


def _check_items(key: str, items: list[Any], file: str) -> None:
    check = _CHECKS.get(key, _accept)
    for item in items:
        try:
            check(item)
        except ValueError as error:
            raise SettingsError(f"{file}: {key} has {error}") from error


def _accept(item: str) -> None:
    pass


def _check_module(name: str) -> None:
    if not re.match(_MODULE, name):
        raise ValueError(f"{name!r}, which is not a module; write a dotted name")


def _check_level(line: str) -> None:
    try:
        parsed_level(line)
    except LevelError as error:
        raise ValueError(str(error)) from error


_CHECKS: dict[str, Callable[[str], None]] = {
    "sealed": _check_module,
    "permit": _check_module,
    "facade": _check_module,
    "rules": _check_module,
    "levels": _check_level,
}


def _hint(wrong: str, known: Any) -> str:
    import difflib

    close = difflib.get_close_matches(wrong, known, n=1)
    return f"did you mean {close[0]}?" if close else f"allowed are {', '.join(sorted(known))}"


def below(module: str, parents: tuple[str, ...]) -> bool:
    """Tell whether a dotted name is one of the others, in one of them, or what one of them returns."""
    return any(module.startswith(parent) and module[len(parent) : len(parent) + 1] in _ENDS for parent in parents)


_ENDS = ("", ".", "(")
