"""The one value that stands for a value that is not recorded at all."""

from __future__ import annotations

from typing import Any

REFUSED: Any = type("Refused", (), {"__repr__": lambda self: "REFUSED"})()
