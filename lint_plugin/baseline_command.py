"""``tracing-lint baseline``: writes the baseline, which only shrinks unless somebody says otherwise and why."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from typing import Any

from lint_plugin import baseline
from lint_plugin.baseline import Entry
from lint_plugin.checking import Plan, check, tasks_for
from lint_plugin.output_file import write_text
from lint_plugin.parallel import processors
from lint_plugin.settings import Settings, SettingsError, load_settings, settings_for

_EXAMPLES = """\
examples:
  tracing-lint baseline                                    take out what has been mended
  tracing-lint baseline --add --reason "goes with the old plugin" --owner payments --expires 2027-01-31
                                                           accept what is found now, until that day
"""


def add_to(commands: Any) -> None:
    """Add ``baseline`` to the sub-commands of ``tracing-lint``."""
    parser = commands.add_parser(
        "baseline",
        help="write the baseline anew",
        description="Write the baseline anew: entries whose findings are gone are taken out.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to check (default: the folder of the settings)")
    parser.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones")
    parser.add_argument("--strict", action="store_true", help="also accept what only strict mode reports")
    parser.add_argument("--add", action="store_true", help="accept what is found and not known yet")
    parser.add_argument("--reason", default="", help="why it is not mended now; with --add")
    parser.add_argument("--owner", default="", help="who will mend it; with --add")
    parser.add_argument("--expires", type=_day, metavar="DAY", help="until when, such as 2027-01-31; with --add")
    parser.set_defaults(run=run)


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2027-01-31") from error
    if day < datetime.date.today():
        raise argparse.ArgumentTypeError(f"{text} is over; name a day to come")
    return day


def run(options: argparse.Namespace) -> int:
    """Write the baseline; the exit code is 1 when there are findings that it does not hold, or no longer.

    Raises:
        SettingsError: the settings or the baseline cannot be used, or --add says no reason or owner.
    """
    if options.add and not (options.reason and options.owner and options.expires):
        raise SettingsError(
            "--add needs --reason, --owner and --expires: a finding is accepted by somebody, until a day"
        )
    settings = load_settings(options.config) if options.config else settings_for(os.getcwd())
    if not settings.baseline:
        raise SettingsError('there is no baseline in the settings; add for example baseline = "tracing-baseline.toml"')
    file = baseline.location(settings)
    old = baseline.read(file) if os.path.exists(file) else []
    found = _entries(options, settings, old)
    today = datetime.date.today()
    known: list[Entry] = []
    fresh: list[Entry] = []
    for entry in found:
        agreed = entry.place and not (options.add and entry.has_ended(today))
        (known if agreed else fresh).append(entry)
    added = [_agreed(entry, options) for entry in fresh] if options.add else []
    known += _elsewhere(options.paths, old, settings)
    _write(file, baseline.written([*known, *added]))
    left = len(fresh) - len(added)
    ended = sum(entry.has_ended(today) for entry in known)
    gone = len(old) - len(known) - sum(entry.place > 0 for entry in fresh)
    print(
        f"{baseline.shown(settings)}: {len(known)} kept, {gone} taken out, {len(added)} added, {left} not accepted"
        + (f", {ended} ended" if ended else "")
    )
    if left or ended:
        print(
            "tracing-lint: mend what is not accepted or has ended, or use --add; `tracing-lint check` shows it",
            file=sys.stderr,
        )
    return 1 if left or ended else 0


def _elsewhere(paths: list[str], old: list[Entry], settings: Settings) -> list[Entry]:
    """Return the entries of files that were not looked at, since only a part was; those of files that are gone go."""
    root = os.path.abspath(settings.root or ".")
    named = tuple(os.path.join(os.path.abspath(path), "") for path in paths)
    files = ((entry, os.path.join(root, entry.path)) for entry in old if named)
    return [entry for entry, file in files if os.path.exists(file) and not f"{file}{os.sep}".startswith(named)]


def _write(file: str, text: str) -> None:
    try:
        write_text(file, text)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error}; name another file as baseline") from error


def _entries(options: argparse.Namespace, settings: Settings, old: list[Entry]) -> list[Entry]:
    plan = Plan(settings, options.strict, processors(), cache=False)
    tasks = tasks_for(options.paths or [settings.root or "."], plan)
    return baseline.entries_for(check(tasks, plan), old, settings)


def _agreed(entry: Entry, options: argparse.Namespace) -> Entry:
    return entry._replace(reason=options.reason, owner=options.owner, expires=options.expires)
