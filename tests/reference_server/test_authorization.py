"""Who may do what, and the file that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.authorization import Rule, RuleAuthorizer, denial, load_rules
from reference_server.errors import StartupError
from reference_server.request_info import parse_request
from reference_server.users import ANONYMOUS, User

ADMIN = User("admin", groups=("system:masters", "system:authenticated"))
ALICE = User("alice", groups=("developers", "system:authenticated"))
BOB = User("bob", groups=("system:authenticated",))

CONFIG_MAPS_HERE = Rule(groups=("developers",), verbs=("get", "list"), resources=("configmaps",), namespaces=("here",))
NODES_FOR_BOB = Rule(users=("bob",), verbs=("*",), resources=("nodes",))
DOCUMENTS = Rule(groups=("developers",), verbs=("get",), paths=("/openapi/*",))


@pytest.mark.parametrize(
    ("user", "method", "path", "allowed"),
    [
        (ADMIN, "DELETE", "/api/v1/nodes/a", True),
        (ADMIN, "GET", "/anything", True),
        (ALICE, "GET", "/api/v1/namespaces/here/configmaps", True),
        (ALICE, "GET", "/api/v1/namespaces/here/configmaps/c", True),
        (ALICE, "POST", "/api/v1/namespaces/here/configmaps", False),
        (ALICE, "GET", "/api/v1/namespaces/there/configmaps", False),
        (ALICE, "GET", "/api/v1/configmaps", False),
        (ALICE, "GET", "/api/v1/nodes", False),
        (ALICE, "GET", "/openapi/v3/api/v1", True),
        (ALICE, "GET", "/metrics", False),
        (BOB, "PATCH", "/api/v1/nodes/a", True),
        (BOB, "OPTIONS", "/api/v1/nodes", True),
        (BOB, "GET", "/api/v1/namespaces/here/configmaps", False),
        (BOB, "GET", "/api/v1", True),
        (BOB, "POST", "/api/v1", False),
        (BOB, "GET", "/healthz", True),
        (ANONYMOUS, "GET", "/healthz", True),
        (ANONYMOUS, "HEAD", "/readyz", True),
        (ANONYMOUS, "GET", "/version", True),
        (ANONYMOUS, "GET", "/api", False),
        (ANONYMOUS, "GET", "/api/v1/nodes", False),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_rules_decide(user: User, method: str, path: str, allowed: bool) -> None:
    """What any rule allows is allowed, and everything else is not."""
    authorizer = RuleAuthorizer([CONFIG_MAPS_HERE, NODES_FOR_BOB, DOCUMENTS])
    assert authorizer.allows(user, parse_request(method, path, "")) is allowed


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        (
            "GET",
            "/api/v1/nodes",
            'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
        ),
        (
            "DELETE",
            "/api/v1/namespaces/n/configmaps/c",
            'configmaps "c" is forbidden: User "bob" cannot delete resource "configmaps" in API group "" '
            'in the namespace "n"',
        ),
        ("GET", "/metrics", 'forbidden: User "bob" cannot get path "/metrics"'),
    ],
)
def test_a_denial_is_worded_as_kubernetes_words_it(method: str, path: str, sentence: str) -> None:
    """kubectl and people who search for the message find what they know."""
    assert denial(BOB, parse_request(method, path, "")) == sentence


def _write(directory: Path, text: str) -> str:
    path = directory / "rules.yaml"
    path.write_text("apiVersion: reference-server/v1\nkind: AuthorizationRules\n" + text, encoding="utf-8")
    return str(path)


def test_rules_come_from_a_file(tmp_path: Path) -> None:
    """Namespaces left out are all namespaces."""
    path = _write(tmp_path, "rules:\n- {users: [bob], verbs: ['*'], resources: [nodes]}\n")
    assert load_rules(path) == (NODES_FOR_BOB,)


def test_every_problem_of_the_file_is_told_with_its_place(tmp_path: Path) -> None:
    """One start shows all that is wrong: unknown verbs and resources, rules about nobody or nothing, unknown keys."""
    path = _write(
        tmp_path,
        "rules:\n"
        "- {users: [bob], verbs: [watch], resources: [pods]}\n"
        "- {verbs: [get], colour: blue}\n"
        "- {groups: [a], resources: [nodes]}\n"
        "- 7\n",
    )
    with pytest.raises(StartupError) as caught:
        load_rules(path)
    places = [problem.partition(":")[0] for problem in caught.value.problems]
    assert places[:2] == ["rules[0].verbs", "rules[0].resources"]
    assert {"rules[1].groups", "rules[1].resources", "rules[1].colour", "rules[2].verbs", "rules[3]"} <= set(places)
