"""The demonstration: everything together, with the spans arriving at a collector."""

from __future__ import annotations

import io
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.client.command import main as refctl
from reference_server.demo import Demonstration
from tests.support.collector import Collector


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[tuple[Demonstration, Collector]]:
    """Give a running one, and where its spans go."""
    with Collector() as collector, Demonstration(str(tmp_path / "demo"), 0, collector.grpc_endpoint) as running:
        yield running, collector


def _environment(demonstration: Demonstration) -> dict[str, str]:
    """Return what a shell has after sourcing the environment file."""
    script = f'. "{demonstration.directory}/environment"; env'
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={}).stdout
    return dict(line.split("=", 1) for line in printed.splitlines() if line.startswith(("REFCTL", "KUBECONFIG")))


def _refctl(demonstration: Demonstration, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    for name, value in _environment(demonstration).items():
        monkeypatch.setenv(name, value)
    out, err = io.StringIO(), io.StringIO()
    code = refctl([*arguments], stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def test_a_traced_request_goes_through_everything(
    demonstration: tuple[Demonstration, Collector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Authentication, both webhooks, the re-entrant request and storage are one connected trace of two services."""
    running, collector = demonstration
    arguments = ["create", "configmap", "a", "--from-literal", "k=v", "--trace", "--viewer", "http://127.0.0.1:1"]
    code, out, err = _refctl(running, *arguments, monkeypatch=monkeypatch)
    assert (code, out) == (0, "configmap/a created\n")
    trace_id = err.split()[1]
    spans = [span for span in collector.wait_for(21) if span.trace_id == trace_id]
    assert len(spans) == 21
    known = {span.span_id for span in spans}
    (root,) = [span for span in spans if span.parent_span_id not in known]
    assert root.name == "POST /api/v1/namespaces/{namespace}/configmaps"
    assert {span.resource["service.name"] for span in spans} == {"reference-server", "admission-webhooks"}
    names = [span.name for span in spans]
    for name in ("admission.mutating_webhook", "admission.validating_webhook", "storage.create", "storage.get"):
        assert names.count(name) == 1
    assert names.count("authentication") == 2
    assert "GET /api/v1/namespaces/{name}" in names


def test_a_webhook_refuses_and_strangers_do_not_join(
    demonstration: tuple[Demonstration, Collector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two things that the instructions show."""
    running, _ = demonstration
    code, _, err = _refctl(running, "create", "configmap", "a", "--from-literal", "password=1", monkeypatch=monkeypatch)
    assert code == 1
    assert 'admission webhook "passwords.example.com" denied the request' in err
    arguments = ["get", "configmaps", "--trace", "--token", running.tokens["developer"]]
    code, _, err = _refctl(running, *arguments, monkeypatch=monkeypatch)
    assert code == 0
    assert "The server did not join it" in err


def test_secrets_are_for_the_owner_only(demonstration: tuple[Demonstration, Collector]) -> None:
    """Files with tokens or keys can be read by nobody else; tokens are not in the other files."""
    directory = demonstration[0].directory
    private = {path.name for path in directory.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600}
    assert private >= {"tokens.csv", "webhook.token", "environment", "kubeconfig", "server.key"}
    for path in directory.iterdir():
        if path.name not in private:
            assert not any(token.encode() in path.read_bytes() for token in demonstration[0].tokens.values())


def test_it_can_be_started_again_in_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects are still there."""
    for arguments in (["create", "namespace", "kept"], ["get", "namespace", "kept"]):
        with Demonstration(str(tmp_path), 0, "localhost:1") as running:
            assert _refctl(running, *arguments, monkeypatch=monkeypatch)[0] == 0


def test_a_temporary_directory_is_removed() -> None:
    """Together with the servers."""
    with Demonstration("", 0, "localhost:1") as running:
        directory = running.directory
        assert (directory / "environment").exists()
    assert not directory.exists()


def test_a_server_that_ends_ends_the_demonstration(tmp_path: Path) -> None:
    """With status 1; a signal from the user is status 0."""
    with Demonstration(str(tmp_path), 0, "localhost:1") as running:
        running._servers[1].process.kill()
        assert running.wait() == 1
    with Demonstration(str(tmp_path), 0, "localhost:1") as running:
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        assert running.wait() == 0


def test_the_command_says_what_to_try(tmp_path: Path) -> None:
    """And leaves no process behind when it is told to end."""
    command = [sys.executable, "-m", "reference_server", "demo"]
    command += ["--directory", str(tmp_path), "--endpoint", "localhost:1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    shown = ""
    while "Ctrl-C ends everything." not in shown:
        line = process.stdout.readline()
        assert line, "the demonstration ended by itself"
        shown += line
    assert f". {tmp_path}/environment" in shown
    assert "refctl create configmap" in shown
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.communicate()
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in running
