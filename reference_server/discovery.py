"""The pages that are no objects: health, metrics, version, and what kubectl reads to find out what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from reference_server.errors import MethodNotAllowed, NotFound
from reference_server.metrics import metrics_page
from reference_server.openapi import openapi_document, openapi_index
from reference_server.request_info import HEALTH_PATHS, METRICS_PATH, RESOURCE_VERBS, RequestInfo
from reference_server.resources import RESOURCES
from reference_server.responses import negotiate, object_response

_VERSION = {
    "major": "1",
    "minor": "32",
    "gitVersion": "v1.32.0-reference-server",
    "gitCommit": "",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "CPython",
    "platform": "",
}


def _versions() -> dict[str, Any]:
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def _groups() -> dict[str, Any]:
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}


def _resources() -> dict[str, Any]:
    found = [
        {
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(RESOURCE_VERBS),
            "shortNames": list(resource.short_names),
        }
        for resource in RESOURCES
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": found}


_PAGES: dict[str, Callable[[], dict[str, Any]]] = {
    "/version": lambda: _VERSION,
    "/api": _versions,
    "/apis": _groups,
    "/api/v1": _resources,
    "/openapi/v3": openapi_index,
    "/openapi/v3/api/v1": openapi_document,
}


class Pages:
    """Answers the requests that are not about objects.

    Args:
        is_ready: tells whether the server can do its work.
    """

    def __init__(self, is_ready: Callable[[], bool]) -> None:
        self._is_ready = is_ready

    def handle(self, request: Request, info: RequestInfo) -> Response:
        """Answer one request.

        Raises:
            StatusError: there is no such page, or not for this method.
        """
        if not info.endpoint:
            raise NotFound.path()
        if info.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{info.path} can only be read", allowed=["GET", "HEAD"])
        if info.endpoint in HEALTH_PATHS:
            return self._health(info.endpoint)
        if info.endpoint == METRICS_PATH:
            return metrics_page(request.headers.get("Accept", ""))
        return object_response(_PAGES[info.endpoint](), negotiate(request.headers.get("Accept", "")))

    def _health(self, path: str) -> Response:
        if path == "/readyz" and not self._is_ready():
            return Response("[-]storage failed\nreadyz check failed\n", status=503, mimetype="text/plain")
        return Response("ok", mimetype="text/plain")
