"""The client of the API, against the real server and against servers that misbehave."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from reference_server.certificates import write_self_signed
from reference_server.client.api import ApiClient
from reference_server.client.errors import RefctlError, ServerRefused, ServerUnreachable
from reference_server.resources import CONFIG_MAPS, NODES
from reference_server.serving import load_certificate
from reference_server.storage.interface import Key
from tests.support.api_server import ADMIN, InProcessServer, config_map, listening, node


@pytest.fixture
def client(server: InProcessServer) -> Iterator[ApiClient]:
    """Give a client of the real application."""
    with listening(server.application) as running:
        opened = ApiClient(running.url, ADMIN)
        yield opened
        opened.close()


def test_an_object_lives(client: ApiClient) -> None:
    """Created, read, changed, listed, removed."""
    created = client.create(CONFIG_MAPS, "default", config_map("a", {"k": "1"}))
    assert client.get(CONFIG_MAPS, "default", "a") == created
    assert client.merge(CONFIG_MAPS, "default", "a", {"data": {"k": None}}).get("data") == {}
    assert [item["metadata"]["name"] for item in client.list(CONFIG_MAPS, "")["items"]] == ["a"]
    assert client.list(CONFIG_MAPS, "default", "x=y")["items"] == []
    client.delete(CONFIG_MAPS, "default", "a")
    with pytest.raises(ServerRefused) as caught:
        client.get(CONFIG_MAPS, "default", "a")
    assert caught.value.code == 404


def test_long_lists_are_read_in_pages(server: InProcessServer, client: ApiClient) -> None:
    """All of them come, in one list."""
    for number in range(503):
        server.parts.storage.create(Key("nodes", "", f"n{number:03}"), node(f"n{number:03}"))
    found = client.list(NODES, "")
    assert len(found["items"]) == 503
    assert "continue" not in found["metadata"]


def test_unknown_fields_are_refused_by_default(client: ApiClient) -> None:
    """A typing error in a file must not be dropped in silence."""
    with pytest.raises(ServerRefused, match='unknown field "dat"'):
        client.create(CONFIG_MAPS, "default", {**config_map("a"), "dat": {}})


def test_names_cannot_lead_elsewhere(client: ApiClient) -> None:
    """Slashes and question marks are part of the name."""
    for name in ("../nodes", "a?b", "a/b", "%2e%2e"):
        with pytest.raises(ServerRefused) as caught:
            client.get(CONFIG_MAPS, "default", name)
        assert caught.value.code == 404


def test_what_is_sent_and_heard() -> None:
    """Headers with every request; every answer's headers and warnings to the listeners, errors included."""
    seen: list[Request] = []
    headers: list[object] = []
    warnings: list[str] = []

    @Request.application
    def application(request: Request) -> Response:
        seen.append(request)
        answer = Response("{}", status=404, mimetype="application/json")
        answer.headers.add("Warning", '299 - "one \\"quoted\\""')
        answer.headers.add("Warning", '299 - "two"')
        return answer

    with listening(application) as running:
        client = ApiClient(
            running.url,
            "t",
            headers={"X-Test": "1"},
            on_answer=lambda found: headers.append(found),
            on_warning=warnings.append,
        )
        with pytest.raises(ServerRefused):
            client.get(NODES, "", "a")
        client.close()
    assert (seen[0].headers["X-Test"], seen[0].headers["Authorization"]) == ("1", "Bearer t")
    assert len(headers) == 1
    assert warnings == ['one "quoted"', "two"]


def test_the_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .netrc would replace the token, a proxy would see it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    authorization: list[str | None] = []

    @Request.application
    def application(request: Request) -> Response:
        authorization.append(request.headers.get("Authorization"))
        return Response('{"items": []}', mimetype="application/json")

    with listening(application) as running:
        client = ApiClient(running.url, "t")
        client.list(NODES, "")
        client.close()
    assert authorization == ["Bearer t"]


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (Response("<html>", mimetype="text/html"), "is no API server"),
        (Response("[]", mimetype="application/json"), "is no API server"),
        (Response("<html>", status=502), "Error from server: status 502 without an explanation"),
        (Response('{"kind": "Pod"}', status=500), "Error from server: status 500 without an explanation"),
        (Response("", status=302, headers={"Location": "http://127.0.0.1:1/"}), "status 302"),
        (
            Response(json.dumps({"kind": "Status", "reason": "Teapot", "message": "short and stout"}), status=418),
            r"Error from server \(Teapot\): short and stout",
        ),
    ],
    ids=lambda value: getattr(value, "status", ""),
)
def test_odd_answers(response: Response, message: str) -> None:
    """Are told as what they are."""
    with listening(response) as running:
        client = ApiClient(running.url)
        with pytest.raises(RefctlError, match=message):
            client.get(NODES, "", "a")
        client.close()


def test_nobody_listens() -> None:
    """In kubectl's words."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    words = f"The connection to the server 127.0.0.1:{port} was refused - did you specify the right host or port?"
    with pytest.raises(ServerUnreachable, match=words.replace("?", r"\?")):
        ApiClient(f"127.0.0.1:{port}").list(NODES, "")


def test_a_host_that_does_not_exist() -> None:
    """The reason is the system's, without the layers of libraries around it."""
    with pytest.raises(ServerUnreachable, match=r"Unable to connect to the server host\.invalid: \[Errno"):
        ApiClient("http://host.invalid").list(NODES, "")


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    """Says what to give; with it the server is accepted."""
    certificate, key = str(tmp_path / "server.crt"), str(tmp_path / "server.key")
    write_self_signed(Path(certificate), Path(key), ["127.0.0.1"])
    with listening(Response('{"items": []}'), tls=load_certificate(certificate, key)) as running:
        with pytest.raises(ServerUnreachable, match=r"certificate verify failed.*--certificate-authority"):
            ApiClient(running.url).list(NODES, "")
        assert ApiClient(running.url, certificate_authority=certificate).list(NODES, "")["items"] == []


@pytest.mark.parametrize("server", ["ftp://x", "http://", "http://[", "http://x:99999", "", "http://x:0"])
def test_urls_that_cannot_be_used(server: str) -> None:
    """The message shows one that can."""
    with pytest.raises(RefctlError, match="is no URL of a server; give --server or REFCTL_SERVER such as https://"):
        ApiClient(server)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ümlaut"])
def test_tokens_that_cannot_be_sent(token: str) -> None:
    """Are refused without being shown."""
    with pytest.raises(RefctlError, match="the token has characters") as caught:
        ApiClient("http://x", token)
    assert token not in str(caught.value)
