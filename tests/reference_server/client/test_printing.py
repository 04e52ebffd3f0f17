"""What people and programs see."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import yaml

from reference_server.client.printing import age, formatted, plain, short_name, table
from reference_server.resources import CONFIG_MAPS, NAMESPACES, NODES
from tests.support.api_server import config_map, namespace, node

NOW = datetime(2020, 1, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=0), "0s"),
        (timedelta(seconds=119), "119s"),
        (timedelta(minutes=2), "2m"),
        (timedelta(minutes=179), "179m"),
        (timedelta(hours=3), "3h"),
        (timedelta(hours=47), "47h"),
        (timedelta(days=2), "2d"),
        (timedelta(days=-1), "0s"),
    ],
    ids=str,
)
def test_ages(ago: timedelta, shown: str) -> None:
    """As kubectl shortens them; a clock that is behind shows no negative age."""
    assert age((NOW - ago).strftime("%Y-%m-%dT%H:%M:%SZ"), NOW) == shown


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", 7])
def test_an_age_that_is_not_known(timestamp: object) -> None:
    """Says so."""
    assert age(timestamp, NOW) == "<unknown>"


def test_tables() -> None:
    """Columns are as wide as their widest cell; no line ends in spaces."""
    created: dict[str, Any] = {"creationTimestamp": "2020-01-09T23:59:00Z"}
    maps = [config_map("a", {"k": "v"}, namespace="n", **created), config_map("long-name", namespace="team", **created)]
    assert table(CONFIG_MAPS, maps, with_namespace=True, now=NOW) == (
        "NAMESPACE   NAME        DATA   AGE\n"
        "n           a           1      60s\n"
        "team        long-name   0      60s"
    )  # fmt: skip
    space = {**namespace("n", **created), "status": {"phase": "Active"}}
    assert table(NAMESPACES, [space], with_namespace=False, now=NOW) == "NAME   STATUS   AGE\nn      Active   60s"
    assert table(NODES, [node("x", **created)], with_namespace=False, now=NOW) == "NAME   AGE\nx      60s"


def test_json_and_yaml_come_back() -> None:
    """Text stays readable."""
    value = config_map("a", {"k": "ä"})
    assert json.loads(formatted(value, "json")) == yaml.safe_load(formatted(value, "yaml")) == value
    assert "ä" in formatted(value, "json")
    assert "ä" in formatted(value, "yaml")


def test_names() -> None:
    """In the form that get and delete accept."""
    assert short_name(CONFIG_MAPS, config_map("a")) == "configmap/a"


def test_nothing_controls_the_terminal() -> None:
    """Text of other people is shown, not obeyed."""
    assert plain("a\x1b[31m\r\x00\u202eb\nc") == "a?[31m???b\nc"
