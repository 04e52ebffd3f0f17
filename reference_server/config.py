"""What the server is started with: its flags, the feature gate, and how its tracing is configured and trusted."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import tracing_facade as tracing
from reference_server.errors import StartupError
from reference_server.span_policy import declared_names, server_policy
from reference_server.strict_yaml import parse_yaml
from reference_server.users import MASTERS_GROUP, MONITORING_GROUP
from tracing_facade.config import with_fields
from tracing_facade.trust import TrustRule, trust_groups

TRACING_GATE = "APIServerTracing"
SERVICE_NAME = "reference-server"

_GATES = {TRACING_GATE: True}
_OWN_VERSION = "tracing-facade/v1"


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """Everything the flags of ``reference-server serve`` say.

    Args:
        bind_address: where to listen.
        port: which port; 0 takes a free one.
        tls_cert_file: PEM file with the server's certificate; empty serves plain HTTP.
        tls_private_key_file: PEM file with its key.
        storage_path: the SQLite file.
        token_auth_file: who there is; empty for nobody.
        authorization_file: who may do what; empty for the built-in rules only.
        admission_config_file: which webhooks to ask; empty for none.
        tracing_config_file: how to trace; empty for not at all.
        audit_log_path: where to write audit lines; empty for nowhere.
        max_requests_inflight: requests at the same time; 0 for any number.
        show_hidden_spans_for_version: the minor release before, to emit what that one still did.
        disable_spans: names of spans that are not recorded.
        feature_gates: as ``parse_feature_gates`` returns them.
    """

    bind_address: str = "127.0.0.1"
    port: int = 6443
    tls_cert_file: str = ""
    tls_private_key_file: str = ""
    storage_path: str = "reference-server.sqlite"
    token_auth_file: str = ""
    authorization_file: str = ""
    admission_config_file: str = ""
    tracing_config_file: str = ""
    audit_log_path: str = ""
    max_requests_inflight: int = 400
    show_hidden_spans_for_version: str = ""
    disable_spans: tuple[str, ...] = ()
    feature_gates: Mapping[str, bool] = dataclasses.field(default_factory=lambda: dict(_GATES))


class TracingSetup(NamedTuple):
    """How the server traces.

    Args:
        configuration: for ``tracing.configure``; None leaves tracing off.
        trust: whose trace context counts; None for what the configuration says.
    """

    configuration: tracing.TracingConfiguration | None
    trust: TrustRule | None


def parse_feature_gates(text: str) -> dict[str, bool]:
    """Return the feature gates that ``--feature-gates`` sets, and the defaults of the others.

    Raises:
        StartupError: a gate is unknown or neither true nor false.
    """
    gates = dict(_GATES)
    problems = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        if name not in _GATES:
            problems.append(f"{name!r} is unknown; known is {', '.join(_GATES)}")
        elif value.lower() not in ("true", "false"):
            problems.append(f"{part!r} is neither true nor false; write {name}=true or {name}=false")
        else:
            gates[name] = value.lower() == "true"
    if problems:
        raise StartupError("--feature-gates", problems)
    return gates


def load_tracing(
    path: str,
    gates: Mapping[str, bool],
    webhook_urls: Iterable[str] = (),
    show_hidden_for: str = "",
    disabled_spans: tuple[str, ...] = (),
) -> TracingSetup:
    """Return how to trace.

    A file of Kubernetes' own kind says nothing about trust and about where context may go, so both are as in
    Kubernetes: the groups ``system:masters`` and ``system:monitoring`` join and force, and the admission webhooks
    that the operator configured get context. A ``tracing-facade/v1`` file decides about both itself.

    Args:
        path: the tracing configuration file; empty leaves tracing off.
        gates: the feature gates.
        webhook_urls: the admission webhooks.
        show_hidden_for: the minor release before, to emit what that one still did.
        disabled_spans: names of spans that are not recorded.

    Raises:
        StartupError: the file cannot be used, or a span is not one of the server's.
    """
    _check_names(disabled_spans)
    kubernetes_trust = trust_groups(MASTERS_GROUP, MONITORING_GROUP)
    if not path or not gates[TRACING_GATE]:
        return TracingSetup(None, kubernetes_trust)
    try:
        configuration = tracing.load_configuration(path)
    except tracing.TracingError as error:
        raise StartupError("--tracing-config-file", str(error).splitlines()) from error
    if configuration.service_name == tracing.TracingConfiguration().service_name and not _service_is_named():
        configuration = with_fields(configuration, service_name=SERVICE_NAME)
    policy = server_policy(configuration.policy, show_hidden_for, disabled_spans)
    configuration = with_fields(configuration, policy=policy)
    if _is_own_kind(path):
        return TracingSetup(configuration, None)
    hosts = (host for host in map(_host, webhook_urls) if host)
    propagate_to = dict.fromkeys((*configuration.propagate_to, *hosts))
    return TracingSetup(with_fields(configuration, propagate_to=tuple(propagate_to)), kubernetes_trust)


def _check_names(disabled_spans: Iterable[str]) -> None:
    known = declared_names()
    unknown = [name for name in disabled_spans if name not in known]
    if unknown:
        allowed = ", ".join(known)
        raise StartupError(
            "--disable-spans", [f"{name!r} is no span of this server; there are {allowed}" for name in unknown]
        )


def _service_is_named() -> bool:
    return bool(os.environ.get("OTEL_SERVICE_NAME")) or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )


def _is_own_kind(path: str) -> bool:
    document = parse_yaml(Path(path).read_bytes())
    return isinstance(document, dict) and document.get("apiVersion") == _OWN_VERSION


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host
