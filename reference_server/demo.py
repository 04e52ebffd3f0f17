"""A complete set-up to try things with: users, rules, the API server and both example webhooks, all of it traced."""

from __future__ import annotations

import logging
import secrets
import shlex
import signal
import socket
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import yaml

from reference_server.certificates import write_self_signed
from reference_server.child_server import ChildServer
from reference_server.documents import API_VERSION
from reference_server.errors import StartupError
from reference_server.users import MASTERS_GROUP

logger = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.2
_USERS = {"operator": MASTERS_GROUP, "developer": "developers", "admission-webhook": "admission-webhooks"}


class Demonstration:
    """The API server and the example webhooks, each in a process of its own, for the length of a ``with`` block.

    Three users exist: ``operator`` may do everything and is trusted with traces, ``developer`` may use ConfigMaps in
    the namespace ``default`` and is not trusted, ``admission-webhook`` is the labelling webhook itself.

    Args:
        directory: for tokens, configuration, objects and logs; empty for a temporary one.
        port: of the API server; 0 takes a free one.
        endpoint: where spans go, OTLP over gRPC.
    """

    def __init__(self, directory: str = "", port: int = 0, endpoint: str = "localhost:4317") -> None:
        self._given = directory
        self._port = port
        self._endpoint = endpoint
        self._stack = ExitStack()
        self._servers: list[ChildServer] = []
        self._stopped = threading.Event()
        self.tokens = {name: secrets.token_hex(16) for name in _USERS}
        self.directory = Path()
        self.url = ""

    def __enter__(self) -> Demonstration:
        with ExitStack() as stack:
            for number in (signal.SIGTERM, signal.SIGINT):
                stack.callback(signal.signal, number, signal.signal(number, lambda *_: self._stopped.set()))
            self.directory = self._make_directory(stack)
            webhook_port = _free_port()
            self._write_files(webhook_port)
            write_self_signed(self.directory / "server.crt", self.directory / "server.key", [_HOST, "localhost"])
            self.url = self._start(stack, "api-server", self._serve_arguments())
            self._start(stack, "webhooks", self._webhook_arguments(webhook_port))
            self._write_clients()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def instructions(self) -> str:
        """Return what to try, as text for a terminal."""
        environment = shlex.quote(str(self.directory / "environment"))
        developer = self.tokens["developer"]
        return (
            f"The API server listens on {self.url}; its files and logs are in {self.directory}.\n"
            f"Spans go to {self._endpoint}; `tracing-view` shows them. In another terminal:\n\n"
            f"  . {environment}\n"
            "  refctl create configmap settings --from-literal color=blue --trace\n"
            "  refctl get configmaps\n"
            "  refctl create configmap secrets --from-literal password=123 --trace    # a webhook refuses it\n"
            f"  refctl get configmaps --trace --token {developer}    # whose traces are not trusted\n"
            "  kubectl get configmaps\n\n"
            "Ctrl-C ends everything."
        )

    def wait(self) -> int:
        """Wait for SIGINT or SIGTERM; return 0 then, and 1 as soon as one of the servers has ended by itself."""
        while not self._stopped.wait(_POLL_SECONDS):
            for server in self._servers:
                if server.has_ended():
                    code = server.process.returncode
                    logger.error("%s ended with %s:\n%s", server.name, code, "\n".join(server.last_lines()))
                    return 1
        return 0

    def _make_directory(self, stack: ExitStack) -> Path:
        if not self._given:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reference-server-")))
        directory = Path(self._given).resolve()
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartupError("--directory", [f"{self._given} cannot be created: {error}"]) from error
        return directory

    def _start(self, stack: ExitStack, name: str, arguments: list[str]) -> str:
        server = stack.enter_context(ChildServer(name, arguments, self.directory / f"{name}.log"))
        self._servers.append(server)
        return server.url()

    def _serve_arguments(self) -> list[str]:
        files = {
            "--storage-path": "objects.sqlite",
            "--token-auth-file": "tokens.csv",
            "--authorization-file": "rules.yaml",
            "--admission-config-file": "admission.yaml",
            "--tracing-config-file": "tracing.yaml",
            "--tls-cert-file": "server.crt",
            "--tls-private-key-file": "server.key",
            "--audit-log-path": "audit.log",
        }
        flags = [part for flag, name in files.items() for part in (flag, str(self.directory / name))]
        return ["serve", "--bind-address", _HOST, "--port", str(self._port), *flags]

    def _webhook_arguments(self, port: int) -> list[str]:
        files = {
            "--token-file": "webhook.token",
            "--tracing-config-file": "webhook-tracing.yaml",
            "--certificate-authority": "server.crt",
        }
        flags = [part for flag, name in files.items() for part in (flag, str(self.directory / name))]
        return ["webhooks", "--bind-address", _HOST, "--port", str(port), "--api-server", self.url, *flags]

    # Files

    def _write_files(self, webhook_port: int) -> None:
        lines = [f'{self.tokens[name]},{name},{name},"{group}"' for name, group in _USERS.items()]
        self._write_secret("tokens.csv", "\n".join([*lines, ""]))
        self._write_secret("webhook.token", self.tokens["admission-webhook"])
        self._write_yaml("rules.yaml", _rules())
        self._write_yaml("admission.yaml", _admission(f"http://{_HOST}:{webhook_port}"))
        self._write_yaml("tracing.yaml", self._tracing("reference-server", _trust()))
        self._write_yaml("webhook-tracing.yaml", self._tracing("admission-webhooks", []))

    def _write_clients(self) -> None:
        kubeconfig = self.directory / "kubeconfig"
        variables = {
            "REFCTL_SERVER": self.url,
            "REFCTL_TOKEN": self.tokens["operator"],
            "REFCTL_CERTIFICATE_AUTHORITY": str(self.directory / "server.crt"),
            "KUBECONFIG": str(kubeconfig),
        }
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
        self._write_secret(kubeconfig.name, yaml.safe_dump(self._kubeconfig(), sort_keys=False))
        self._write_secret("environment", "".join(lines))

    def _kubeconfig(self) -> dict[str, object]:
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "demo", "cluster": {"server": self.url, "certificate-authority": "server.crt"}}],
            "users": [{"name": name, "user": {"token": token}} for name, token in self.tokens.items()],
            "contexts": [{"name": name, "context": {"cluster": "demo", "user": name}} for name in self.tokens],
            "current-context": "operator",
        }

    def _tracing(self, service: str, trust: list[object]) -> dict[str, object]:
        return {
            "apiVersion": "tracing-facade/v1",
            "kind": "TracingConfiguration",
            "endpoint": self._endpoint,
            "serviceName": service,
            # Nothing but what a trusted caller asks for.
            "samplingRatePerMillion": 0,
            "exportInterval": "200ms",
            "trust": trust,
        }

    def _write_yaml(self, name: str, document: dict[str, object]) -> None:
        (self.directory / name).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def _write_secret(self, name: str, text: str) -> None:
        path = self.directory / name
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may have been there
        path.write_text(text, encoding="utf-8")


def _rules() -> dict[str, object]:
    rules = [
        {"groups": ["developers"], "verbs": ["*"], "resources": ["configmaps"], "namespaces": ["default"]},
        {"groups": ["developers"], "verbs": ["get", "list"], "resources": ["namespaces", "nodes"]},
        {"users": ["admission-webhook"], "verbs": ["get"], "resources": ["namespaces"]},
    ]
    return {"apiVersion": API_VERSION, "kind": "AuthorizationRules", "rules": rules}


def _admission(url: str) -> dict[str, object]:
    return {
        "apiVersion": API_VERSION,
        "kind": "AdmissionConfiguration",
        "mutatingWebhooks": [_webhook("label.example.com", f"{url}/mutate")],
        "validatingWebhooks": [_webhook("passwords.example.com", f"{url}/validate")],
    }


def _webhook(name: str, url: str) -> dict[str, object]:
    return {"name": name, "url": url, "rules": [{"operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}]}


def _trust() -> list[object]:
    # The webhook asks the server again while a request is under way; that belongs to the same trace.
    return [
        {"groups": [MASTERS_GROUP, "system:monitoring"], "join": True, "force": True},
        {"users": ["admission-webhook"], "join": True, "force": True},
    ]


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as found:
        port: int = found.getsockname()[1]
        return port
