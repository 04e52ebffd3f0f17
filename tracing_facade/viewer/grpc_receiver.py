"""OTLP over gRPC in, on a loopback port; the only module of the viewer that needs grpcio."""

from __future__ import annotations

from concurrent import futures
from typing import Any

import grpc

from tracing_facade.viewer import body, decoding, wire
from tracing_facade.viewer.store import TraceStore

_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"


class GrpcReceiver:
    """The gRPC server of a viewer, from ``start`` to ``stop``.

    Args:
        store: where spans go.
        host: a loopback address.
        port: 0 picks a free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, store: TraceStore, host: str, port: int) -> None:
        self._store = store
        self._server = grpc.server(
            futures.ThreadPoolExecutor(4, thread_name_prefix="viewer-grpc"),
            # Without the second, two viewers would share the port and each see half of the spans.
            options=[("grpc.max_receive_message_length", body.MOST_BYTES), ("grpc.so_reuseport", 0)],
        )
        export = grpc.unary_unary_rpc_method_handler(self._export)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Export": export}),))
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            self.port: int = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(str(error)) from None
        if not self.port:
            raise OSError(f"cannot listen on {address}")

    def start(self) -> None:
        """Answer calls from now on."""
        self._server.start()

    def stop(self) -> None:
        """Answer no more, and free the port."""
        self._server.stop(grace=None).wait(timeout=5)

    def _export(self, data: bytes, call: Any) -> bytes:
        try:
            spans, rejected = decoding.decode_request(data)
        except wire.MalformedMessage as error:
            call.abort(grpc.StatusCode.INVALID_ARGUMENT, f"not an ExportTraceServiceRequest: {error}")
        self._store.add(spans)
        return decoding.encode_response(rejected)
