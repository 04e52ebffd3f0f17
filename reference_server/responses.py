"""Answers: which form the client accepts, and objects and errors turned into bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

import tracing_facade as tracing
from reference_server import spans
from reference_server.errors import NotAcceptable, StatusError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
YAML = "application/yaml"

_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def negotiate(accept: str) -> str:
    """Return the media type for the answer.

    Args:
        accept: value of the ``Accept`` header; empty accepts everything.

    Raises:
        NotAcceptable: the client wants neither JSON nor YAML.
    """
    if not accept or accept == JSON:
        return JSON
    chosen = parse_accept_header(accept, MIMEAccept).best_match([JSON, YAML])
    if chosen is None:
        raise NotAcceptable(
            f"only the following media types are accepted: {JSON}, {YAML}; the Accept header says {accept!r}"
        )
    return chosen


def object_response(value: Any, media_type: str, code: int = 200, warnings: list[str] | None = None) -> Response:
    """Return an object as an answer.

    Args:
        value: what JSON can hold.
        media_type: from ``negotiate``.
        code: the HTTP status.
        warnings: shown to people by kubectl and refctl (RFC 7234 ``Warning`` headers).
    """
    with tracing.start_span(spans.SERIALIZE) as span:
        body = _serialize(value, media_type)
        span.set_attribute(spans.MEDIA_TYPE.key, media_type)
        span.set_attribute(spans.SIZE.key, len(body))
    response = Response(body, status=code, content_type=media_type)
    response.headers["Cache-Control"] = "no-cache, private"
    for warning in warnings or ():
        response.headers.add("Warning", f'299 - "{_quotable(warning)}"')
    return response


def status_response(error: StatusError, environ: WSGIEnvironment) -> Response:
    """Return an error as an answer, in the form the client accepts or else as JSON."""
    try:
        media_type = negotiate(environ.get("HTTP_ACCEPT", ""))
    except NotAcceptable:
        media_type = JSON
    status = error.status()
    response = Response(_serialize(status, media_type), status=status["code"], content_type=media_type)
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers.extend(error.headers)
    return response


def _serialize(value: Any, media_type: str) -> bytes:
    if media_type == YAML:
        text: str = yaml.dump(value, Dumper=_SafeDumper, sort_keys=False, allow_unicode=True)
        return text.encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _quotable(text: str) -> str:
    clean = "".join(character if character.isprintable() else " " for character in text)
    return clean.replace("\\", "\\\\").replace('"', '\\"').encode("ascii", "backslashreplace").decode()
