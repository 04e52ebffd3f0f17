"""How long what is deprecated is still emitted."""

from __future__ import annotations

import pytest

from tracing_facade import AttributeSpec, SpanSpec, Stability
from tracing_facade.stability import (
    emitted_aliases,
    is_deprecated,
    is_hidden,
    last_release_with,
    parse_release,
    window_is_open,
)

INTERNAL, ALPHA, BETA, STABLE = Stability


@pytest.mark.parametrize(
    ("level", "emitted", "hidden"),
    [
        (INTERNAL, "1.3", "1.4"),
        (ALPHA, "1.3", "1.4"),
        (BETA, "1.4", "1.5"),
        (STABLE, "1.6", "1.7"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_window_is_as_long_as_the_level_says(level: Stability, emitted: str, hidden: str) -> None:
    """Kubernetes' windows of 0, 0, 1 and 3 minor releases, counted from the one that deprecates."""
    assert window_is_open(level, "1.4", emitted)
    assert not window_is_open(level, "1.4", hidden)
    assert last_release_with(level, "1.4") == (emitted if level.deprecation_window else "")


@pytest.mark.parametrize(
    ("version", "is_open"),
    [
        ("1.6.9", True),
        ("1.7.0", False),
        ("1.7.0-alpha.0", True),
        ("1.7.0-alpha.0.12+abcdef", True),
        ("1.7.0.dev3", True),
        ("1.7.0a0", True),
        ("1.7.0-alpha.1", False),
        ("1.7.0rc1", False),
        ("v1.7", False),
        ("2.0", False),
        ("0.9", True),
    ],
)
def test_patches_and_first_pre_releases_hide_nothing_new(version: str, is_open: bool) -> None:
    """The window of 1.4 closes with 1.7, but not while 1.7 is only begun (kubernetes/kubernetes issue 133429)."""
    assert window_is_open(STABLE, "1.4", version) is is_open


@pytest.mark.parametrize("version", ["", "1", "one.two", "1.x", "1.2.3.4", "1.4 ", "\u0661.\u0664", "1.4\n", "1..4"])
def test_what_is_no_version_is_refused(version: str) -> None:
    """The message shows the value and an example."""
    with pytest.raises(ValueError, match=r"is not a version; write major and minor release, for example '1\.4'"):
        parse_release(version)


def test_the_release_before_can_be_shown_once_more() -> None:
    """What 1.7 hides is shown when 1.6 is asked for; what 1.6 hid already is not."""
    assert window_is_open(STABLE, "1.4", "1.7", show_hidden_for="1.6")
    assert not window_is_open(STABLE, "1.3", "1.7", show_hidden_for="1.6")


@pytest.mark.parametrize("shown", ["1.5", "1.7", "1.8", "0.6", "2.6"])
def test_only_the_release_before_can_be_shown(shown: str) -> None:
    """As Kubernetes' flag accepts the previous minor release only."""
    with pytest.raises(ValueError, match=r"is not the minor release before 1\.7"):
        window_is_open(STABLE, "1.4", "1.7", show_hidden_for=shown)


def test_without_a_deprecation_nothing_is_hidden() -> None:
    """Whatever the release."""
    spec = SpanSpec("order.place")
    assert (is_deprecated(spec, "99.0"), is_hidden(spec, "99.0")) == (False, False)


def test_a_deprecated_declaration_is_hidden_after_its_window() -> None:
    """Deprecated from its release on, hidden later."""
    spec = SpanSpec("order.place", stability=BETA, deprecated_version="1.4")
    assert [is_deprecated(spec, version) for version in ("1.3", "1.4", "1.5")] == [False, True, True]
    assert [is_hidden(spec, version) for version in ("1.3", "1.4", "1.5")] == [False, False, True]


def test_with_aliases_it_is_the_old_names_that_are_deprecated() -> None:
    """The declaration itself goes on."""
    spec = AttributeSpec("order.sum", int, aliases=("order.total",), deprecated_version="1.4", stability=STABLE)
    assert (is_deprecated(spec, "1.9"), is_hidden(spec, "1.9")) == (False, False)
    assert [emitted_aliases(spec, version) for version in ("1.6", "1.7")] == [("order.total",), ()]


def test_a_part_promises_no_more_than_the_whole() -> None:
    """The weaker of two levels."""
    assert STABLE.at_most(BETA) is BETA.at_most(STABLE) is BETA
    assert [level for level in Stability if level.is_promise] == [BETA, STABLE]
