"""Sets tracing up for the whole process."""

from collections.abc import Iterator
from contextlib import contextmanager

import tracing_facade as tracing


@contextmanager
def exporting() -> Iterator[None]:
    """Export spans for the length of a ``with`` block."""
    with tracing.configure():
        yield
