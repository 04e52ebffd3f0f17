"""Two example webhooks: one adds a label, for which it asks the API server something; one refuses passwords.

The first shows a re-entrant request: API server -> webhook -> API server again, all in one trace.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Request, Response

import tracing_facade as tracing
from reference_server import spans
from tracing_facade.clients.requests_adapter import trace_session
from tracing_facade.servers.wsgi import TracingMiddleware
from tracing_facade.trust import trust_networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

ENVIRONMENT_LABEL = "example.com/environment"
MUTATE_PATH = "/mutate"
VALIDATE_PATH = "/validate"

_CLUSTER_NAMESPACE = "kube-system"
_TIMEOUT_SECONDS = 5.0
_LIMIT = 4 * 1024 * 1024


class ApiServer:
    """The API server, as the webhook asks it.

    Args:
        url: where it is.
        token: the webhook's own, with which it may read namespaces.
        certificate_authority: PEM file to check its certificate; empty for the public authorities.
    """

    def __init__(self, url: str, token: str, certificate_authority: str = "") -> None:
        session = requests.Session()
        session.trust_env = False
        session.verify = certificate_authority or True
        session.headers["Authorization"] = f"Bearer {token}"
        self._session = trace_session(session)
        self._url = url.rstrip("/")

    def namespace_labels(self, name: str) -> dict[str, str]:
        """Return the labels of a namespace; none when there is no such namespace."""
        url = f"{self._url}/api/v1/namespaces/{quote(name, safe='')}"
        response = self._session.get(url, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
        if response.status_code == 404:
            return {}
        response.raise_for_status()
        labels: dict[str, str] = response.json()["metadata"].get("labels", {})
        return labels


class ExampleWebhooks:
    """The webhooks as a WSGI application.

    Args:
        api_server: whom the labelling webhook asks.
    """

    def __init__(self, api_server: ApiServer) -> None:
        self._api_server = api_server
        self._reviewers = {MUTATE_PATH: self._add_environment, VALIDATE_PATH: self._refuse_passwords}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one review."""
        try:
            response = self._answer(environ)
        except HTTPException as error:
            response = Response(f"{error.description}\n", status=error.code, mimetype="text/plain")
        return response(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> Response:
        request = Request(environ)
        request.max_content_length = _LIMIT
        reviewer = self._reviewers.get(request.path)
        if reviewer is None or request.method != "POST":
            return Response(f"POST to {MUTATE_PATH} or {VALIDATE_PATH}\n", status=404, mimetype="text/plain")
        environ["tracing_facade.route"] = request.path
        question = _question(request)
        with tracing.start_span(spans.WEBHOOK_REVIEW, {spans.WEBHOOK_NAME.key: request.path[1:]}) as span:
            answer = {"uid": question["uid"], **reviewer(question)}
            span.set_attribute(spans.WEBHOOK_ALLOWED.key, answer["allowed"])
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}
        return Response(json.dumps(review), mimetype="application/json")

    def _add_environment(self, question: dict[str, Any]) -> dict[str, Any]:
        """Label the object with the environment of its namespace."""
        labels = self._api_server.namespace_labels(question.get("namespace") or _CLUSTER_NAMESPACE)
        environment = labels.get(ENVIRONMENT_LABEL, "development")
        if question.get("object") is None:
            return {"allowed": True}
        metadata = question["object"]["metadata"]
        labelled = {**(metadata.get("labels") or {}), ENVIRONMENT_LABEL: environment}
        patch = [{"op": "add", "path": "/metadata/labels", "value": labelled}]
        return {
            "allowed": True,
            "patchType": "JSONPatch",
            "patch": base64.b64encode(json.dumps(patch).encode()).decode(),
        }

    def _refuse_passwords(self, question: dict[str, Any]) -> dict[str, Any]:
        """Refuse objects whose data has a password."""
        data = (question.get("object") or {}).get("data") or {}
        found = sorted(key for key in data if "password" in str(key).lower())
        if not found:
            return {"allowed": True}
        message = f"data[{found[0]}] looks like a password, and a ConfigMap is no place for one"
        return {"allowed": False, "status": {"message": message, "code": 403}}


def _question(request: Request) -> dict[str, Any]:
    review = request.get_json()
    question = review.get("request") if isinstance(review, dict) else None
    value = question.get("object") if isinstance(question, dict) else None
    is_object = isinstance(value, dict) and isinstance(value.get("metadata"), dict)
    if not isinstance(question, dict) or "uid" not in question or not (value is None or is_object):
        raise BadRequest("the body is no AdmissionReview")
    return question


def build_webhooks(api_server_url: str, token: str, certificate_authority: str = "") -> WSGIApplication:
    """Return the webhooks behind their tracing; callers on this machine are trusted, and nobody else.

    Args:
        api_server_url: whom the labelling webhook asks.
        token: with which it asks.
        certificate_authority: PEM file to check the API server's certificate.
    """
    application = ExampleWebhooks(ApiServer(api_server_url, token, certificate_authority))
    return TracingMiddleware(application, trust=trust_networks("127.0.0.0/8", "::1/128"))
