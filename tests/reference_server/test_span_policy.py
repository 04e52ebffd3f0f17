"""What the server's own policy makes of its spans."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.config import load_tracing
from reference_server.errors import StartupError
from reference_server.span_policy import RELEASE, declared_names, parse_disabled, server_policy
from tracing_facade.policy import Policy

GATES = {"APIServerTracing": True}


def test_the_server_declares_its_spans() -> None:
    """Undeclared attributes of its own spans are an error, unless the operator has said something else."""
    policy = server_policy(Policy())
    assert set(policy.unbounded) == {*Policy().unbounded, "apiserver.audit_id"}
    assert policy.declarations == ("reference_server.spans",)
    assert (policy.undeclared_attributes, policy.release) == ("error", RELEASE)
    assert server_policy(Policy(undeclared_attributes="warn")).undeclared_attributes == "warn"


def test_an_operator_adds_to_it() -> None:
    """Declarations, disabled spans and the shown release of the configuration count beside the flags."""
    given = Policy(declarations=("more.spans",), disabled_spans=("a",))
    policy = server_policy(given, "0.0", ("b", "a"))
    assert policy.declarations == ("reference_server.spans", "more.spans")
    assert policy.disabled_spans == ("a", "b")
    assert policy.show_hidden_for == "0.0"


def test_only_spans_of_the_server_can_be_disabled(tmp_path: Path) -> None:
    """A name that is mistyped is told at start-up, with those that there are."""
    file = tmp_path / "tracing.yaml"
    file.write_text("apiVersion: tracing-facade/v1\nkind: TracingConfiguration\n")
    setup = load_tracing(str(file), GATES, disabled_spans=("storage.get",))
    assert setup.configuration is not None
    assert setup.configuration.policy.disabled_spans == ("storage.get",)
    with pytest.raises(StartupError, match=r"'storage.gte' is no span of this server; there are .*storage.get"):
        load_tracing(str(file), GATES, disabled_spans=("storage.gte",))


def test_flags_are_lists_with_commas() -> None:
    """Spaces and empty parts do no harm."""
    assert parse_disabled(" storage.get, ,handler.list") == ("storage.get", "handler.list")
    assert "storage.get" in declared_names()
