"""What is done with values by their declared sensitivity."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from tracing_facade.policy.refused import REFUSED
from tracing_facade.policy.url_redaction import REDACTED

_HASH_BYTES = 8


def action(name: str, hash_key: str) -> Callable[[Any], Any]:
    """Return what ``keep``, ``mask``, ``hash`` or ``drop`` does with a value.

    Args:
        name: one of the four.
        hash_key: makes equal values equal in every process that has the same key; empty for a random one.
    """
    return {"keep": _keep, "mask": _mask, "drop": _drop}.get(name) or keyed_hash(hash_key)


def keyed_hash(key: str) -> Callable[[Any], str]:
    """Return a function from values to 16 hexadecimal digits (BLAKE2b, RFC 7693, with a key)."""
    # Not at the top: it loads OpenSSL, and most programs hash nothing.
    from hashlib import blake2b, sha256

    random_key = os.urandom(32)

    @cache
    def secret() -> bytes:
        return sha256(key.encode()).digest() if key else random_key

    def hashed(value: Any) -> str:
        text = str(value).encode("utf-8", "surrogatepass")
        return f"hash:{blake2b(text, digest_size=_HASH_BYTES, key=secret()).hexdigest()}"

    return hashed


def _keep(value: Any) -> Any:
    return value


def _mask(value: Any) -> str:
    return REDACTED


def _drop(value: Any) -> Any:
    return REFUSED
