"""Make the parts of the server out of its configuration."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from reference_server import objects
from reference_server.admission.configuration import AdmissionConfiguration, load_admission
from reference_server.admission.webhooks import Admission
from reference_server.app import Parts
from reference_server.authentication import TokenAuthenticator, load_tokens
from reference_server.authorization import RuleAuthorizer, load_rules
from reference_server.config import ServerConfig, TracingSetup, load_tracing
from reference_server.errors import StartupError
from reference_server.filters.audit import AuditLog
from reference_server.resources import NAMESPACES
from reference_server.storage.interface import Key, KeyTaken, Storage
from reference_server.storage.sqlite import SQLiteStorage


def assemble(config: ServerConfig) -> tuple[Parts, TracingSetup]:
    """Return the parts of a server, and how it is to trace.

    Raises:
        StartupError: a file cannot be used.
    """
    tokens = load_tokens(config.token_auth_file) if config.token_auth_file else {}
    rules = load_rules(config.authorization_file) if config.authorization_file else ()
    admission = (
        load_admission(config.admission_config_file) if config.admission_config_file else AdmissionConfiguration()
    )
    webhooks = (*admission.mutating, *admission.validating)
    tracing_setup = load_tracing(
        config.tracing_config_file,
        config.feature_gates,
        [hook.url for hook in webhooks],
        config.show_hidden_spans_for_version,
        config.disable_spans,
    )
    parts = Parts(
        storage=_open_storage(config.storage_path),
        authenticator=TokenAuthenticator(tokens),
        authorizer=RuleAuthorizer(rules),
        admission=Admission(admission),
        audit_log=AuditLog(config.audit_log_path),
        max_requests_inflight=config.max_requests_inflight,
        trust=tracing_setup.trust,
    )
    return parts, tracing_setup


def _open_storage(path: str) -> Storage:
    try:
        storage = SQLiteStorage(path)
        _create_first_namespaces(storage)
    except (sqlite3.Error, ValueError) as error:
        raise StartupError("--storage-path", [f"{path!r} cannot be used: {error}"]) from error
    return storage


def _create_first_namespaces(storage: Storage) -> None:
    for name in NAMESPACES.protected:
        value = objects.prepare_new(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        with suppress(KeyTaken):
            storage.create(Key(NAMESPACES.plural, "", name), value)
