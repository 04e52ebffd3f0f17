"""A real admission webhook on loopback that remembers what it was sent, headers included, and can misbehave."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast

Reply = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Review:
    """One question as it came in."""

    headers: list[tuple[str, str]]
    question: dict[str, Any]

    def header(self, name: str) -> str | None:
        """Return the value of a header, in any case; None when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def allow(question: dict[str, Any]) -> dict[str, Any]:
    """Agree."""
    return {"allowed": True}


def deny(message: str = "not today", **status: Any) -> Reply:
    """Return a reply that refuses."""
    return lambda question: {"allowed": False, "status": {"message": message, **status}}


def patch(*operations: dict[str, Any]) -> Reply:
    """Return a reply that agrees and changes the object by a JSON Patch."""
    encoded = base64.b64encode(json.dumps(list(operations)).encode()).decode()
    return lambda question: {"allowed": True, "patchType": "JSONPatch", "patch": encoded}


class WebhookReceiver:
    """Listens until the end of the ``with`` block.

    Args:
        reply: makes the response of the review; ``uid`` is added.
        status: HTTP status of the answer.
        body: bytes to answer instead of a review.
        delay: seconds before the answer.
        drip: seconds between the bytes of the answer.
        headers: more headers of the answer.
    """

    def __init__(
        self,
        reply: Reply = allow,
        *,
        status: int = 200,
        body: bytes | None = None,
        delay: float = 0.0,
        drip: float = 0.0,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.reply = reply
        self.status = status
        self.body = body
        self.delay = delay
        self.drip = drip
        self.headers = headers
        self.received: list[Review] = []
        self.stopped = threading.Event()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/review"

    def __enter__(self) -> WebhookReceiver:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="webhook").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, receiver: WebhookReceiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: callers that give up are what several tests are about."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast(_Server, self.server).receiver
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        receiver.received.append(Review(list(self.headers.items()), question))
        receiver.stopped.wait(receiver.delay)
        body = receiver.body
        if body is None:
            response = {"uid": question["uid"], **receiver.reply(question)}
            review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
            body = json.dumps(review).encode()
        self.send_response(receiver.status)
        for name, value in (("Content-Length", str(len(body))), *receiver.headers):
            self.send_header(name, value)
        self.end_headers()
        if not receiver.drip:
            self.wfile.write(body)
            return
        for position in range(len(body)):
            self.wfile.write(body[position : position + 1])
            self.wfile.flush()
            time.sleep(receiver.drip)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""
