"""Bearer tokens and the file they come from."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.authentication import InvalidCredentials, TokenAuthenticator, load_tokens
from reference_server.errors import StartupError
from reference_server.users import ANONYMOUS, User

ALICE = User("alice", "1", ("developers", "system:authenticated"))


def _authenticator() -> TokenAuthenticator:
    return TokenAuthenticator({"secret": ALICE})


@pytest.mark.parametrize("header", ["Bearer secret", "bearer secret", "BEARER  secret ", " Bearer secret"])
def test_a_known_token_is_its_user(header: str) -> None:
    """The scheme is case-insensitive (RFC 9110), and white space around the token does not count."""
    assert _authenticator().authenticate(header) is ALICE


@pytest.mark.parametrize("header", [None, ""])
def test_no_credentials_are_anonymous(header: str | None) -> None:
    """Whoever shows nothing is somebody the rules can speak about."""
    assert _authenticator().authenticate(header) is ANONYMOUS


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "secret", "Basic c2VjcmV0", "Bearer Secret", "Bearer secret x", "Bearer sécret", " "],
)
def test_wrong_credentials_are_nobody(header: str) -> None:
    """A header that is there and wrong is refused instead of being taken for an anonymous caller."""
    with pytest.raises(InvalidCredentials):
        _authenticator().authenticate(header)


@given(header=st.text(max_size=40))
def test_no_header_gets_in_by_accident(header: str) -> None:
    """Any text but the very token is anonymous or nobody."""
    with contextlib.suppress(InvalidCredentials):
        user = _authenticator().authenticate(header)
        assert user is ANONYMOUS or header.split()[1:] == ["secret"]


def _write(directory: Path, text: str) -> str:
    path = directory / "tokens.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_file_has_the_format_of_kubernetes(tmp_path: Path) -> None:
    """Three columns and an optional quoted fourth with groups; comments and empty lines are skipped."""
    path = _write(tmp_path, '# token,user,uid,groups\n\na,alice,1,"x, y"\nb,bob,2\nc,carl,,system:authenticated\n')
    assert load_tokens(path) == {
        "a": User("alice", "1", ("x", "y", "system:authenticated")),
        "b": User("bob", "2", ("system:authenticated",)),
        "c": User("carl", "", ("system:authenticated",)),
    }


def test_every_wrong_line_is_told_without_its_token(tmp_path: Path) -> None:
    """One start shows all that is wrong, by line number, and no token gets into the log."""
    path = _write(tmp_path, "topsecret\ngood,alice,1\ngood,bob,2\nhidden,,3\n")
    with pytest.raises(StartupError) as caught:
        load_tokens(path)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["line 1", "line 3", "line 4"]
    assert not any(token in str(caught.value) for token in ("topsecret", "good", "hidden"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The message has the path."""
    with pytest.raises(StartupError, match=r"absent\.csv"):
        load_tokens(str(tmp_path / "absent.csv"))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 do not end in a traceback."""
    path = tmp_path / "tokens.csv"
    path.write_bytes(b"\xff\xfe,user,1\n")
    with pytest.raises(StartupError, match="cannot be read"):
        load_tokens(str(path))
