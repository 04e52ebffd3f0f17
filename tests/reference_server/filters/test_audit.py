"""The audit log."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reference_server.errors import StartupError
from reference_server.filters.audit import AuditLog
from tests.support.api_server import ADMIN, NOBODY, InProcessServer, config_map
from tracing_facade.testing import capture_spans

MAPS = "/api/v1/namespaces/default/configmaps"


def test_who_did_what(server: InProcessServer) -> None:
    """User, verb, object, outcome and times, in the form of Kubernetes' audit events."""
    server.call("POST", f"{MAPS}?fieldManager=secret", config_map("a"))
    server.call("GET", f"{MAPS}/a")
    (created, read) = server.audit_events()
    assert (created["verb"], created["user"]["username"], created["responseStatus"]) == (
        "create",
        "admin",
        {"code": 201},
    )
    assert created["user"]["groups"] == ["system:masters", "system:authenticated"]
    assert read["objectRef"] == {"apiVersion": "v1", "resource": "configmaps", "namespace": "default", "name": "a"}
    assert (read["userAgent"], read["sourceIPs"]) == ("tracing.test", ["127.0.0.1"])
    times = [read["requestReceivedTimestamp"], read["stageTimestamp"]]
    assert times == sorted(times)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment) for moment in times)


def test_neither_queries_nor_tokens_are_logged(server: InProcessServer) -> None:
    """Their values may be secret."""
    server.call("GET", f"{MAPS}?labelSelector=password%3Dhunter2")
    (event,) = server.audit_events()
    assert event["requestURI"] == MAPS
    assert "hunter2" not in json.dumps(event)
    assert ADMIN not in json.dumps(event)


def test_refusals_are_logged_and_probes_are_not(server: InProcessServer) -> None:
    """Of an unknown caller there is nothing to say but that he came."""
    server.call("GET", "/healthz", token=NOBODY)
    server.call("GET", "/api", token="wrong")
    server.call("GET", "/api", token=NOBODY)
    events = server.audit_events()
    assert [event["responseStatus"]["code"] for event in events] == [401, 401]
    assert [event["user"].get("username") for event in events] == [None, "system:anonymous"]


def test_a_line_leads_to_its_trace(server: InProcessServer) -> None:
    """With tracing on it has the ids of the server span; with tracing off it has none."""
    server.call("GET", "/api")
    with capture_spans() as spans:
        answer = server.call("GET", "/api")
    off, traced = server.audit_events()
    (root,) = [span for span in spans if not span.parent_span_id]
    assert (traced["traceID"], traced["spanID"]) == (root.trace_id, root.span_id)
    assert (root.attributes or {})["apiserver.audit_id"] == answer.headers["Audit-Id"] == traced["auditID"]
    assert "traceID" not in off


def _event(number: int) -> dict[str, Any]:
    return {"auditID": str(number), "filler": "x" * 500}


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    """None is lost or mixed with another."""
    log = AuditLog(str(tmp_path / "audit.log"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log.write(_event(number)), range(400)))
    log.close()
    lines = (tmp_path / "audit.log").read_text().splitlines()
    assert sorted(int(json.loads(line)["auditID"]) for line in lines) == list(range(400))


def test_standard_output_can_be_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """And stays open."""
    log = AuditLog("-")
    log.write(_event(1))
    log.close()
    print("still here")
    assert json.loads(capsys.readouterr().out.splitlines()[0])["auditID"] == "1"


def test_no_path_means_no_log() -> None:
    """Nothing is written and nothing fails."""
    log = AuditLog("")
    log.write(_event(1))
    log.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_does_not_fail_the_request(caplog: pytest.LogCaptureFixture) -> None:
    """It is in the server's own log."""
    log = AuditLog("/dev/full")
    log.write(_event(7))
    log.close()
    assert "audit event 7 is not written" in caplog.text


def test_a_log_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    """The message has the path."""
    with pytest.raises(StartupError, match="absent"):
        AuditLog(str(tmp_path / "absent" / "audit.log"))
