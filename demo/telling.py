"""Tells the reader of the terminal what happens."""

from __future__ import annotations

import textwrap

_WIDTH = 110


def chapter(title: str) -> None:
    """Begin a part of the demonstration."""
    print(f"\n{f' {title} ':═^{_WIDTH}}", flush=True)


def say(text: str) -> None:
    """Say what comes next."""
    print(f"\n▶ {text}", flush=True)


def show(text: str) -> None:
    """Show what somebody typed or a command printed."""
    print(textwrap.indent(text.rstrip("\n"), "  ", lambda line: True), flush=True)
