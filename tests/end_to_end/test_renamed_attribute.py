"""A STABLE attribute of the real server is renamed with an alias: the running server emits both names."""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from pathlib import Path

import reference_server
from reference_server.child_server import ChildServer
from tests.reference_server.test_spans import ALIASED, RENAMED, STABLE_ATTRIBUTE
from tests.support.api_server import ADMIN, TOKENS
from tests.support.collector import Collector
from tests.support.received_span import ReceivedSpan

ROOT = Path(reference_server.__file__).parent


def spans_of_renamed_server(directory: Path, attribute: str, *flags: str, count: int = 6) -> list[ReceivedSpan]:
    """Run a copy of the server in which one declaration is another, ask it once, return the spans that have arrived."""
    copy = directory / "copy"
    shutil.copytree(ROOT, copy / "reference_server", ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "reference_server" / "spans.py"
    source = file.read_text(encoding="utf-8")
    assert source.count(STABLE_ATTRIBUTE) == 1
    file.write_text(source.replace(STABLE_ATTRIBUTE, attribute), encoding="utf-8")
    tokens, tracing = directory / "tokens.csv", directory / "tracing.yaml"
    tokens.write_text(TOKENS)
    environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT.parent}"}
    with Collector() as collector:
        settings = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "TracingConfiguration",
                    "endpoint": collector.grpc_endpoint, "samplingRatePerMillion": 1_000_000}  # fmt: skip
        tracing.write_text(json.dumps(settings))
        arguments = ["serve", "--port", "0", "--storage-path", str(directory / "objects.sqlite"), "--token-auth-file",
                     str(tokens), "--tracing-config-file", str(tracing), *flags]  # fmt: skip
        before = Path.cwd()
        os.chdir(copy)
        try:
            with ChildServer("renamed", arguments, directory / "log", environment) as server:
                request = urllib.request.Request(f"{server.url()}/api/v1/namespaces/default")
                request.add_header("Authorization", f"Bearer {ADMIN}")
                assert urllib.request.urlopen(request, timeout=30).status == 200
        finally:
            os.chdir(before)
        return collector.wait_for(count)


def handler_span(spans: list[ReceivedSpan]) -> ReceivedSpan:
    """Return the span of the handler."""
    (found,) = (span for span in spans if span.name == "handler.get")
    return found


def test_both_names_are_emitted_during_the_window(tmp_path: Path) -> None:
    """Code that sets the new key alone, and readers of the old one see it still."""
    attributes = handler_span(spans_of_renamed_server(tmp_path, ALIASED)).attributes
    assert attributes["apiserver.resource_name"] == attributes["apiserver.resource"] == "namespaces"


def test_without_the_alias_only_the_new_name(tmp_path: Path) -> None:
    """Which is what the check of the declarations refuses."""
    attributes = handler_span(spans_of_renamed_server(tmp_path, RENAMED)).attributes
    assert attributes["apiserver.resource_name"] == "namespaces"
    assert "apiserver.resource" not in attributes


def test_a_disabled_span_is_not_emitted(tmp_path: Path) -> None:
    """The trace stays connected without it."""
    flags = ("--disable-spans", "response.serialize,handler.get")
    spans = {span.name: span for span in spans_of_renamed_server(tmp_path, STABLE_ATTRIBUTE, *flags, count=4)}
    assert set(spans) == {"GET /api/v1/namespaces/{name}", "authentication", "authorization", "storage.get"}
    assert spans["storage.get"].parent_span_id == spans["GET /api/v1/namespaces/{name}"].span_id
