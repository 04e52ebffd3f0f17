"""Bounds on distinct values."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from tracing_facade.policy.cardinality import DistinctValues


@given(st.lists(st.text(max_size=3)), st.integers(1, 20))
def test_the_first_values_are_let_through(texts: list[str], most: int) -> None:
    """Exactly the first ``most`` distinct texts, however often each comes."""
    values = DistinctValues(most)
    admitted: set[str] = set()
    for text in texts:
        expected = text in admitted or len(admitted) < most
        assert values.admit(text) is expected
        if expected:
            admitted.add(text)
    assert len(values) == len(admitted)


def test_memory_is_fixed() -> None:
    """A hundred thousand distinct texts cost no more than the bound does."""
    values = DistinctValues(2_000)
    admitted = sum(values.admit(f"value {number}") for number in range(100_000))
    assert admitted == 2_000
    assert sys.getsizeof(values._slots) <= 32 * 2_000 + 4_096
