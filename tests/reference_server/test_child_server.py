"""A server in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.child_server import ChildServer
from reference_server.errors import StartupError


def test_a_server_that_does_not_start_is_explained(tmp_path: Path) -> None:
    """With its exit status and the end of its log."""
    server = ChildServer("api-server", ["serve", "--token-auth-file", "/absent.csv"], tmp_path / "log")
    with server, pytest.raises(StartupError, match=r"(?s)api-server ended with 1.*/absent\.csv"):
        server.url()
    assert server.has_ended()


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    """The process is gone after the first time."""
    arguments = ["serve", "--port", "0", "--storage-path", str(tmp_path / "objects.sqlite")]
    with ChildServer("api-server", arguments, tmp_path / "log") as server:
        assert server.url().startswith("http://127.0.0.1:")
        server.stop()
        assert server.process.returncode == 0
        server.stop()
