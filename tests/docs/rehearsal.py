"""Runs the examples of one page from top to bottom, in an empty folder and on ports of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs.page import Example
from tests.docs.terminal import PATIENCE_SECONDS, Mismatch, Terminal, shows

_PROMPT = "$ "
_EXIT = re.compile(r"# exits with (\d+)\s*\Z")
# The pages use the usual ports; several pages run at the same time on a machine where these may be taken.
_PORTS = ("4317", "4318", "6443", "8000", "9443")


class Rehearsal:
    """One page being run.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "here"
        self._logs = folder / "logs"
        self._ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        for path in (self._folder, self._logs):
            path.mkdir()
        self._environment = self._own_environment(folder / "bin")
        self._terminals: dict[str, Terminal] = {}
        self._printed = ""

    def perform(self, example: Example) -> None:
        """Do what one example says.

        Raises:
            Mismatch: it does not do what the page says.
        """
        if example.kind == "console":
            self._converse(example)
        elif example.title:
            file = self._folder / example.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self._on_own_ports(example.text), encoding="utf-8")
        elif example.kind == "python":
            self._run_program(example.text)
        elif example.kind == "output" and not shows(self._printed, example.text):
            raise Mismatch(f"expected:\n{example.text}\nbut was printed:\n{self._printed}")

    def close(self) -> None:
        """End everything that the page has started."""
        for terminal in self._terminals.values():
            terminal.close()

    def _converse(self, example: Example) -> None:
        terminal = self._terminal(example.title)
        lines = example.text.splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith(_PROMPT)] or [-1]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            command = lines[start].removeprefix(_PROMPT) if start >= 0 else ""
            expected = "\n".join(lines[start + 1 : end])
            if example.title:
                if command:
                    terminal.type(self._on_own_ports(command))
                terminal.wait_for(self._on_own_ports(expected))
            else:
                self._command(terminal, command, expected)

    def _command(self, terminal: Terminal, command: str, expected: str) -> None:
        code, shown = terminal.run(self._on_own_ports(command))
        promised = _EXIT.search(command)
        if code != int(promised[1] if promised else 0):
            raise Mismatch(f"`{command}` exits with {code} after it has shown:\n{shown}")
        if expected.strip() and not shows(shown, self._on_own_ports(expected)):
            raise Mismatch(f"`{command}` should show:\n{expected}\nbut shows:\n{shown}")

    def _run_program(self, program: str) -> None:
        finished = subprocess.run(
            [sys.executable, "-c", self._on_own_ports(program)], cwd=self._folder, env=self._environment,
            capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        self._printed = finished.stdout
        if finished.returncode:
            raise Mismatch(f"the program exits with {finished.returncode}:\n{finished.stdout}{finished.stderr}")

    def _terminal(self, title: str) -> Terminal:
        if title not in self._terminals:
            log = self._logs / (title or "main")
            self._terminals[title] = Terminal(self._folder, self._environment, log)
        return self._terminals[title]

    def _on_own_ports(self, text: str) -> str:
        return re.sub(rf"\b({'|'.join(_PORTS)})\b", lambda found: self._ports[found[1]], text)

    def _own_environment(self, shims: Path) -> Mapping[str, str]:
        """Return an environment in which defaults of commands are this page's own ports too."""
        commands = Path(sys.executable).parent
        shims.mkdir()
        viewer = shims / "tracing-view"
        ports = f"--grpc-port {self._ports['4317']} --http-port {self._ports['4318']}"
        viewer.write_text(f'#!/bin/sh\nexec {commands / "tracing-view"} {ports} "$@"\n')
        viewer.chmod(0o755)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PYTEST_"))}
        return {
            **inherited,
            "PATH": os.pathsep.join([str(shims), str(commands), os.environ.get("PATH", "")]),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://localhost:{self._ports['4317']}",
            "REFCTL_VIEWER": f"http://localhost:{self._ports['4318']}",
            "COLUMNS": "120",
            "PYTHONUNBUFFERED": "1",
        }


def _free_ports(count: int) -> list[str]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [str(found.getsockname()[1]) for found in sockets]
    finally:
        for found in sockets:
            found.close()
