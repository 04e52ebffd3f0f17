"""What captures spans does so with either engine."""

from tests.tracing_facade._engine.conftest import engine_name

__all__ = ["engine_name"]
