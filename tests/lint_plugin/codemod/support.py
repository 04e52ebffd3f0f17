"""Runs the codemod over sources that are written in tests."""

from __future__ import annotations

import textwrap

from lint_plugin.codemod.migration import migrate
from lint_plugin.codemod.names import NOBODY, Others
from lint_plugin.settings import Settings

HEAD = "from opentelemetry import trace\n\ntracer = trace.get_tracer(__name__)\n\n\n"


def dedented(source: str) -> str:
    """Return a source that is indented like the test around it."""
    return textwrap.dedent(source).lstrip("\n")


def migrated(source: str, settings: Settings | None = None, others: Others = NOBODY) -> str:
    """Return a source after the migration; it must compile, and a second migration must change nothing."""
    after = migrate(dedented(source), settings, others).text
    compile(after, "after", "exec")
    assert migrate(after, settings, others).text == after
    return after


def reasons(source: str, settings: Settings | None = None, others: Others = NOBODY) -> list[str]:
    """Return why what is left is left; not one character of the source may have changed."""
    before = dedented(source)
    migration = migrate(before, settings, others)
    assert migration.text == before
    assert migration.fixed == ()
    return [left.reason for left in migration.left]


def assert_becomes(before: str, after: str) -> None:
    """Assert that a source becomes exactly another one."""
    assert migrated(before) == dedented(after)


def assert_left(source: str, reason: str) -> None:
    """Assert that a source is left as it is, with a reason that has these words."""
    found = reasons(source)
    assert any(reason in said for said in found), found
