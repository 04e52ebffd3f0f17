"""The certificate for trying things out."""

from __future__ import annotations

import ssl
import stat
from http.client import HTTPSConnection
from pathlib import Path

from werkzeug.wrappers import Response

from reference_server.certificates import write_self_signed
from reference_server.serving import load_certificate
from tests.support.api_server import listening


def test_a_client_that_is_given_it_as_authority_accepts_the_server(tmp_path: Path) -> None:
    """Names and addresses are in it, and OpenSSL's strict checks pass."""
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    write_self_signed(certificate, key, ["127.0.0.1", "localhost"])
    context = ssl.create_default_context(cafile=str(certificate))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with listening(Response(status=204), load_certificate(str(certificate), str(key))) as server:
        assert server.url.startswith("https://127.0.0.1:")
        for host in ("127.0.0.1", "localhost"):
            connection = HTTPSConnection(host, server.port, timeout=10, context=context)
            connection.request("GET", "/")
            assert connection.getresponse().status == 204
            connection.close()


def test_only_the_owner_can_read_the_key(tmp_path: Path) -> None:
    """Also when the file was there with other rights."""
    key = tmp_path / "server.key"
    key.touch(mode=0o644)
    write_self_signed(tmp_path / "server.crt", key, ["localhost"])
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
