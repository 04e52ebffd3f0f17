"""Secrets as they turn up in real programs, none of them real, and texts that only look like them."""

from __future__ import annotations

from typing import NamedTuple

CANARY = "Zx9Qv7Kp3Lm8Wt5R"
"""Part of every secret: no part of the secret may leave the process."""


class Secret(NamedTuple):
    name: str
    text: str
    """The text as it turns up, with ``CANARY`` or with one of ``parts`` in the secret."""
    parts: tuple[str, ...] = (CANARY,)


def _jwt() -> str:
    return f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{CANARY}_sflKxwRJSMeKKF2QT4f"


SECRETS = (
    Secret("password in a form", f"user=jane&password={CANARY}&remember=1"),
    Secret("password in JSON", f'{{"user": "jane", "password": "{CANARY}"}}'),
    Secret("password in a repr", f"Config(user='jane', db_password='{CANARY}')"),
    Secret("password in escaped JSON", f'body={{\\"secret\\": \\"{CANARY}\\"}}'),
    Secret("password on a command line", f"mysql --user root --password {CANARY} shop"),
    Secret("password as option with =", f"pg_dump --password={CANARY} shop"),
    Secret("password in SQL", f"ALTER USER jane IDENTIFIED BY '{CANARY}'"),
    Secret("password in XML", f"<login><user>jane</user><password>{CANARY}</password></login>"),
    Secret("password in a URL", f"postgresql://shop:{CANARY}@db.internal:5432/shop"),
    Secret(
        "password with spaces",
        f'{{"passphrase": "correct horse {CANARY} staple"}}',
        (CANARY, "correct horse", "staple"),
    ),
    Secret("connection string", f"Server=db;Database=shop;Uid=jane;Pwd={CANARY};"),
    Secret("storage connection string", f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={CANARY}==;"),
    Secret("environment", f"AWS_SECRET_ACCESS_KEY={CANARY}/K7MDENG"),
    Secret("YAML", f"stringData:\n  api-key: {CANARY}\n"),
    Secret("query of a URL", f"GET https://api.example.com/v1/things?page=2&access_token={CANARY}"),
    Secret("signed URL", f"https://b.s3.amazonaws.com/k?X-Amz-Credential={CANARY}%2F20260101&X-Amz-Signature={CANARY}"),
    Secret("shared access signature", f"https://a.blob.core.windows.net/c?sv=2026&sig={CANARY}%3D"),
    Secret("query without a URL", f"/reset?code=4&token={CANARY}"),
    Secret("percent-encoded pair", f"next=%2Flogin%3Ftoken%3D{CANARY}"),
    Secret("header line", f"Authorization: Bearer {CANARY}"),
    Secret("basic header", f"authorization=Basic {CANARY}ZGVuOnNlc2FtZQ=="),
    Secret("header in a list", f"[('Host', 'a'), ('Authorization', 'Token {CANARY}')]"),
    Secret("header as bytes", f"[(b'authorization', b'{CANARY}')]"),
    Secret("header in a dict", f"{{'X-Api-Key': '{CANARY}', 'Accept': '*/*'}}"),
    Secret("proxy header", f"Proxy-Authorization: Digest username={CANARY}, response={CANARY}"),
    Secret("cookies", f"Cookie: theme=dark; sessionid={CANARY}; other={CANARY}"),
    Secret("bearer without a header", f"upstream said: bearer {CANARY} has expired"),
    Secret("JSON Web Token", f"subject token {_jwt()} rejected", (CANARY, "eyJzdWIi")),
    Secret("AWS access key", "denied for AKIAIOSFODNN7EXAMPLE in eu-west-1", ("IOSFODNN7",)),
    Secret("GitHub token", f"remote: ghp_{CANARY}aBcDeFgHiJkLmNoPqRsTuVw"),
    Secret("GitHub fine-grained token", f"github_pat_11ABCDEFG0{CANARY}_abcdefghijklmnopqrstuvwxyz"),
    Secret("GitLab token", f"glpat-{CANARY}abcd"),
    Secret("Slack token", f"xoxb-123456789012-{CANARY}"),
    Secret("Stripe key", f"sk_live_{CANARY}abcdefgh"),
    Secret("Google key", f"AIza{CANARY}SyA1234567890abcdefg"),
    Secret("npm token", f"npm_{CANARY}abcdefghijklmnopqrst"),
    Secret("PyPI token", f"pypi-AgEIcHlwaS5vcmc{CANARY}"),
    Secret("private key", f"-----BEGIN RSA PRIVATE KEY-----\nMIIEow{CANARY}\nAAAA\n-----END RSA PRIVATE KEY-----"),
    Secret("private key, cut", f"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza{CANARY}", (CANARY, "b3BlbnNza")),
    Secret("card", "paid with 4111 1111 1111 1111 today", ("4111", "1111 1111")),
    Secret("card with dashes", "5500-0055-5555-5559", ("5500-0055",)),
    Secret("card without spaces", "amex=378282246310005;", ("378282246310005",)),
)

HARMLESS = (
    "GET",
    "/api/v1/namespaces/default/configmaps",
    "10.0.0.1",
    "2026-11-24T02:16:09Z",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "1700000000000000000",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
    "text/html; charset=utf-8",
    "SELECT id, name FROM users WHERE id = 5 AND author = 'Jane'",
    "error: connection refused",
    "basic authentication failed",
    "token bucket is empty",
    "550e8400-e29b-41d4-a716-446655440000",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "monkey: 5, key=5",
    "4111111111111112",  # the check digit is wrong
    "0000000000000000",
    'Traceback (most recent call last):\n  File "/app/shop.py", line 3, in pay\nValueError: no such order: 12',
    "https://api.example.com/v1/things",
    "system:serviceaccount:kube-system:default",
    "application/vnd.kubernetes.protobuf",
    "naïve café - 東京",
)
