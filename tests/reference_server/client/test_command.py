"""The command ``refctl`` against a real server: what it prints and how it ends."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from reference_server.client.command import main
from tests.support.api_server import ADMIN, DEVELOPER, InProcessServer, config_map, listening, node, webhook
from tests.support.webhook_receiver import WebhookReceiver, deny
from tracing_facade.config import TracingConfiguration
from tracing_facade.testing import capture_spans


class Outcome(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class Refctl:
    """Runs the command against one server."""

    def __init__(self, server: InProcessServer, url: str) -> None:
        self.server = server
        self.url = url

    def __call__(self, *arguments: str, token: str = ADMIN) -> Outcome:
        """Run it in this process."""
        out, err = io.StringIO(), io.StringIO()
        given = ["--server", self.url, "--token", token, "--viewer", "http://127.0.0.1:1"]
        return Outcome(main([*arguments, *given], stdout=out, stderr=err), out.getvalue(), err.getvalue())


@pytest.fixture
def refctl(server: InProcessServer) -> Iterator[Refctl]:
    """Give the command with a server that listens."""
    with listening(server.application) as running:
        yield Refctl(server, running.url)


def _write(directory: Path, *values: object) -> str:
    path = directory / "objects.yaml"
    path.write_text("\n---\n".join(json.dumps(value) for value in values))
    return str(path)


def test_create_get_delete(refctl: Refctl) -> None:
    """By name, as with kubectl."""
    assert refctl("create", "configmap", "a", "--from-literal", "k=v=w", "--from-literal", "empty=") == Outcome(
        0, "configmap/a created\n", ""
    )
    assert re.fullmatch(r"NAME   DATA   AGE\na      2      \ds\n", refctl("get", "configmaps").out)
    assert yaml.safe_load(refctl("get", "cm", "a", "-o", "yaml").out)["data"] == {"k": "v=w", "empty": ""}
    assert json.loads(refctl("get", "cm/a", "-o", "json").out)["metadata"]["name"] == "a"
    assert refctl("get", "ConfigMap", "a", "-o", "name").out == "configmap/a\n"
    assert refctl("delete", "configmap", "a") == Outcome(0, 'configmap "a" deleted\n', "")
    assert refctl("get", "configmaps") == Outcome(0, "", "No resources found in default namespace.\n")


def test_namespaces(refctl: Refctl) -> None:
    """Objects are made in them, shown by them, and go with them."""
    assert refctl("create", "namespace", "team").out == "namespace/team created\n"
    assert refctl("create", "configmap", "a", "-n", "team").code == 0
    assert refctl("get", "configmaps").out == ""
    assert refctl("get", "configmaps", "-n", "team").out.startswith("NAME   DATA   AGE\na ")
    assert refctl("get", "configmaps", "-A").out.startswith("NAMESPACE   NAME   DATA   AGE\nteam ")
    assert refctl("delete", "ns/team").out == 'namespace "team" deleted\n'
    assert refctl("get", "configmaps", "-A") == Outcome(0, "", "No resources found.\n")
    assert refctl("get", "nodes") == Outcome(0, "", "No resources found.\n")


def test_files(refctl: Refctl, tmp_path: Path) -> None:
    """Several objects, in the order of the file."""
    path = _write(tmp_path, config_map("a"), node("n"))
    assert refctl("create", "-f", path).out == "configmap/a created\nnode/n created\n"
    assert refctl("delete", "-f", path, "-o", "name").out == "configmap/a\nnode/n\n"


def test_apply(refctl: Refctl, tmp_path: Path) -> None:
    """Created, unchanged, configured; what the file dropped goes, what others added stays."""
    path = _write(tmp_path, config_map("a", {"k": "1", "old": "x"}))
    assert refctl("apply", "-f", path).out == "configmap/a created\n"
    assert refctl("apply", "-f", path).out == "configmap/a unchanged\n"
    merge = "application/merge-patch+json"
    url = "/api/v1/namespaces/default/configmaps/a"
    refctl.server.call("PATCH", url, {"data": {"other": "y"}}, content_type=merge)
    path = _write(tmp_path, config_map("a", {"k": "2"}))
    assert refctl("apply", "-f", path).out == "configmap/a configured\n"
    assert refctl.server.call("GET", url).value["data"] == {"k": "2", "other": "y"}
    assert json.loads(refctl("apply", "-f", path, "-o", "json").out)["data"] == {"k": "2", "other": "y"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["get", "configmap", "nope"], 'Error from server (NotFound): configmaps "nope" not found'),
        (["delete", "configmap", "nope"], 'Error from server (NotFound): configmaps "nope" not found'),
        (["create", "configmap", "taken"], 'Error from server (AlreadyExists): configmaps "taken" already exists'),
        (["create", "configmap", "A"], 'The ConfigMap "A" is invalid: metadata.name: Invalid value: "A"'),
        (["create", "configmap", "a", "-n", "no"], 'Error from server (NotFound): namespaces "no" not found'),
        (
            ["get", "pods"],
            'error: the server doesn\'t have a resource type "pods"; it has namespaces, nodes, configmaps',
        ),
        (["get", "cm/a", "b"], "error: 'cm/a b' cannot be read; write TYPE NAME... or TYPE/NAME"),
        (["get", "cm", "-l", "a in (b)"], "Error from server (BadRequest): labelSelector"),
        (["create", "-f", "/absent.yaml"], 'error: the path "/absent.yaml" does not exist'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals(refctl: Refctl, arguments: list[str], message: str) -> None:
    """Status 1, and kubectl's words on standard error."""
    refctl("create", "configmap", "taken")
    outcome = refctl(*arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(message)


def test_who_is_asking(refctl: Refctl) -> None:
    """401 and 403."""
    outcome = refctl("get", "nodes", token="wrong")
    assert outcome.code == 1
    assert outcome.err.startswith("error: You must be logged in to the server (Unauthorized)")
    outcome = refctl("get", "namespaces", token=DEVELOPER)
    assert outcome.err == (
        'Error from server (Forbidden): namespaces is forbidden: User "developer" cannot list resource "namespaces" '
        'in API group "" at the cluster scope\n'
    )


def test_a_conflict(refctl: Refctl, tmp_path: Path) -> None:
    """A file with an old version is not applied over a newer one."""
    refctl("create", "configmap", "a")
    path = _write(tmp_path, config_map("a", {"k": "v"}, resourceVersion="1"))
    outcome = refctl("apply", "-f", path)
    assert outcome.code == 1
    expected = (
        f'Error from server (Conflict): error when applying "{path}": Operation cannot be fulfilled on configmaps'
    )
    assert outcome.err.startswith(expected)


def test_one_failure_does_not_stop_the_rest(refctl: Refctl, tmp_path: Path) -> None:
    """But the status tells."""
    refctl("create", "configmap", "a")
    path = _write(tmp_path, config_map("a"), config_map("b"))
    outcome = refctl("create", "-f", path)
    assert (outcome.code, outcome.out) == (1, "configmap/b created\n")
    assert f'error when creating "{path}"' in outcome.err
    outcome = refctl("get", "configmap", "a", "nope", "b", "-o", "name")
    assert (outcome.code, outcome.out) == (1, "configmap/a\nconfigmap/b\n")
    outcome = refctl("delete", "configmap", "nope", "a")
    assert (outcome.code, outcome.out) == (1, 'configmap "a" deleted\n')


def test_what_is_gone_can_count_as_removed(refctl: Refctl) -> None:
    """For scripts that run twice."""
    assert refctl("delete", "configmap", "nope", "--ignore-not-found") == Outcome(0, "", "")
    assert (
        refctl(
            "delete",
            "configmap",
            "nope",
            "--ignore-not-found",
            token=DEVELOPER,
        ).code
        == 0
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["get"],
        ["get", "cm", "-o", "table"],
        ["get", "cm", "a", "-A"],
        ["create"],
        ["create", "configmap"],
        ["create", "node", "a"],
        ["create", "configmap", "a", "-f", "x"],
        ["create", "configmap", "a", "--from-literal", "novalue"],
        ["create", "namespace", "a", "--from-literal", "a=b"],
        ["apply"],
        ["delete"],
        ["delete", "cm"],
        ["delete", "cm", "a", "-f", "x"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_status_2(
    refctl: Refctl, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the usage, and without asking the server."""
    with pytest.raises(SystemExit) as caught:
        refctl(*arguments, "--trace") if arguments else refctl()
    assert caught.value.code == 2
    assert "usage: refctl" in capsys.readouterr().err
    assert refctl.server.audit_events() == []


@pytest.mark.parametrize("verb", ["", "get", "create", "apply", "delete"])
def test_help_has_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For every verb."""
    with pytest.raises(SystemExit) as caught:
        main([*([verb] if verb else []), "--help"])
    assert caught.value.code == 0
    assert f"refctl {verb}" in capsys.readouterr().out.partition("examples:")[2]


def test_a_trace_that_is_joined(refctl: Refctl) -> None:
    """The id that is printed is that of the server's spans; results stay apart from remarks."""
    with capture_spans(TracingConfiguration(sampling_rate_per_million=0)) as spans:
        outcome = refctl("create", "configmap", "a", "--trace")
    assert (outcome.code, outcome.out) == (0, "configmap/a created\n")
    first, verdict, waterfall = outcome.err.splitlines()
    assert first.startswith("trace ")
    assert {span.trace_id for span in spans} == {first.removeprefix("trace ")}
    assert verdict == "The server has joined it and records it."
    assert waterfall.startswith("No waterfall: no viewer answers at http://127.0.0.1:1; with `tracing-view` running")


def test_a_trace_that_is_not_joined(refctl: Refctl) -> None:
    """An untrusted user is told so, and no viewer is asked."""
    with capture_spans() as spans:
        outcome = refctl("get", "configmaps", "--trace", token=DEVELOPER)
    trace_id = outcome.err.splitlines()[1].removeprefix("trace ")
    assert "The server did not join it: it does not trust you" in outcome.err
    assert "waterfall" not in outcome.err
    assert trace_id not in {span.trace_id for span in spans}


def test_a_trace_that_is_only_passed_on(refctl: Refctl) -> None:
    """With tracing off in the server, a trusted user hears that nothing is recorded."""
    assert "tracing is off there" in refctl("get", "configmaps", "--trace").err


def test_one_trace_for_all_requests_of_a_command(refctl: Refctl, tmp_path: Path) -> None:
    """Apply asks and then changes; both are in it."""
    refctl("create", "configmap", "a")
    with capture_spans() as spans:
        refctl("apply", "-f", _write(tmp_path, config_map("a", {"k": "v"})), "--trace")
        deadline = time.monotonic() + 10
        # The server ends its span after the client has read the answer.
        while sum(span.kind == 2 for span in spans) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    roots = [span.name for span in spans if span.kind == 2]
    assert [name.partition(" ")[0] for name in roots] == ["GET", "PATCH"]
    assert len({span.trace_id for span in spans}) == 1


def test_a_refused_request_can_be_traced(tmp_path: Path) -> None:
    """The trace is what one wants to see then."""
    with WebhookReceiver(deny()) as hook:
        server = InProcessServer(tmp_path, validating=[webhook("h", hook.url)])
        with listening(server.application) as running, capture_spans():
            outcome = Refctl(server, running.url)("create", "configmap", "a", "--trace")
        server.close()
    assert outcome.code == 1
    assert 'admission webhook "h" denied the request: not today' in outcome.err
    assert "The server has joined it and records it." in outcome.err


def test_a_server_that_is_not_there_has_no_trace(tmp_path: Path) -> None:
    """Nothing is printed about one."""
    err = io.StringIO()
    assert main(["get", "nodes", "--trace", "--server", "http://127.0.0.1:1"], stdout=io.StringIO(), stderr=err) == 1
    assert err.getvalue().count("\n") == 1


def test_warnings_of_the_server_are_shown(tmp_path: Path) -> None:
    """On standard error."""
    with WebhookReceiver(lambda question: {"allowed": True, "warnings": ["old field"]}) as hook:
        server = InProcessServer(tmp_path, validating=[webhook("h", hook.url)])
        with listening(server.application) as running:
            outcome = Refctl(server, running.url)("create", "configmap", "a")
        server.close()
    assert outcome == Outcome(0, "configmap/a created\n", "Warning: h: old field\n")


def test_the_environment_gives_the_defaults(refctl: Refctl) -> None:
    """As a real process, with a reader that goes away before the end."""
    refctl("create", "configmap", "a")
    environment = {**os.environ, "REFCTL_SERVER": refctl.url, "REFCTL_TOKEN": ADMIN}
    command = [sys.executable, "-m", "reference_server.client.command", "get", "cm", "-o"]
    finished = subprocess.run([*command, "name"], env=environment, capture_output=True, text=True, timeout=60)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "configmap/a\n", "")
    reader, writer = os.pipe()
    os.close(reader)
    broken = subprocess.run([*command, "json"], env=environment, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (broken.returncode, broken.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        pytest.param('"$@" >&-', 0, "", id="no output"),
        pytest.param('"$@" >/dev/full', 1, "error: the result cannot be written: No space left on device\n", id="full"),
        pytest.param('"$@" 2>&-', 0, "", id="no error output"),
    ],
)
def test_output_that_cannot_be_written(refctl: Refctl, shell: str, code: int, said: str) -> None:
    """The exit status tells, and a sentence instead of a traceback."""
    refctl("create", "configmap", "settings")
    command = [sys.executable, "-m", "reference_server.client.command", "get", "configmap", "-o", "json"]
    arguments = [*command, "--server", refctl.url, "--token", ADMIN]
    done = subprocess.run(["bash", "-c", shell, "bash", *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (code, said)


def test_a_closed_standard_input_has_no_objects(refctl: Refctl) -> None:
    """It is told like a file that does not exist."""
    command = [sys.executable, "-m", "reference_server.client.command", "apply", "-f", "-", "--server", refctl.url]
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, "error: there is no standard input to read objects from\n")


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_programs_get_every_character(refctl: Refctl, form: str) -> None:
    """What a terminal must not see is escaped, so that nothing of the object is lost."""
    text = "caf\u00e9 \x1b[31m \x7f \x9b \u202e \u200d \U000e0001 \U0001f600"
    refctl("create", "configmap", "settings", "--from-literal", f"key={text}")
    out = refctl("get", "configmap", "settings", "-o", form).out
    assert all(character.isprintable() or character == "\n" for character in out)
    read = json.loads if form == "json" else yaml.safe_load
    assert read(out)["data"]["key"] == text


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_people_can_read_what_is_printable(refctl: Refctl, form: str) -> None:
    """Letters of any language are not escaped."""
    refctl("create", "configmap", "settings", "--from-literal", "key=caf\u00e9")
    assert "caf\u00e9" in refctl("get", "configmap", "settings", "-o", form).out
