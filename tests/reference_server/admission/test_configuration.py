"""Which webhooks are asked about what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reference_server.admission.configuration import WebhookRule, load_admission
from reference_server.errors import StartupError


def _write(directory: Path, **fields: Any) -> str:
    path = directory / "admission.yaml"
    path.write_text(
        json.dumps({"apiVersion": "reference-server/v1", "kind": "AdmissionConfiguration", **fields}), encoding="utf-8"
    )
    return str(path)


RULES = [{"operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}]
HOOK = {"name": "a.example.com", "url": "http://127.0.0.1:1/x", "rules": RULES}


@pytest.mark.parametrize(
    ("operations", "resources", "asked"),
    [
        (("CREATE",), ("configmaps",), True),
        (("*",), ("*",), True),
        (("UPDATE",), ("configmaps",), False),
        (("CREATE",), ("nodes",), False),
    ],
)
def test_rules(operations: tuple[str, ...], resources: tuple[str, ...], asked: bool) -> None:
    """Operation and resource must both be named, or a star."""
    assert WebhookRule(operations, resources).covers("CREATE", "configmaps") is asked


def test_a_file(tmp_path: Path) -> None:
    """Time-out and failure policy have Kubernetes' defaults; lists left out are empty."""
    fast = {**HOOK, "timeoutSeconds": 1.5, "failurePolicy": "Ignore"}
    found = load_admission(_write(tmp_path, mutatingWebhooks=[HOOK, fast]))
    assert found.validating == ()
    first, second = found.mutating
    assert (first.timeout_seconds, first.fail_open) == (10, False)
    assert (second.timeout_seconds, second.fail_open) == (1.5, True)
    assert first.covers("UPDATE", "configmaps")
    assert not first.covers("DELETE", "configmaps")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"url": "127.0.0.1:9443/mutate"}, "url: '127.0.0.1:9443/mutate' is not a URL"),
        ({"url": "unix:///x"}, "url: 'unix:///x' is not a URL"),
        ({"url": None}, "url: is missing"),
        ({"rules": []}, "rules: is empty"),
        ({"rules": [{"operations": ["CONNECT"], "resources": ["nodes"]}]}, "rules[0].operations: 'CONNECT' is unknown"),
        ({"rules": [{"operations": ["*"]}]}, "rules[0].resources: is empty"),
        ({"timeoutSeconds": 31}, "timeoutSeconds: 31 is not a number from 1 to 30"),
        ({"failurePolicy": "Retry"}, "failurePolicy: 'Retry' is unknown; use one of Fail, Ignore"),
        ({"caBundle": ""}, "caBundle: is unknown"),
    ],
    ids=str,
)
def test_problems_are_told_with_their_place(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    """In the second webhook of the list, for example."""
    with pytest.raises(StartupError) as caught:
        load_admission(_write(tmp_path, validatingWebhooks=[HOOK, {**HOOK, **change}]))
    assert caught.value.problems[0].startswith(f"validatingWebhooks[1].{problem}")
