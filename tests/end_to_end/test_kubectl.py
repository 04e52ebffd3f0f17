"""The real kubectl is a client of the reference server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from reference_server.certificates import write_self_signed
from tests.support.api_server import ADMIN, DEVELOPER, config_map, node, server_process
from tests.support.collector import Collector
from tests.support.tools import require_tool


class Outcome(NamedTuple):
    """What kubectl did."""

    code: int
    out: str
    err: str


class Kubectl:
    """Runs kubectl against one server, in a directory of its own."""

    def __init__(self, program: str, url: str, directory: Path) -> None:
        self._program = program
        self._options = ["--server", url, "--certificate-authority", str(directory / "server.crt")]
        self.directory = directory
        # Neither the configuration nor the cache of whoever runs the tests.
        hidden = {"HOME": str(directory), "KUBECONFIG": os.devnull, "NO_PROXY": "*"}
        self._environment = {**{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}, **hidden}

    def __call__(self, *arguments: str, token: str = ADMIN, stdin: str = "") -> Outcome:
        """Run one command."""
        command = [self._program, *arguments, *self._options, "--token", token]
        finished = subprocess.run(
            command, env=self._environment, input=stdin, capture_output=True, text=True, timeout=100, check=False
        )
        return Outcome(finished.returncode, finished.stdout, finished.stderr)

    def write(self, *values: object) -> str:
        """Write objects into a file."""
        path = self.directory / "objects.yaml"
        path.write_text(yaml.safe_dump_all(values))
        return str(path)


def _tls(directory: Path) -> Sequence[str]:
    # Without TLS kubectl does not show its token.
    certificate, key = directory / "server.crt", directory / "server.key"
    write_self_signed(certificate, key, ["127.0.0.1"])
    return ["--tls-cert-file", str(certificate), "--tls-private-key-file", str(key)]


@pytest.fixture
def kubectl(tmp_path: Path) -> Iterator[Kubectl]:
    """Give kubectl with a server of its own."""
    program = require_tool("kubectl")
    with server_process(tmp_path, flags=_tls(tmp_path)) as server:
        yield Kubectl(program, server.url(), tmp_path)


def test_create_get_delete(kubectl: Kubectl) -> None:
    """ConfigMaps, which kubectl sends as protobuf, namespaces and nodes."""
    assert kubectl("create", "configmap", "a", "--from-literal", "k=v").out == "configmap/a created\n"
    assert kubectl("get", "configmap", "a", "-o", "jsonpath={.data.k}").out == "v"
    assert kubectl("create", "namespace", "team").out == "namespace/team created\n"
    assert kubectl("create", "configmap", "b", "-n", "team").code == 0
    assert re.search(r"(?m)^team +b +\d+s$", kubectl("get", "cm", "-A").out)
    assert kubectl("create", "-f", kubectl.write(node("fake"))).out == "node/fake created\n"
    assert re.search(r"(?m)^fake +\d+s$", kubectl("get", "nodes").out)
    assert kubectl("delete", "ns", "team").out == 'namespace "team" deleted\n'
    assert kubectl("delete", "cm/a", "node/fake").code == 0
    assert kubectl("get", "cm", "-A", "-o", "name").out == ""


def test_apply(kubectl: Kubectl) -> None:
    """Created, unchanged, configured: the three-way merge of the client works on what the server keeps."""
    path = kubectl.write(config_map("a", {"k": "1", "old": "x"}), node("fake", labels={"zone": "west"}))
    assert kubectl("apply", "-f", path).out == "configmap/a created\nnode/fake created\n"
    assert kubectl("apply", "-f", path).out == "configmap/a unchanged\nnode/fake unchanged\n"
    path = kubectl.write(config_map("a", {"k": "2"}), node("fake", labels={"zone": "west"}))
    assert kubectl("apply", "-f", path).out == "configmap/a configured\nnode/fake unchanged\n"
    assert json.loads(kubectl("get", "cm", "a", "-o", "json").out)["data"] == {"k": "2"}
    assert kubectl("delete", "-f", path).code == 0


def test_other_changes(kubectl: Kubectl) -> None:
    """Label, annotate, patch in three ways, replace, and a dry run that the server makes."""
    kubectl("create", "-f", kubectl.write(config_map("a", {"k": "1"}), node("fake")))
    assert kubectl("label", "node", "fake", "hello=world").out == "node/fake labeled\n"
    assert kubectl("get", "nodes", "-l", "hello=world", "-o", "name").out == "node/fake\n"
    assert kubectl("annotate", "cm", "a", "x=y").code == 0
    for kind, patch in (
        ("merge", '{"data":{"m":"1"}}'),
        ("json", '[{"op":"add","path":"/data/j","value":"1"}]'),
        ("strategic", '{"data":{"s":"1"}}'),
    ):
        assert kubectl("patch", "cm", "a", "--type", kind, "-p", patch).out == "configmap/a patched\n"
    assert set(json.loads(kubectl("get", "cm", "a", "-o", "json").out)["data"]) == {"k", "m", "j", "s"}
    assert kubectl("replace", "-f", kubectl.write(config_map("a"))).out == "configmap/a replaced\n"
    assert kubectl("create", "cm", "b", "--dry-run=server", "-o", "name").out == "configmap/b\n"
    assert kubectl("get", "cm", "-o", "name").out == "configmap/a\n"
    assert kubectl("apply", "-f", kubectl.write(config_map("c", {"k": "1"}))).code == 0
    assert kubectl("diff", "-f", kubectl.write(config_map("c", {"k": "1"}))).out == ""


@pytest.mark.parametrize(
    ("arguments", "token", "message"),
    [
        (["get", "cm", "nope"], ADMIN, 'Error from server (NotFound): configmaps "nope" not found'),
        (["get", "cm"], "wrong", "error: You must be logged in to the server"),
        (
            ["get", "ns"],
            DEVELOPER,
            'Error from server (Forbidden): namespaces is forbidden: User "developer" cannot list',
        ),
        (["create", "ns", "default"], ADMIN, 'Error from server (AlreadyExists): namespaces "default" already exists'),
        (["create", "ns", "A"], ADMIN, 'The Namespace "A" is invalid: metadata.name: Invalid value: "A"'),
        (["delete", "ns", "default"], ADMIN, 'Error from server (Forbidden): namespaces "default" is forbidden'),
        (["get", "pods"], ADMIN, 'error: the server doesn\'t have a resource type "pods"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals_are_understood(kubectl: Kubectl, arguments: list[str], token: str, message: str) -> None:
    """kubectl words them as it does for Kubernetes, since the answers are the same."""
    outcome = kubectl(*arguments, token=token)
    assert outcome.code == 1
    assert message in outcome.err


def test_fields_that_do_not_exist_are_refused(kubectl: Kubectl) -> None:
    """The server checks, as kubectl asks it to."""
    outcome = kubectl("create", "-f", "-", stdin=json.dumps({**config_map("a"), "dat": {}}))
    assert 'strict decoding error: unknown field "dat"' in outcome.err


def test_discovery(kubectl: Kubectl) -> None:
    """Resources, their documentation and the version."""
    assert set(kubectl("api-resources", "-o", "name").out.split()) == {"configmaps", "namespaces", "nodes"}
    assert "binaryData" in kubectl("explain", "configmap").out
    assert "Server Version: v1.32" in kubectl("version").out


def test_its_requests_are_traced(tmp_path: Path) -> None:
    """With a rate of one, creating a ConfigMap is a trace like any other."""
    program = require_tool("kubectl")
    kubernetes = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "TracingConfiguration"}
    with Collector() as collector:
        file = {**kubernetes, "endpoint": collector.grpc_endpoint, "samplingRatePerMillion": 1_000_000}
        with server_process(tmp_path, tracing=file, flags=_tls(tmp_path)) as server:
            assert Kubectl(program, server.url(), tmp_path)("create", "configmap", "a").code == 0
        spans = collector.spans()
    (root,) = [span for span in spans if span.name == "POST /api/v1/namespaces/{namespace}/configmaps"]
    assert root.attributes["user_agent.original"].startswith("kubectl")
    assert root.attributes["url.scheme"] == "https"
    names = sorted(span.name for span in spans if span.trace_id == root.trace_id)
    assert names == [
        root.name, "authentication", "authorization", "handler.create", "response.serialize", "storage.create"
    ]  # fmt: skip
