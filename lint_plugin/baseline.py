"""The baseline: findings that are known, each with a reason, an owner and a day on which it ends; it only shrinks."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lint_plugin import unsaved
from lint_plugin.finding import Finding
from lint_plugin.settings import Settings, SettingsError

STALE = "TRF304"
EXPIRED = "TRF305"

_FIELDS = ("path", "code", "line", "text", "reason", "owner", "expires")
_HEAD = """\
# Findings that are known. Written by `tracing-lint baseline`; an entry goes when its finding does, and none comes back.
# Give each a reason, an owner and the day after which it is an error again: reason = "...", owner = "...",
# expires = 2026-12-31.
"""


class Entry(NamedTuple):
    """One finding that is known.

    Args:
        path: of the file, relative to the baseline.
        code: of the rule.
        text: the source line, without the space around it.
        line: where it stood when the baseline was written; for readers only.
        reason: why it is not mended yet.
        owner: who will.
        expires: after this day it counts as an error; ``None`` for never.
        place: the line of the baseline on which the entry begins; 0 when it is in none.
    """

    path: str
    code: str
    text: str
    line: int
    reason: str = ""
    owner: str = ""
    expires: datetime.date | None = None
    place: int = 0

    def has_ended(self, today: datetime.date) -> bool:
        """Tell whether it counts as an error."""
        return self.expires is not None and self.expires < today


class Split(NamedTuple):
    """Findings, divided by the baseline.

    Args:
        new: those that it does not know.
        known: those that it does.
        problems: findings about the baseline itself.
    """

    new: list[Finding]
    known: list[Finding]
    problems: list[Finding]


def read(file: str) -> list[Entry]:
    """Return the entries of a baseline.

    Raises:
        SettingsError: it cannot be read, or an entry is not of the form.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with open(file, "rb") as stream:
            text = stream.read().decode()
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{file}: cannot be read as a baseline: {error}; write it with `tracing-lint baseline`"
        ) from error
    entries = _tables(content, file)
    places = [number for number, line in enumerate(text.split("\n"), 1) if line.strip() == "[[finding]]"]
    found = [_entry(entry, number, file) for number, entry in enumerate(entries, 1)]
    if len(places) != len(found):
        # Written in another way, by hand.
        places = [1] * len(found)
    return [entry._replace(place=place) for entry, place in zip(found, places, strict=True)]


def _tables(content: dict[str, Any], file: str) -> list[Any]:
    unknown = next((key for key in content if key != "finding"), None)
    if unknown is not None:
        raise SettingsError(f"{file}: unknown key {unknown!r}; a baseline holds [[finding]] and nothing else")
    entries = content.get("finding", [])
    if not isinstance(entries, list):
        raise SettingsError(f"{file}: finding = {entries!r} is not a list of tables; write [[finding]] before each")
    return entries


def _entry(entry: Any, number: int, file: str) -> Entry:
    where = f"{file}: finding {number}"
    if not isinstance(entry, dict):
        raise SettingsError(f"{where} is not a table; write [[finding]]")
    unknown = [key for key in entry if key not in _FIELDS]
    if unknown:
        raise SettingsError(f"{where} has the unknown key {unknown[0]!r}; allowed are {', '.join(_FIELDS)}")
    reason, owner = entry.get("reason", ""), entry.get("owner", "")
    for key, kind in (("path", str), ("code", str), ("text", str), ("line", int)):
        if not isinstance(entry.get(key), kind):
            raise SettingsError(f"{where}: {key} = {entry.get(key)!r} is not a {kind.__name__}")
    for key, value in (("reason", reason), ("owner", owner)):
        if not isinstance(value, str):
            raise SettingsError(f"{where}: {key} = {value!r} is not a str")
    expires = entry.get("expires")
    # A time of day is a day to Python, but cannot be compared with one.
    if expires is not None and (not isinstance(expires, datetime.date) or isinstance(expires, datetime.datetime)):
        raise SettingsError(f"{where}: expires = {expires!r} is not a day; write for example expires = 2026-12-31")
    return Entry(entry["path"], entry["code"], entry["text"], entry["line"], reason, owner, expires)


def written(entries: Iterable[Entry]) -> str:
    """Return entries as the text of a baseline."""
    parts = [_HEAD]
    for entry in sorted(entries, key=lambda one: (one.path, one.line, one.code)):
        lines = [f"path = {_quoted(entry.path)}", f"code = {_quoted(entry.code)}", f"line = {entry.line}"]
        lines += [
            f"text = {_quoted(entry.text)}",
            f"reason = {_quoted(entry.reason)}",
            f"owner = {_quoted(entry.owner)}",
        ]
        if entry.expires is not None:
            lines.append(f"expires = {entry.expires.isoformat()}")
        parts.append("\n".join(["[[finding]]", *lines, ""]))
    return "\n".join(parts)


def _quoted(text: str) -> str:
    import json

    # A JSON string is a TOML string, apart from escapes of surrogates, which no readable text has.
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def without_known(findings: list[Finding], path: str, settings: Settings) -> list[Finding]:
    """Return the findings in one file that the baseline of its settings does not know.

    Raises:
        SettingsError: the baseline cannot be read.
    """
    file = location(settings)
    if not findings or not settings.baseline or not os.path.exists(file):
        return findings
    entries = _read_once(file, os.stat(file).st_mtime_ns)
    return split(findings, entries, settings, {settings.relative(path)}, datetime.date.today()).new


@lru_cache(maxsize=16)
def _read_once(file: str, changed: int) -> list[Entry]:
    return read(file)


def entries_for(findings: Iterable[Finding], old: Sequence[Entry], settings: Settings) -> list[Entry]:
    """Return the entries for findings; what was said about them before is kept."""
    known = _Known(old, settings)
    found = ((fresh, known.taken(fresh)) for fresh in map(known.fresh, findings))
    return [fresh if entry is None else entry._replace(line=fresh.line) for fresh, entry in found]


class _Known:
    """The entries that no finding has been matched with yet.

    Args:
        entries: of the baseline.
        settings: to which it belongs.
    """

    def __init__(self, entries: Iterable[Entry], settings: Settings) -> None:
        self._settings = settings
        self._left: dict[tuple[object, ...], list[Entry]] = {}
        self._lines: tuple[str, list[str]] = "", []
        for entry in entries:
            self._left.setdefault(entry[:3], []).append(entry)

    def fresh(self, finding: Finding) -> Entry:
        """Return an entry for a finding."""
        path = writable(self._settings.relative(finding.path))
        return Entry(path, finding.code, self._line(finding), finding.line)

    def taken(self, fresh: Entry) -> Entry | None:
        """Return the entry that says the same as a new one; it then stands for no other finding."""
        waiting = self._left.get(fresh[:3])
        return waiting.pop(0) if waiting else None

    def left(self) -> list[Entry]:
        """Return the entries without a finding, in the order of the file."""
        return sorted((one for waiting in self._left.values() for one in waiting), key=lambda entry: entry.place)

    def _line(self, finding: Finding) -> str:
        # Findings come file by file.
        if self._lines[0] != finding.path:
            self._lines = finding.path, _lines_of(finding.path)
        lines = self._lines[1]
        return lines[finding.line - 1].strip() if finding.line <= len(lines) else ""


def _lines_of(path: str) -> list[str]:
    try:
        text = unsaved.content_of(path).decode("utf-8", "replace")
    except OSError:
        return []
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def writable(path: str) -> str:
    """Return a path as it can be written down: bytes that are no text are replaced."""
    return path.encode("utf-8", "replace").decode()


def split(findings: Iterable[Finding], entries: Sequence[Entry], settings: Settings, checked: set[str], today: datetime.date) -> Split:  # fmt: skip  # noqa: E501
    """Divide findings into those that the baseline knows and the others.

    Args:
        findings: of all files that were checked.
        entries: of the baseline.
        settings: to which the baseline belongs.
        checked: the paths of the files that were checked, relative to the settings; entries of others are left alone.
        today: for entries that end.
    """
    waiting = _Known(entries, settings)
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        entry = waiting.taken(waiting.fresh(finding))
        (new if entry is None or entry.has_ended(today) else known).append(finding)
    file = shown(settings)
    concerned = {writable(path) for path in checked}
    concerned |= {path for path in {entry.path for entry in entries} - concerned if _is_gone(path, settings)}
    problems = [_stale(entry, file) for entry in waiting.left() if entry.path in concerned]
    problems += [_expired(entry, file) for entry in entries if entry.path in concerned and entry.has_ended(today)]
    return Split(new, known, problems)


def _is_gone(path: str, settings: Settings) -> bool:
    return not os.path.exists(os.path.join(settings.root or os.getcwd(), path))


def _stale(entry: Entry, file: str) -> Finding:
    message = f"{entry.path} has no {entry.code} at {entry.text!r} any more: run `tracing-lint baseline` to take it out"
    return Finding(file, entry.place, 1, STALE, message)


def _expired(entry: Entry, file: str) -> Finding:
    owner = entry.owner or "nobody yet"
    message = (
        f"{entry.code} in {entry.path} was to be mended by {entry.expires} ({owner}): mend it, or agree on a later day "
        "with `tracing-lint baseline --add`"
    )
    return Finding(file, entry.place, 1, EXPIRED, message)


def location(settings: Settings) -> str:
    """Return where the baseline of these settings is."""
    return os.path.join(settings.root or os.getcwd(), settings.baseline)


def shown(settings: Settings) -> str:
    """Return where the baseline is, as it is shown."""
    return os.path.relpath(location(settings))
