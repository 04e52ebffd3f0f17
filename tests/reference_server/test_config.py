"""Flags, the feature gate, and how the server traces."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracing_facade as tracing
from reference_server.config import ServerConfig, load_tracing, parse_feature_gates
from reference_server.errors import StartupError
from tracing_facade.trust import Caller, Trust, TrustRule

ON = {"APIServerTracing": True}
KUBERNETES = "apiVersion: apiserver.config.k8s.io/{}\nkind: TracingConfiguration\n"
OWN = "apiVersion: tracing-facade/v1\nkind: TracingConfiguration\n"


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("", True),
        ("APIServerTracing=true", True),
        ("APIServerTracing=false", False),
        (" APIServerTracing=False ,", False),
    ],
)
def test_the_feature_gate(text: str, enabled: bool) -> None:
    """It is on unless somebody turns it off."""
    assert parse_feature_gates(text) == {"APIServerTracing": enabled}


@pytest.mark.parametrize(
    "text", ["Other=true", "APIServerTracing", "APIServerTracing=1", "APIServerTracing=true,X=true"]
)
def test_gates_that_do_not_exist_are_refused(text: str) -> None:
    """The message has the ones that do, or the two values."""
    with pytest.raises(StartupError, match="APIServerTracing"):
        parse_feature_gates(text)


def test_the_gate_is_on_by_default() -> None:
    """A server that is built without flags has it too."""
    assert ServerConfig().feature_gates == ON


def _write(directory: Path, text: str) -> str:
    path = directory / "tracing.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _granted(rule: TrustRule | None, *groups: str) -> Trust:
    assert rule is not None
    return rule(Caller(user="somebody", groups=groups, address="127.0.0.1"))


@pytest.mark.parametrize("gates", [ON, {"APIServerTracing": False}])
def test_without_a_file_tracing_is_off_and_trust_as_in_kubernetes(gates: dict[str, bool]) -> None:
    """Who may have their context passed on is decided also when nothing is recorded."""
    setup = load_tracing("", gates)
    assert setup.configuration is None
    assert _granted(setup.trust, "system:masters") == Trust.JOIN | Trust.FORCE
    assert _granted(setup.trust, "developers") == Trust.NOTHING


def test_a_closed_gate_turns_tracing_off(tmp_path: Path) -> None:
    """The file is not even read."""
    path = _write(tmp_path, "nonsense: [")
    assert load_tracing(path, {"APIServerTracing": False}).configuration is None


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_kubernetes_own_files_load_unchanged(tmp_path: Path, version: str) -> None:
    """Trust and the hosts that get context are as in Kubernetes: two groups, and the webhooks."""
    path = _write(tmp_path, KUBERNETES.format(version) + "endpoint: localhost:4317\nsamplingRatePerMillion: 100\n")
    hooks = ["https://hooks.example.com:8443/mutate", "http://[fd00::1]/validate"]
    setup = load_tracing(path, ON, hooks)
    assert setup.configuration is not None
    assert setup.configuration.sampling_rate_per_million == 100
    assert setup.configuration.service_name == "reference-server"
    assert {"hooks.example.com", "[fd00::1]", "localhost"} <= set(setup.configuration.propagate_to)
    assert _granted(setup.trust, "system:masters") == Trust.JOIN | Trust.FORCE
    assert _granted(setup.trust, "system:monitoring") == Trust.JOIN | Trust.FORCE
    assert _granted(setup.trust, "system:authenticated") == Trust.NOTHING


def test_a_file_of_our_own_kind_decides_itself(tmp_path: Path) -> None:
    """Neither trust nor hosts are added to what it says."""
    path = _write(tmp_path, OWN + "serviceName: mine\npropagateTo: [a.example.com]\n")
    setup = load_tracing(path, ON, ["https://hooks.example.com/mutate"])
    assert setup.configuration is not None
    assert setup.configuration.propagate_to == ("a.example.com",)
    assert setup.configuration.service_name == "mine"
    assert setup.trust is None


@pytest.mark.parametrize(
    ("variable", "value"), [("OTEL_SERVICE_NAME", "theirs"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=theirs")]
)
def test_a_service_name_of_the_environment_is_not_overridden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """The standard variables work."""
    monkeypatch.setenv(variable, value)
    setup = load_tracing(_write(tmp_path, KUBERNETES.format("v1")), ON)
    assert setup.configuration is not None
    assert setup.configuration.service_name == tracing.TracingConfiguration().service_name


def test_what_is_wrong_with_the_file_is_a_start_up_error(tmp_path: Path) -> None:
    """Every problem is told, with the flag that named the file."""
    path = _write(tmp_path, KUBERNETES.format("v1") + "endpoint: http://x\nsamplingRatePerMillion: -1\n")
    with pytest.raises(StartupError) as caught:
        load_tracing(path, ON)
    assert "--tracing-config-file" in str(caught.value)
    assert "endpoint" in str(caught.value)
    assert "samplingRatePerMillion" in str(caught.value)
