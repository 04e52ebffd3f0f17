"""The API server as tests call it: inside this process without a network, or as a real process."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from werkzeug.datastructures import Headers
from werkzeug.test import Client

from reference_server.app import build_application
from reference_server.assembly import assemble
from reference_server.child_server import ChildServer
from reference_server.config import ServerConfig
from reference_server.serving import Server

ADMIN = "admin-token"
DEVELOPER = "developer-token"
MONITOR = "monitor-token"
WEBHOOK = "webhook-token"
NOBODY = ""

TOKENS = f"""\
{ADMIN},admin,1,"system:masters"
{DEVELOPER},developer,2,"developers"
{MONITOR},monitor,3,"system:monitoring"
{WEBHOOK},webhook,4,"system:monitoring"
"""
RULES = {
    "apiVersion": "reference-server/v1",
    "kind": "AuthorizationRules",
    "rules": [
        {"groups": ["developers"], "verbs": ["*"], "resources": ["configmaps"], "namespaces": ["default"]},
        {"groups": ["developers"], "verbs": ["get", "list"], "resources": ["nodes"]},
        {"groups": ["system:monitoring"], "verbs": ["get", "list"], "resources": ["*"]},
    ],
}


@dataclass(frozen=True)
class Answer:
    """One response, read to its end."""

    code: int
    headers: Headers
    body: bytes

    @property
    def value(self) -> Any:
        """The JSON in the body."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """What a ``Status`` answer says."""
        return str(self.value["message"])


def webhook(name: str, url: str, **fields: Any) -> dict[str, Any]:
    """Return one webhook for an admission file, asked about ConfigMaps and nodes."""
    rules = [{"operations": ["*"], "resources": ["configmaps", "nodes"]}]
    return {"name": name, "url": url, "rules": rules, **fields}


def write_files(
    directory: Path,
    *,
    mutating: Sequence[Mapping[str, Any]] = (),
    validating: Sequence[Mapping[str, Any]] = (),
    tracing: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write the files of a server; return its settings by the name that ``ServerConfig`` has for them."""
    admission = {
        "apiVersion": "reference-server/v1",
        "kind": "AdmissionConfiguration",
        "mutatingWebhooks": list(mutating),
        "validatingWebhooks": list(validating),
    }
    contents = {
        "token_auth_file": TOKENS,
        "authorization_file": yaml.safe_dump(RULES),
        "admission_config_file": json.dumps(admission),
        **({"tracing_config_file": json.dumps(tracing)} if tracing is not None else {}),
    }
    settings = {"storage_path": str(directory / "objects.sqlite"), "audit_log_path": str(directory / "audit.log")}
    for name, text in contents.items():
        path = directory / name
        path.write_text(text, encoding="utf-8")
        settings[name] = str(path)
    return settings


class InProcessServer:
    """The whole application with real files, called as a WSGI server calls it.

    Args:
        directory: for its files.
        mutating: webhooks of the admission file.
        validating: webhooks of the admission file.
        settings: further fields of ``ServerConfig``.
    """

    def __init__(
        self,
        directory: Path,
        *,
        mutating: Sequence[Mapping[str, Any]] = (),
        validating: Sequence[Mapping[str, Any]] = (),
        **settings: Any,
    ) -> None:
        self.directory = directory
        files = write_files(directory, mutating=mutating, validating=validating)
        self.parts, self.tracing_setup = assemble(ServerConfig(**{**files, **settings}))
        self.application = build_application(self.parts)
        self._client = Client(self.application)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = ADMIN,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        """Send one request and read the response to its end; a body that is no bytes is sent as JSON."""
        given = {"User-Agent": "tracing.test", **({"Authorization": f"Bearer {token}"} if token else {})}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        response = self._client.open(
            path,
            method=method,
            data=data,
            headers={**given, **(headers or {})},
            content_type=content_type if data is not None else None,
            environ_overrides={"REMOTE_ADDR": "127.0.0.1"},
            buffered=True,
        )
        answer = Answer(response.status_code, response.headers, response.get_data())
        response.close()
        return answer

    def audit_events(self) -> list[dict[str, Any]]:
        """Return what is in the audit log."""
        return [json.loads(line) for line in (self.directory / "audit.log").read_text().splitlines()]

    def close(self) -> None:
        """Close what the parts hold."""
        self.parts.admission.close()
        self.parts.audit_log.close()
        self.parts.storage.close()


def server_process(
    directory: Path,
    *,
    mutating: Sequence[Mapping[str, Any]] = (),
    validating: Sequence[Mapping[str, Any]] = (),
    tracing: Mapping[str, Any] | None = None,
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> ChildServer:
    """Return a real server, to be started with ``with``; ``url()`` says where it listens."""
    settings = write_files(directory, mutating=mutating, validating=validating, tracing=tracing)
    arguments = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", value)]
    return ChildServer(
        "api-server", ["serve", "--port", "0", *arguments, *flags], directory / "server.log", environment
    )


@contextmanager
def listening(application: Any, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve an application on a free port of loopback, in a thread of this process."""
    server = Server("127.0.0.1", 0, application, tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)


def config_map(name: str, data: Mapping[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    """Return a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": dict(data or {})}


def node(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a node."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, **metadata}}


def namespace(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **metadata}}
