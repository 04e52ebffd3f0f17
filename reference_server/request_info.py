"""What a request is about: verb, resource, namespace, name, and the route it took; found once, used by every filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from reference_server.resources import RESOURCES, Resource

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ENVIRON_KEY = "reference_server.request_info"

COLLECTION_VERBS = {"GET": "list", "HEAD": "list", "POST": "create"}
OBJECT_VERBS = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
RESOURCE_VERBS = ("create", "delete", "get", "list", "patch", "update")

HEALTH_PATHS = ("/healthz", "/livez", "/readyz")
METRICS_PATH = "/metrics"
DISCOVERY_PATHS = ("/version", "/api", "/apis", "/api/v1", "/openapi/v3", "/openapi/v3/api/v1")


@dataclass(frozen=True)
class RequestInfo:
    """What a request is about.

    Args:
        method: the HTTP method.
        path: the decoded path.
        verb: ``get``, ``list`` and so on for resources; the method in lower case for all else.
        route: the template of the path, for example ``/api/v1/nodes/{name}``; None when the path is not served.
        endpoint: ``resource``, or the path of a page that is no resource; empty when the path is not served.
        resource: what the path names, if it names objects.
        namespace: empty for cluster scope and for all namespaces.
        name: empty for collections.
        audit_id: identifies the request in the audit log.
    """

    method: str
    path: str
    verb: str
    route: str | None
    endpoint: str
    resource: Resource | None
    namespace: str
    name: str
    audit_id: str

    @property
    def scope(self) -> str:
        """``resource`` for one object, else ``namespace`` or ``cluster``."""
        if self.name:
            return "resource"
        return "namespace" if self.namespace else "cluster"


def _routes(resource: Resource) -> list[Rule]:
    plural = resource.plural
    rules = [Rule(f"/api/v1/{plural}", endpoint=resource)]
    inside = f"/api/v1/namespaces/<namespace>/{plural}" if resource.namespaced else f"/api/v1/{plural}"
    if resource.namespaced:
        rules.append(Rule(inside, endpoint=resource))
    return [*rules, Rule(f"{inside}/<name>", endpoint=resource)]


ROUTES = Map(
    [
        *(Rule(path, endpoint=path) for path in (*HEALTH_PATHS, METRICS_PATH, *DISCOVERY_PATHS)),
        *(rule for resource in RESOURCES for rule in _routes(resource)),
    ],
    strict_slashes=False,
    merge_slashes=False,
)

_TEMPLATES = {rule.rule: re.sub(r"<(\w+)>", r"{\1}", rule.rule) for rule in ROUTES.iter_rules()}


def parse_request(method: str, path: str, audit_id: str) -> RequestInfo:
    """Return what a request is about; never fails, an unknown path has neither route nor endpoint."""
    try:
        rule, found = ROUTES.bind("server").match(path, method="GET", return_rule=True)
    except HTTPException:
        return RequestInfo(method, path, method.lower(), None, "", None, "", "", audit_id)
    if not isinstance(rule.endpoint, Resource):
        return RequestInfo(method, path, method.lower(), rule.rule, rule.endpoint, None, "", "", audit_id)
    name = found.get("name", "")
    verbs = OBJECT_VERBS if name else COLLECTION_VERBS
    verb = verbs.get(method) or ("deletecollection" if method == "DELETE" else method.lower())
    namespace = found.get("namespace", "")
    template = _TEMPLATES[rule.rule]
    return RequestInfo(method, path, verb, template, "resource", rule.endpoint, namespace, name, audit_id)


def request_info(environ: WSGIEnvironment) -> RequestInfo:
    """Return what the filter of the same name found out about this request."""
    info: RequestInfo = environ[ENVIRON_KEY]
    return info
