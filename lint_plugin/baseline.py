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
    entries = content.get("finding", [])
    places = [number for number, line in enumerate(text.split("\n"), 1) if line.strip() == "[[finding]]"]
    found = [_entry(entry, number, file) for number, entry in enumerate(entries, 1)]
    if len(places) != len(found):
        # Written in another way, by hand.
        places = [1] * len(found)
    return [entry._replace(place=place) for entry, place in zip(found, places, strict=True)]


def _entry(entry: Any, number: int, file: str) -> Entry:
    where = f"{file}: finding {number}"
    if not isinstance(entry, dict):
        raise SettingsError(f"{where} is not a table; write [[finding]]")
    unknown = [key for key in entry if key not in _FIELDS]
    if unknown:
        raise SettingsError(f"{where} has the unknown key {unknown[0]!r}; allowed are {', '.join(_FIELDS)}")
    for key, kind in (("path", str), ("code", str), ("text", str), ("line", int)):
        if not isinstance(entry.get(key), kind):
            raise SettingsError(f"{where}: {key} = {entry.get(key)!r} is not a {kind.__name__}")
    expires = entry.get("expires")
    if expires is not None and not isinstance(expires, datetime.date):
        raise SettingsError(f"{where}: expires = {expires!r} is not a day; write for example expires = 2026-12-31")
    reason, owner = str(entry.get("reason", "")), str(entry.get("owner", ""))
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
    left = list(old)
    entries = []
    for finding in findings:
        fresh = _fresh(finding, settings)
        known = next((entry for entry in left if _same(entry, fresh)), None)
        if known is not None:
            left.remove(known)
            fresh = known._replace(line=fresh.line)
        entries.append(fresh)
    return entries


def _fresh(finding: Finding, settings: Settings) -> Entry:
    return Entry(settings.relative(finding.path), finding.code, _line(finding), finding.line)


def _same(one: Entry, other: Entry) -> bool:
    return one[:3] == other[:3]


def _line(finding: Finding) -> str:
    try:
        text = unsaved.content_of(finding.path).decode("utf-8", "replace")
    except OSError:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[finding.line - 1].strip() if finding.line <= len(lines) else ""


def split(findings: Iterable[Finding], entries: Sequence[Entry], settings: Settings, checked: set[str], today: datetime.date) -> Split:  # fmt: skip  # noqa: E501
    """Divide findings into those that the baseline knows and the others.

    Args:
        findings: of all files that were checked.
        entries: of the baseline.
        settings: to which the baseline belongs.
        checked: the paths of the files that were checked, relative to the settings; entries of others are left alone.
        today: for entries that end.
    """
    left = list(entries)
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        fresh = _fresh(finding, settings)
        entry = next((one for one in left if _same(one, fresh)), None)
        if entry is None:
            new.append(finding)
            continue
        left.remove(entry)
        (new if entry.has_ended(today) else known).append(finding)
    file = shown(settings)
    concerned = [entry for entry in entries if entry.path in checked or _is_gone(entry, settings)]
    problems = [_stale(entry, file) for entry in left if entry in concerned]
    problems += [_expired(entry, file) for entry in concerned if entry.has_ended(today)]
    return Split(new, known, problems)


def _is_gone(entry: Entry, settings: Settings) -> bool:
    return not os.path.exists(os.path.join(settings.root or os.getcwd(), entry.path))


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
