"""Fetch the waterfall of a trace from a ``tracing-view`` on this machine."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

import requests

_CONNECT_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.2


class NoWaterfall(Exception):
    """There is none; the message says why and what to do."""


class Viewer:
    """A running ``tracing-view``.

    Args:
        url: of its HTTP port, such as ``http://localhost:4318``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def waterfall(self, trace_id: str, span_ids: Collection[str], *, width: int, seconds: float) -> str:
        """Return a trace as text.

        Args:
            trace_id: which.
            span_ids: it is complete when these are in it and nothing more has come for a while.
            width: columns of the terminal.
            seconds: how long to wait for that; then whatever there is will do.

        Raises:
            NoWaterfall: no viewer answers, or nothing of the trace has come.
        """
        deadline = time.monotonic() + seconds
        left = seconds
        while not self._has(trace_id, span_ids, left) and left > 0:
            time.sleep(min(_POLL_SECONDS, left))
            left = max(deadline - time.monotonic(), 0.0)
        text = self._get(trace_id, {"format": "text", "width": str(width)}, 0.0)
        if text is None:
            raise NoWaterfall(
                f"nothing of the trace has come to {self._url} within {seconds:g} s; does the server export there?"
            )
        return text.text

    def _has(self, trace_id: str, span_ids: Collection[str], wait: float) -> bool:
        """Wait for the trace to be quiet; tell whether it has these spans."""
        found = self._get(trace_id, {"wait": f"{wait:.2f}"}, wait)
        return found is not None and set(span_ids) <= _span_ids(found)

    def _get(self, trace_id: str, query: dict[str, str], wait: float) -> requests.Response | None:
        try:
            with requests.Session() as session:
                session.trust_env = False
                response = session.get(
                    f"{self._url}/api/traces/{trace_id}",
                    params=query,
                    timeout=(_CONNECT_SECONDS, wait + _PATIENCE_SECONDS),
                    allow_redirects=False,
                )
        except requests.ConnectionError as error:
            raise NoWaterfall(
                f"no viewer answers at {self._url}; with `tracing-view` running, the waterfall is shown here"
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise NoWaterfall(f"{self._url} cannot be asked for the waterfall: {error}") from error
        if response.status_code == 200:
            return response
        if response.status_code == 404 and "error" in _json(response):
            return None
        raise NoWaterfall(f"what answers at {self._url} is no tracing-view: status {response.status_code}")


def _span_ids(response: requests.Response) -> set[Any]:
    spans = _json(response).get("spans")
    return {span.get("span_id") for span in spans if isinstance(span, dict)} if isinstance(spans, list) else set()


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        value = response.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
