"""Whether they may: rules from a file, each naming who may do what, where. What no rule allows is forbidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reference_server.documents import Reader, load_document
from reference_server.request_info import DISCOVERY_PATHS, HEALTH_PATHS, METRICS_PATH, RESOURCE_VERBS, RequestInfo
from reference_server.resources import RESOURCES
from reference_server.users import AUTHENTICATED_GROUP, MASTERS_GROUP, MONITORING_GROUP, UNAUTHENTICATED_GROUP, User

ANY = "*"


@dataclass(frozen=True)
class Rule:
    """Allows some callers some requests.

    Args:
        users: user names; a caller matches when named here or in ``groups``.
        groups: group names.
        verbs: what they may do; ``*`` is everything.
        resources: to which resources; ``*`` is all.
        namespaces: where; ``*`` is everywhere, including cluster scope. Cluster-scoped resources need ``*``.
        paths: paths that are no resources; ``/openapi/*`` is everything below.
    """

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = (ANY,)
    paths: tuple[str, ...] = ()

    def allows(self, user: User, request: RequestInfo) -> bool:
        """Tell whether this rule allows ``user`` the request."""
        if not self._is_about(user) or not _has(self.verbs, request.verb):
            return False
        if request.resource is None:
            return any(_covers(pattern, request.path) for pattern in self.paths)
        return _has(self.resources, request.resource.plural) and _has(self.namespaces, request.namespace)

    def _is_about(self, user: User) -> bool:
        return user.name in self.users or any(group in self.groups for group in user.groups)


_BUILT_IN = (
    Rule(groups=(MASTERS_GROUP,), verbs=(ANY,), resources=(ANY,), paths=(ANY,)),
    Rule(groups=(AUTHENTICATED_GROUP,), verbs=("get", "head"), paths=DISCOVERY_PATHS),
    Rule(
        groups=(AUTHENTICATED_GROUP, UNAUTHENTICATED_GROUP),
        verbs=("get", "head"),
        paths=(*HEALTH_PATHS, "/version"),
    ),
    Rule(groups=(MONITORING_GROUP,), verbs=("get", "head"), paths=(METRICS_PATH,)),
)
"""Kubernetes' own: masters may do everything, everybody known may discover, everybody may ask for health, and who
monitors may read the metrics."""


class RuleAuthorizer:
    """Answers whether a user may make a request.

    Args:
        rules: what is allowed beyond the built-in rules.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules = (*_BUILT_IN, *rules)

    def allows(self, user: User, request: RequestInfo) -> bool:
        """Tell whether any rule allows ``user`` the request."""
        return any(rule.allows(user, request) for rule in self._rules)


def denial(user: User, request: RequestInfo) -> str:
    """Return the sentence that tells a user what they may not do."""
    if request.resource is None:
        return f'forbidden: User "{user.name}" cannot {request.verb} path "{request.path}"'
    plural = request.resource.plural
    subject = f'{plural} "{request.name}"' if request.name else plural
    where = f'in the namespace "{request.namespace}"' if request.namespace else "at the cluster scope"
    return (
        f'{subject} is forbidden: User "{user.name}" cannot {request.verb} resource "{plural}" in API group "" {where}'
    )


def load_rules(path: str) -> tuple[Rule, ...]:
    """Return the rules in an authorization file.

    ::

        apiVersion: reference-server/v1
        kind: AuthorizationRules
        rules:
          - groups: [developers]
            verbs: [get, list]
            resources: [configmaps]
            namespaces: [default]

    Raises:
        StartupError: the file has problems; it lists them all.
    """
    return load_document(path, "AuthorizationRules", lambda reader: reader.maps("rules", _read_rule))


def _read_rule(reader: Reader) -> Rule:
    rule = Rule(
        users=reader.texts("users"),
        groups=reader.texts("groups"),
        verbs=reader.texts("verbs", allowed=(*RESOURCE_VERBS, "head", "post", "put", ANY)),
        resources=reader.texts("resources", allowed=(*(resource.plural for resource in RESOURCES), ANY)),
        namespaces=reader.texts("namespaces") or (ANY,),
        paths=reader.texts("paths"),
    )
    if not rule.users and not rule.groups:
        reader.wrong("groups", "names nobody; give groups or users")
    if not rule.verbs:
        reader.wrong("verbs", 'allows nothing; give verbs such as [get, list] or ["*"]')
    if not rule.resources and not rule.paths:
        reader.wrong("resources", "is about nothing; give resources or paths")
    return rule


def _has(allowed: tuple[str, ...], wanted: str) -> bool:
    return ANY in allowed or wanted in allowed


def _covers(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith(ANY) else path == pattern
