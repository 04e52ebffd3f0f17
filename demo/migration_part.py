"""Second part: a service with direct OpenTelemetry use is linted, fixed, linted again, and emits the same spans."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from demo import received
from demo.processes import DemonstrationFailed, run
from demo.telling import say, show

_SAMPLE = Path(__file__).parent / "sample_service"
_ORDERS = 3
_MAY_DIFFER = (
    "exception.stacktrace",  # has line numbers, and the migration moves lines
    "exception.escaped",  # the SDK says False of an exception that has left the span, the facade says True
)


def show_migration(folder: Path, viewer: str, collector: str) -> None:
    """Migrate the sample service, and compare what it emits before and after.

    Args:
        folder: where the copy goes.
        viewer: the URL of the viewer's query API.
        collector: where spans go, ``host:port``.

    Raises:
        DemonstrationFailed: a command does not do what it should, or the spans differ.
    """
    shutil.copytree(_SAMPLE / "shop", folder / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    say("A service that uses OpenTelemetry directly; it emits these spans")
    before = _spans_of_a_run(folder, viewer, collector, "shop-before")
    show("\n".join(before))

    say("The linter finds every direct use")
    show("$ tracing-lint check --format concise shop")
    found = run(["tracing-lint", "check", "--format", "concise", "shop"], folder=folder, expect=1)
    show(found)
    missed = [name for name in ("orders.py", "stock.py", "telemetry.py") if f"shop/{name}:" not in found]
    if missed:
        raise DemonstrationFailed(f"the linter has found nothing in {', '.join(missed)}")

    say("The codemod migrates what it can, and says what is left to a person")
    _fix(folder)

    say("The set-up of exporters is for a person, once per service: with the facade it is one line")
    shutil.copy(_SAMPLE / "telemetry_by_hand.py", folder / "shop" / "telemetry.py")
    show((folder / "shop" / "telemetry.py").read_text(encoding="utf-8"))

    say("The linter finds nothing any more")
    show("$ tracing-lint check shop")
    show(run(["tracing-lint", "check", "shop"], folder=folder))

    say("And the service emits the same spans as before")
    after = _spans_of_a_run(folder, viewer, collector, "shop-after")
    _compare(before, after)
    show("\n".join(after))
    show(
        "No difference in names, kinds, parents, attributes, events and status. Not compared are stack traces, whose\n"
        "line numbers move, and exception.escaped, where the SDK says that a raised exception has not left its span."
    )


def _fix(folder: Path) -> None:
    originals = {path: path.read_text(encoding="utf-8") for path in sorted((folder / "shop").glob("*.py"))}
    show("$ tracing-codemod fix shop")
    show(run(["tracing-codemod", "fix", "shop"], folder=folder, expect=1))
    for path, original in originals.items():
        changed = difflib.unified_diff(
            original.splitlines(), path.read_text(encoding="utf-8").splitlines(),
            path.name, f"{path.name}, fixed", lineterm="", n=0,
        )  # fmt: skip
        if shown := "\n".join(changed):
            show(shown)


def _spans_of_a_run(folder: Path, viewer: str, collector: str, service: str) -> list[str]:
    """Run the service once, and return a line for every span and event that has come to the viewer."""
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector}", "OTEL_SERVICE_NAME": service}
    show(f"$ OTEL_SERVICE_NAME={service} python -m shop")
    show(run(["python", "-m", "shop"], folder=folder, variables=variables))
    traces = received.traces_of(viewer, service, _ORDERS)
    return [line for trace_id in traces for line in _lines(received.trace(viewer, trace_id), "", "")]


def _lines(spans: received.Spans, parent: str, indent: str) -> Iterator[str]:
    below = (span for span in spans if span["parent_span_id"] == parent)
    for span in sorted(below, key=lambda span: int(span["start_ns"])):
        yield f"{indent}{span['name']} [{span['kind'].lower()}] {span['status']}{_values(span['attributes'])}"
        for event in span["events"]:
            yield f"{indent}  event {event['name']}{_values(event['attributes'])}"
        yield from _lines(spans, span["span_id"], indent + "  ")


def _values(attributes: Mapping[str, Any]) -> str:
    shown = [f"{key}={value}" for key, value in sorted(attributes.items()) if key not in _MAY_DIFFER]
    return "".join(f"  {part}" for part in shown)


def _compare(before: list[str], after: list[str]) -> None:
    if before != after:
        difference = "\n".join(difflib.unified_diff(before, after, "before", "after", lineterm=""))
        raise DemonstrationFailed(f"the spans are not the same:\n{difference}")
