"""Which texts hold secrets, and what is left of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracing_facade.policy.secrets_corpus import HARMLESS, SECRETS, Secret
from tracing_facade.policy.cards import is_card
from tracing_facade.policy.secrets import SecretFinder, names_a_secret

finder = SecretFinder()


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name)
@pytest.mark.parametrize("frame", ["{}", "before {} after", "x\n{}\ny", "é {} ü"])
def test_secrets_are_redacted(secret: Secret, frame: str) -> None:
    """No part of the secret is left, wherever in a text it stands."""
    redacted = finder.redact(frame.format(secret.text))
    assert "REDACTED" in redacted
    assert not [part for part in secret.parts if part in redacted]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    """What is no secret is worth reading, and is not even copied."""
    assert finder.redact(text) is text


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name)
def test_redacting_twice_changes_nothing(secret: Secret) -> None:
    """What was redacted is no secret any more."""
    once = finder.redact(secret.text)
    assert finder.redact(once) == once


def test_the_name_and_the_rest_stay_readable() -> None:
    """Who debugs sees which value was left out."""
    assert finder.redact("user=jane&password=abc&page=2") == "user=jane&password=REDACTED&page=2"
    assert finder.redact('{"token": "abc", "n": 1}') == '{"token": "REDACTED", "n": 1}'


def test_query_parameters_can_be_allowed() -> None:
    """In URLs every value goes, except of the parameters that are allowed."""
    assert SecretFinder(("page",)).redact("see https://h/p?page=2&q=x") == "see https://h/p?page=2&q=REDACTED"


def test_emails_are_an_option() -> None:
    """Off by default."""
    assert finder.redact("from jane@example.com") == "from jane@example.com"
    assert SecretFinder(emails=True).redact("from jane@example.com") == "from REDACTED"


@given(st.text(max_size=300))
def test_any_text_can_be_redacted(text: str) -> None:
    """Nothing raises, and what is redacted once stays so."""
    once = finder.redact(text)
    assert finder.redact(once) == once or len(once) < len(text) + 100


@pytest.mark.parametrize(
    "piece",
    ["a", "eyJ", "password", "password=", "<password", "https://", "1 ", "4", "-----BEGIN PRIVATE KEY", "Bearer ", "'",
     "--token ", "a-", '["token', "xox", "\\\"", "{", "://", "a.b-", "=>",
     "#", "#a", "#a=", "?a&"],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    """The time is linear in the length: eight times the text takes far less than 64 times as long."""
    short, long = ((piece * 70_000)[:size] for size in (8_000, 64_000))
    assert _seconds(long) < 0.1 + 32 * _seconds(short)


def _seconds(text: str) -> float:
    def once() -> float:
        begin = time.thread_time()
        finder.redact(text)
        return time.thread_time() - begin

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    "key",
    ["password", "user.password", "http.request.header.authorization", "http.response.header.set-cookie", "auth.token",
     "x-api-key", "apiKey", "clientSecret", "DB_PASSWORD", "aws.secret_access_key", "private_key", "csrf"],
)  # fmt: skip
def test_keys_that_name_a_secret(key: str) -> None:
    """The whole value is secret, whatever it looks like."""
    assert names_a_secret(key)


@pytest.mark.parametrize(
    "key",
    ["http.route", "gen_ai.usage.input_tokens", "session.id", "token_type", "error.type", "authentication.user_known",
     "url.path", "code.function.name", "passenger.count", "author", "k8s.pod.name", "secret.name"],
)  # fmt: skip
def test_keys_that_do_not(key: str) -> None:
    """Names that only contain such a word, or say something about a secret, stay."""
    assert not names_a_secret(key)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("4111111111111111", True), (4111111111111111, True), ("378282246310005", True), ("4111111111111112", False),
     ("1700000000000000000", False), (5, False), (-4111111111111111, False), ("0" * 16, False)],
)  # fmt: skip
def test_cards(number: str | int, expected: bool) -> None:
    """The issuer and the check digit decide."""
    assert is_card(number) is expected
