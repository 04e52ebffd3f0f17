"""Every test of an adapter runs on both engines, or on the only one that there is."""

from tests.tracing_facade._engine.conftest import engine_name

__all__ = ["engine_name"]
