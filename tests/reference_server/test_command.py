"""The command ``reference-server`` as a real process."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from reference_server.command import main
from tests.support.api_server import server_process

SERVE = [sys.executable, "-m", "reference_server"]


def test_it_serves_and_stops(tmp_path: Path) -> None:
    """One line says where; the store is left behind for the next start."""
    with server_process(tmp_path) as server, urllib.request.urlopen(f"{server.url()}/readyz", timeout=20) as response:
        assert response.read() == b"ok"
    assert server.process.returncode == 0
    assert (tmp_path / "objects.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--token-auth-file", "absent.csv"], "absent.csv"),
        (["serve", "--feature-gates", "Other=true"], "'Other' is unknown"),
        (["serve", "--storage-path", "absent/objects.sqlite"], "absent/objects.sqlite"),
        (["serve", "--tracing-config-file", "absent.yaml"], "absent.yaml does not exist"),
        (["serve", "--audit-log-path", "absent/audit.log"], "audit log"),
        (["serve", "--tls-cert-file", "absent.crt"], "belong together"),
        (["webhooks", "--api-server", "http://127.0.0.1:1", "--token-file", "absent"], "absent cannot be read"),
        (["demo", "--directory", "/dev/null/x"], "cannot be created"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_it_cannot_start_with(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 1, and the reason without a traceback."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("reference-server: cannot start: ")
    assert message in errors


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--port", "x"], ["webhooks"]], ids=" ".join)
def test_a_wrong_command_line_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["serve", "webhooks", "demo"])
def test_help_has_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of them begins with the name of the command."""
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    assert f"reference-server {verb}" in capsys.readouterr().out.partition("example")[2]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """By a second server on the same port."""
    with server_process(tmp_path) as server:
        port = server.url().rpartition(":")[2]
        other = subprocess.run(
            [*SERVE, "serve", "--port", port, "--storage-path", str(tmp_path / "other.sqlite")],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert other.returncode == 1
    assert f"Port {port} is in use" in other.stderr
