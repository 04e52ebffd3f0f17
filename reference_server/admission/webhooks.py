"""Ask the webhooks: one HTTP call each, a span around it, its failure handled as its ``failurePolicy`` says."""

from __future__ import annotations

import json
import logging
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

import tracing_facade as tracing
from reference_server import spans
from reference_server.admission.configuration import AdmissionConfiguration, Webhook
from reference_server.admission.review import Change, ReviewError, Verdict, build_review, patched, read_review
from reference_server.errors import InternalError, StatusError
from tracing_facade.clients.requests_adapter import trace_session

logger = logging.getLogger(__name__)

_MOST_ANSWER_BYTES = 4 * 1024 * 1024
_CHUNK = 64 * 1024


class Denied(StatusError):
    """A webhook refused the change."""

    code, reason = 403, "Forbidden"

    def __init__(self, webhook: str, verdict: Verdict) -> None:
        why = verdict.message or "without explanation"
        super().__init__(f'admission webhook "{webhook}" denied the request: {why}')
        self._answered_code = verdict.code

    def status(self) -> dict[str, Any]:
        """Return this refusal as a ``Status`` object with the code the webhook chose."""
        return {**super().status(), "code": self._answered_code}


@dataclass
class Admitted:
    """What became of an object that every webhook agreed to.

    Args:
        value: the object as it is to be stored; None for deletions.
        warnings: for the user.
    """

    value: dict[str, Any] | None
    warnings: list[str] = field(default_factory=list)


class Admission:
    """Asks the configured webhooks.

    Args:
        configuration: which.
        session: the HTTP client; by default a traced one that follows the environment in nothing.
    """

    def __init__(self, configuration: AdmissionConfiguration, session: requests.Session | None = None) -> None:
        self._configuration = configuration
        self._session = trace_session(session or _new_session())

    def mutate(self, change: Change, value: dict[str, Any] | None) -> Admitted:
        """Let the mutating webhooks change the object, one after another.

        Raises:
            Denied: one of them refuses.
            InternalError: one of them cannot be asked, and its failure policy is Fail.
        """
        admitted = Admitted(value)
        for webhook in self._configuration.mutating:
            if not webhook.covers(change.operation, change.plural):
                continue
            with tracing.start_span(spans.MUTATING_WEBHOOK, {spans.WEBHOOK_NAME.key: webhook.name}) as span:
                admitted.value, verdict = self._ask(webhook, change, admitted.value, span)
                span.set_attribute(spans.WEBHOOK_PATCHED.key, bool(verdict.patch))
            _settle(webhook, verdict, admitted)
        return admitted

    def validate(self, change: Change, value: dict[str, Any] | None) -> list[str]:
        """Ask the validating webhooks; return their warnings.

        Raises:
            Denied: one of them refuses.
            InternalError: one of them cannot be asked, and its failure policy is Fail.
        """
        admitted = Admitted(value)
        for webhook in self._configuration.validating:
            if not webhook.covers(change.operation, change.plural):
                continue
            with tracing.start_span(spans.VALIDATING_WEBHOOK, {spans.WEBHOOK_NAME.key: webhook.name}) as span:
                _, verdict = self._ask(webhook, change, value, span)
            _settle(webhook, verdict, admitted)
        return admitted.warnings

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _ask(
        self, webhook: Webhook, change: Change, value: dict[str, Any] | None, span: tracing.Span
    ) -> tuple[dict[str, Any] | None, Verdict]:
        uid = str(uuid.uuid4())
        try:
            verdict = read_review(uid, self._call(webhook, build_review(uid, change, value)))
            result = patched(value, verdict) if value is not None and verdict.allowed else value
        except (requests.RequestException, ReviewError, OSError) as error:
            if not webhook.fail_open:
                message = f'failed calling webhook "{webhook.name}": {_explain(webhook, error)}'
                raise InternalError(message) from error
            logger.warning("webhook %s failed and is ignored: %s", webhook.name, _explain(webhook, error))
            span.set_attribute(spans.WEBHOOK_IGNORED.key, True)
            span.record_error(error)
            return value, Verdict(allowed=True)
        span.set_attribute(spans.WEBHOOK_ALLOWED.key, verdict.allowed)
        return result, verdict

    def _call(self, webhook: Webhook, review: dict[str, Any]) -> bytes:
        deadline = time.monotonic() + webhook.timeout_seconds
        with self._session.post(
            webhook.url,
            data=json.dumps(review, separators=(",", ":")).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            timeout=webhook.timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                raise ReviewError(f"it answered with status {response.status_code} instead of 200")
            return _read_answer(response, deadline)


def _new_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # neither a proxy nor the credentials of a .netrc may come in between
    return session


def _read_answer(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    try:
        # read1 returns what there is. The timeout of requests is one for every read, and its own iterators wait for a
        # whole chunk, so that a webhook which drips its answer would hold the request for ever.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > _MOST_ANSWER_BYTES:
                raise ReviewError(f"its answer is longer than {_MOST_ANSWER_BYTES} bytes")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout("its answer did not end in time")
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except HTTPError as error:
        raise ReviewError(f"its answer cannot be read: {error}") from error
    return bytes(body)


def _settle(webhook: Webhook, verdict: Verdict, admitted: Admitted) -> None:
    admitted.warnings += [f"{webhook.name}: {warning}" for warning in verdict.warnings]
    if not verdict.allowed:
        raise Denied(webhook.name, verdict)


def _explain(webhook: Webhook, error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer from {webhook.url} within {webhook.timeout_seconds:g} s"
    if isinstance(error, requests.ConnectionError):
        return f"no connection to {webhook.url}"
    return f"{webhook.url}: {error}"
