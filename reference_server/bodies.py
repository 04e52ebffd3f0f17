"""Request bodies: read within the limit, decoded by their content type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.exceptions import RequestEntityTooLarge as TooLarge
from werkzeug.wrappers import Request

from reference_server import kubernetes_protobuf
from reference_server.errors import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from reference_server.responses import JSON, YAML
from reference_server.strict_yaml import parse_json, parse_yaml

LIMIT = 3 * 1024 * 1024
"""Bytes of a body that are read, as in Kubernetes."""

_FORMS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    JSON: ("JSON", parse_json),
    YAML: ("YAML", parse_yaml),
    kubernetes_protobuf.MEDIA_TYPE: ("protobuf", kubernetes_protobuf.parse_protobuf),
}


def read_body(request: Request) -> bytes:
    """Return the whole body.

    Raises:
        RequestEntityTooLarge: it is longer than the limit.
        BadRequest: the client went away before sending all of it.
    """
    # werkzeug cuts a body that comes in chunks at the limit, and what is left may look like all of it.
    request.max_content_length = LIMIT + 1 if request.environ.get("wsgi.input_terminated") else LIMIT
    too_large = RequestEntityTooLarge(f"the body is too large; at most {LIMIT} bytes are read")
    try:
        body = request.get_data(cache=False)
    except TooLarge:
        raise too_large from None
    except (ClientDisconnected, OSError) as error:
        raise BadRequest("the body ended before the announced length") from error
    if len(body) > LIMIT:
        raise too_large
    return body


def decode_object(body: bytes, media_type: str) -> Any:
    """Return the value in a body.

    Args:
        body: what was sent.
        media_type: the media type of the request, without parameters; nothing means JSON.

    Raises:
        UnsupportedMediaType: it is in a form that is not read here.
        BadRequest: it cannot be parsed.
    """
    form = _FORMS.get(media_type or JSON)
    if form is None:
        raise UnsupportedMediaType(
            f"the body of the request was in an unknown format - accepted media types include: {', '.join(_FORMS)}; "
            f"Content-Type says {media_type!r}"
        )
    name, parse = form
    try:
        return parse(body)
    except ValueError as error:
        raise BadRequest(f"the body cannot be read as {name}: {error}") from error
