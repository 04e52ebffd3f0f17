"""How changes and refusals are written: for people, for programs, and as annotations of a pull request on GitHub."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lint_plugin.declarations import Declarations, Place, Refusal
from lint_plugin.reports.text import printable
from lint_plugin.spans.changes import Change, Verdict, place_of, worst
from lint_plugin.spans.golden import as_mapping

FORMATS = ("text", "json", "github")


def changes(found: Sequence[Change], declared: Declarations, form: str) -> str:
    """Return the report about changes."""
    places = [place_of(change, declared.spans) for change in found]
    if form == "json":
        listed = [_as_mapping(change, place) for change, place in zip(found, places, strict=True)]
        return json.dumps({"verdict": worst(found).value, "changes": listed}, indent=2)
    write = _annotation if form == "github" else _paragraph
    told = [write(change, place) for change, place in zip(found, places, strict=True)]
    return "\n".join([*told, *([_sum(found)] if form == "text" else [])])


def refusals(found: Sequence[Refusal], form: str) -> str:
    """Return the report about what cannot be read."""
    if form == "json":
        listed = [{**refusal.place._asdict(), "message": refusal.message} for refusal in found]
        return json.dumps({"verdict": "unreadable", "refusals": listed}, indent=2)
    if form == "github":
        return "\n".join(_command("error", refusal.place, "declaration", refusal.message) for refusal in found)
    return "\n".join(printable(str(refusal)) for refusal in found)


def spans(declared: Declarations, form: str) -> str:
    """Return the list of all spans."""
    if form == "json":
        listed = [
            {**as_mapping(span.spec), "constant": span.constant, **span.place._asdict()} for span in declared.spans
        ]
        return json.dumps(listed, indent=2)
    rows = [("SPAN", "KIND", "STABILITY", "ATTRIBUTES", "EVENTS", "DECLARED AT")]
    for span in sorted(declared.spans, key=lambda span: span.spec.name):
        spec = span.spec
        counts = (str(len(spec.attributes)), str(len(spec.events)))
        rows.append((spec.name, spec.kind.name, spec.stability.name, *counts, f"{span.place.path}:{span.place.line}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(printable("  ".join(map(str.ljust, row, widths)).rstrip()) for row in rows)


def _sentence(change: Change) -> str:
    where = f", in {', '.join(change.spans)}" if change.spans else ""
    return f"{change.subject} ({change.level}) {change.what}{where}"


def _paragraph(change: Change, place: Place | None) -> str:
    head = f"{place}: " if place else ""
    lines = [f"{head}{change.verdict.value}: {_sentence(change)}", f"    why: {change.why}"]
    return "\n".join(map(printable, [*lines, *([f"    fix: {change.fix}"] if change.fix else [])]))


def _sum(found: Sequence[Change]) -> str:
    if not found:
        return "no promise has changed"
    counts = [(verdict, sum(change.verdict is verdict for change in found)) for verdict in reversed(Verdict)]
    return ", ".join(f"{count} {verdict.value}" for verdict, count in counts if count)


def _as_mapping(change: Change, place: Place | None) -> dict[str, Any]:
    return {**change._asdict(), "verdict": change.verdict.value, "place": place._asdict() if place else None}


def _annotation(change: Change, place: Place | None) -> str:
    level = "notice" if change.verdict is Verdict.COMPATIBLE else "error"
    fix = f"\nfix: {change.fix}" if change.fix else ""
    return _command(level, place, change.verdict.value, f"{_sentence(change)}\nwhy: {change.why}{fix}")


def _command(level: str, place: Place | None, title: str, message: str) -> str:
    """Return a workflow command of GitHub Actions, escaped as its toolkit does it."""
    at = f"file={_property(place.path)},line={place.line},col={place.column}," if place else ""
    return f"::{level} {at}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
