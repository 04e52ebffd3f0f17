"""Write who did what into the audit log, one JSON line per answered request, with its trace."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import IO, TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

import tracing_facade as tracing
from reference_server import spans
from reference_server.errors import StartupError
from reference_server.filters.request_received import ENVIRON_KEY as STARTED_KEY
from reference_server.request_info import HEALTH_PATHS, request_info
from reference_server.users import ENVIRON_KEY as USER_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_NO_TRACE = "0" * 32


class AuditLog:
    """A file of JSON lines.

    Args:
        path: where to append; ``-`` is standard output, empty writes nothing.
    """

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._file = self._open(path)

    def write(self, event: dict[str, Any]) -> None:
        """Append one event; a full disk is logged and does not fail the request."""
        if self._file is None:
            return
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                self._file.write(line)
                self._file.flush()
        except (OSError, ValueError):
            logger.exception("the audit event %s is not written", event["auditID"])

    def close(self) -> None:
        """Close the file."""
        if self._file is not None and self._file is not sys.stdout.buffer:
            self._file.close()

    @staticmethod
    def _open(path: str) -> IO[bytes] | None:
        if path == "-":
            return sys.stdout.buffer
        try:
            # Without a buffer: what a full disk refused is not kept to fail again later.
            return open(path, "ab", buffering=0) if path else None  # closed by close()
        except OSError as error:
            raise StartupError(path, [f"cannot be opened for the audit log: {error}"]) from error


class Audit:
    """Gives every answer its ``Audit-Id`` header, and every request but health probes a line in the audit log.

    Args:
        app: what comes next.
        log: where the lines go.
    """

    def __init__(self, app: WSGIApplication, log: AuditLog) -> None:
        self._app = app
        self._log = log

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        info = request_info(environ)
        span = tracing.current_span()
        span.set_attribute(spans.AUDIT_ID.key, info.audit_id)
        code = 500  # what the panic filter answers when nothing below does

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal code
            code = int(status.partition(" ")[0])
            return start_response(status, [*headers, ("Audit-Id", info.audit_id)], exc_info)

        def finish() -> None:
            if info.endpoint not in HEALTH_PATHS:
                self._log.write(_event(environ, code, span))

        try:
            body = self._app(environ, start)
        except BaseException:
            code = 500
            finish()
            raise
        return ClosingIterator(body, [finish])


def _event(environ: WSGIEnvironment, code: int, span: tracing.Span) -> dict[str, Any]:
    info, user = request_info(environ), environ[USER_KEY]
    event: dict[str, Any] = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": info.audit_id,
        "stage": "ResponseComplete",
        "requestURI": info.path,  # without the query, whose values may be secret
        "verb": info.verb,
        "user": {"username": user.name, "uid": user.uid, "groups": list(user.groups)} if user else {},
        "sourceIPs": [environ.get("REMOTE_ADDR", "")],
        "userAgent": environ.get("HTTP_USER_AGENT", "")[:1024],
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": _rfc3339(environ[STARTED_KEY]),
        "stageTimestamp": _rfc3339(time.time_ns()),
    }
    if info.resource is not None:
        reference = {"resource": info.resource.plural, "namespace": info.namespace, "name": info.name}
        event["objectRef"] = {"apiVersion": "v1", **{key: value for key, value in reference.items() if value}}
    if span.trace_id != _NO_TRACE:
        event["traceID"], event["spanID"] = span.trace_id, span.span_id
    return event


def _rfc3339(nanoseconds: int) -> str:
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds // 1000 % 1_000_000:06d}Z"
