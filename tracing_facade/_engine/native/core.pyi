from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any

from tracing_facade._engine.buffer import Batch, Progress
from tracing_facade._engine.encoding import FinishedSpan, SpanEncoder
from tracing_facade._engine.passive import PassiveSpan as PassiveSpan
from tracing_facade._engine.recorder import Recorder as PureRecorder
from tracing_facade._engine.span import RecordedSpan
from tracing_facade.policy.sampling_rules import SamplingRules
from tracing_facade.trust import TrustRule

SOURCES: str
INTERFACE: int

# The native span has what the pure one has.
Span = RecordedSpan

class Arena:
    capacity: int
    most_bytes: int
    def __init__(self, capacity: int, most_bytes: int, encoder: SpanEncoder, judges: bool) -> None: ...
    @property
    def full(self) -> bool: ...
    @property
    def more_than_half_full(self) -> bool: ...
    def listen(self, on_first: Callable[[], object], on_half_full: Callable[[], object]) -> None: ...
    def add(self, span: FinishedSpan) -> bool: ...
    def take(self, most_spans: int, most_bytes: int) -> Batch | None: ...
    def release(self, done: int, lost: int = 0) -> None: ...
    def mark(self) -> int: ...
    def progress(self) -> Progress: ...
    def close(self) -> None: ...
    def reset_after_fork(self) -> None: ...
    def __len__(self) -> int: ...

class Recorder(PureRecorder):
    def __init__(
        self,
        sink: Arena | Callable[[Any], object],
        bound: int,
        slow_after: Mapping[str, float] | None = None,
        rules: SamplingRules | None = None,
        most_spans: int = 10_000,
        started: Callable[[RecordedSpan], object] | None = None,
    ) -> None: ...

def move_home() -> None: ...
def take_ids_from_python(wanted: bool) -> None: ...
def take_time_from(given: Callable[[], int]) -> None: ...
def connect(
    start_span_in_python: Callable[..., Any],
    current_span_in_python: Callable[..., Any],
    inject_in_python: Callable[..., Any],
    internal_fault: Callable[[str], None],
) -> None: ...
def connect_wsgi(
    server_spec: Callable[..., Any],
    request_attributes: Callable[..., Any],
    known_methods: Collection[str],
    text_of: Callable[[Any], str],
    describe: Callable[..., Any],
    note_failing_rule: Callable[[TrustRule], None],
) -> None: ...
def connect_requests(
    client_spec: Callable[..., Any],
    known_methods: Collection[str],
    sent_headers: Callable[..., Any],
    target_of: Callable[..., Any],
    client_attributes: Callable[..., Any],
    show: Callable[..., None],
    describe: Callable[..., None],
    http_adapter: type,
    with_retries_visible: Callable[..., Any],
) -> None: ...
def use(
    recorder: PureRecorder | None,
    admits: Callable[[Any], bool] | None,
    trust_rule: TrustRule,
    query_allow: Collection[str],
    note_stranger: Callable[[], object],
    may_propagate_to: Callable[[str, int | None], bool],
) -> None: ...
def send_all(fd: int, first: bytes, second: bytes, seconds: float) -> None: ...
def receive_into(fd: int, target: Any, seconds: float) -> int: ...
def is_readable(fd: int) -> bool: ...
def start_span(span: Any, attributes: Any = None, *, links: Any = ()) -> Any: ...
def current_span() -> Any: ...
def inject(carrier: Any) -> None: ...

class RequestPath:
    _app: Any
    _trust: Any
    _route: Any
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any: ...

class EarlierSpan:
    def __init__(self, environ: dict[str, Any], spec: Any) -> None: ...
    def __enter__(self) -> dict[str, Any]: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

class Sending:
    inner: Any
    def send(self, request: Any, *arguments: Any, **options: Any) -> Any: ...
