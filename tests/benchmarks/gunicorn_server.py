"""The reference server in gunicorn, with tracing off or on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from tests.support.api_server import TOKENS

_HOOKS = Path(__file__).with_name("gunicorn_hooks.py")


class GunicornServer:
    """A running server; as a context manager it is stopped at the end of the block.

    Args:
        folder: where its files go; it is made. Each worker leaves its counters there when it ends.
        endpoint: of the collector; empty leaves tracing off.
        worker_class: gunicorn's kind of workers.
        workers: how many processes answer.
    """

    def __init__(self, folder: Path, endpoint: str, worker_class: str = "sync", workers: int = 2) -> None:
        folder.mkdir()
        (folder / "tokens.csv").write_text(TOKENS, encoding="utf-8")
        flags = f"--storage-path {folder}/objects.sqlite --token-auth-file {folder}/tokens.csv"
        if endpoint:
            settings = {"apiVersion": "tracing-facade/v1", "kind": "TracingConfiguration", "endpoint": endpoint,
                        "protocol": "http/protobuf", "samplingRatePerMillion": 1_000_000}  # fmt: skip
            (folder / "tracing.yaml").write_text(json.dumps(settings), encoding="utf-8")
            flags += f" --tracing-config-file {folder}/tracing.yaml"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._said = folder / "said.txt"
        command = [sys.executable, "-m", "gunicorn", "--config", str(_HOOKS), "--bind", f"127.0.0.1:{port}",
                   f"reference_server.wsgi:create({flags!r})"]  # fmt: skip
        environment = {**os.environ, "BENCHMARK_FOLDER": str(folder), "BENCHMARK_WORKER_CLASS": worker_class,
                       "BENCHMARK_WORKERS": str(workers)}  # fmt: skip
        with self._said.open("w", encoding="utf-8") as said:
            self._process = subprocess.Popen(command, env=environment, stderr=said)

    def __enter__(self) -> GunicornServer:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5).read()
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return self
        self._process.kill()
        self._process.wait()
        raise RuntimeError(f"gunicorn does not start:\n{self._said.read_text(encoding='utf-8')}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def processor_seconds(self) -> float:
        """Return the processor time that its workers have used so far."""
        pid = self._process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return sum(processor_seconds(int(worker)) for worker in workers)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far, in all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
