"""What the viewer has received: traces asked for over its query API, and checked."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from demo.processes import DemonstrationFailed

Tree = Mapping[str, "Tree"]
Spans = Sequence[Mapping[str, Any]]

_ARRIVE_SECONDS = 15.0


def trace(viewer: str, trace_id: str) -> Spans:
    """Return the spans of one trace, when nothing more of it comes.

    Raises:
        DemonstrationFailed: none came.
    """
    spans: Spans = _ask(f"{viewer}/api/traces/{trace_id}?wait=10")["spans"]
    return spans


def waterfall(viewer: str, trace_id: str) -> str:
    """Return one trace as a picture."""
    with urllib.request.urlopen(f"{viewer}/api/traces/{trace_id}?format=text&width=110&wait=10", timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def traces_of(viewer: str, service: str, count: int) -> list[str]:
    """Return the ids of the traces of one service, in the order in which they began.

    Raises:
        DemonstrationFailed: there are not that many in time.
    """
    deadline = time.monotonic() + _ARRIVE_SECONDS
    while True:
        known = [item["trace_id"] for item in _ask(f"{viewer}/api/traces")["traces"]]
        roots = sorted((spans[0]["start_ns"], item) for item in known if (spans := _of(trace(viewer, item), service)))
        if len(roots) >= count:
            return [trace_id for _, trace_id in roots]
        if time.monotonic() > deadline:
            raise DemonstrationFailed(f"{len(roots)} traces of {service} have come to the viewer, not {count}")
        time.sleep(0.1)


def _of(spans: Spans, service: str) -> Spans:
    return sorted((span for span in spans if span["service"] == service), key=lambda span: int(span["start_ns"]))


def tree(spans: Spans) -> dict[str, Any]:
    """Return the names of connected spans as a tree.

    Raises:
        DemonstrationFailed: the spans are not one tree, or have more than one trace id.
    """
    by_id = {span["span_id"]: span for span in spans}
    roots = [span for span in spans if span["parent_span_id"] not in by_id]
    if len(roots) != 1 or len({span["trace_id"] for span in spans}) != 1:
        raise DemonstrationFailed(f"{len(roots)} spans have no parent in the trace: {[span['name'] for span in roots]}")
    return {_name(roots[0]): _below(roots[0], spans)}


def _below(parent: Mapping[str, Any], spans: Spans) -> dict[str, Any]:
    children = [span for span in spans if span["parent_span_id"] == parent["span_id"]]
    names = [_name(child) for child in children]
    if len(set(names)) < len(names):
        raise DemonstrationFailed(f"{_name(parent)} has two children of the same name: {', '.join(names)}")
    return {_name(child): _below(child, spans) for child in sorted(children, key=lambda span: int(span["start_ns"]))}


def _name(span: Mapping[str, Any]) -> str:
    kind = "" if span["kind"] == "INTERNAL" else f" [{span['kind'].lower()}]"
    return f"{span['service']}: {span['name']}{kind}"


def check_tree(spans: Spans, expected: Tree) -> None:
    """Compare the tree of spans with what it should be.

    Raises:
        DemonstrationFailed: they differ; the message shows both.
    """
    found = tree(spans)
    if found != expected:
        raise DemonstrationFailed(
            f"the trace is not what it should be.\nfound:    {json.dumps(found, indent=2)}\n"
            f"expected: {json.dumps(expected, indent=2)}"
        )
    failed = [span["name"] for span in spans if span["status"] == "ERROR"]
    if failed:
        raise DemonstrationFailed(f"these spans have failed: {', '.join(failed)}")


def _ask(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)
    except (OSError, urllib.error.URLError) as error:
        raise DemonstrationFailed(f"the viewer does not answer {url}: {error}") from error
