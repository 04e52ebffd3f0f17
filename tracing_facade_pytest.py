"""The pytest plugin of tracing_facade: the fixture ``captured_spans``, and which declarations no test has emitted.

Every run of pytest in the same environment loads this module, so it imports the facade only when a test or an option
asks for it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tracing_facade.policy import Policy
    from tracing_facade.testing import CapturedSpans
    from tracing_facade.testing.emitted import Emitted

_captured: pytest.StashKey[CapturedSpans] = pytest.StashKey()
_policy: pytest.StashKey[Policy] = pytest.StashKey()
_emitted: pytest.StashKey[Emitted] = pytest.StashKey()
_MISSING = "tracing_facade_missing"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("tracing", "spans (tracing-facade)")
    group.addoption(
        "--spans-coverage",
        metavar="MODULE",
        action="append",
        default=[],
        help="report what MODULE, such as shop.spans, declares and no test has emitted; may be given several times",
    )
    group.addoption(
        "--spans-coverage-fail", action="store_true", help="fail the run when a declaration was never emitted"
    )
    group.addoption(
        "--spans-policy",
        metavar="FILE",
        help="TOML file with the policy for the fixture captured_spans "
        "(default: tracing-facade.toml or pyproject.toml in the root folder)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker, and watch what is emitted if that was asked for."""
    config.addinivalue_line(
        "markers", "spans(...): arguments of capture_spans for the fixture captured_spans, such as fixed_ids=True"
    )
    modules = config.getoption("--spans-coverage")
    if modules:
        from tracing_facade.errors import TracingError
        from tracing_facade.testing import capture
        from tracing_facade.testing.emitted import Emitted

        try:
            emitted = config.stash[_emitted] = Emitted(modules)
        except TracingError as error:
            raise pytest.UsageError(f"--spans-coverage: {error}") from error
        capture.listeners.append(emitted.take)
        config.add_cleanup(lambda: capture.listeners.remove(emitted.take))


# The fixture


@pytest.fixture
def captured_spans(request: pytest.FixtureRequest) -> Iterator[CapturedSpans]:
    """The spans that end during the test, under the policy of the project; nothing is exported.

    The test fails when something is wrong with them; see ``tracing_facade.testing.capture_spans``, which takes the
    arguments of ``@pytest.mark.spans(...)``.
    """
    from tracing_facade.testing import capture_spans

    marker = request.node.get_closest_marker("spans")
    options: dict[str, Any] = {} if marker is None else dict(marker.kwargs)
    check = options.pop("check", True)
    if options.get("policy") is None and options.get("configuration") is None:
        options["policy"] = _policy_of(request.config)
    with capture_spans(check=False, **options) as captured:
        if check:
            request.node.stash[_captured] = captured
        yield captured


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a test whose spans are wrong; this runs after the test itself unless that has failed."""
    __tracebackhide__ = True
    captured = item.stash.get(_captured, None)
    if captured is not None:
        captured.check()


def _policy_of(config: pytest.Config) -> Policy:
    if _policy not in config.stash:
        from tracing_facade.policy import Policy, load_policy
        from tracing_facade.policy.loading import find_policy

        file = config.getoption("--spans-policy") or find_policy(config.rootpath)
        config.stash[_policy] = load_policy(file) if file else Policy()
    return config.stash[_policy]


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain which lines of two outlines differ, however far the literal is indented."""
    if op != "==" or not (isinstance(left, str) and isinstance(right, str)):
        return None
    if type(left).__module__ != "tracing_facade.testing.outline":
        return None
    from tracing_facade.testing.outline import plain

    compared = difflib.ndiff(plain(right).splitlines(), plain(left).splitlines())
    lines = [line for line in compared if not line.startswith("?")]
    return ["the spans are others (- expected, + captured)", *lines]


# The declarations that were never emitted


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if that was asked for; a worker of pytest-xdist tells what it has missed."""
    emitted = session.config.stash.get(_emitted, None)
    if emitted is None:
        return
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_MISSING] = [list(part) for part in emitted.missing()]
    elif emitted.missing() and session.config.getoption("--spans-coverage-fail") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker of pytest-xdist has emitted for emitted."""
    emitted = node.config.stash.get(_emitted, None)
    missing = getattr(node, "workeroutput", {}).get(_MISSING)
    if emitted is not None and missing is not None:
        emitted.keep_missing(missing)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Report what no test has emitted."""
    emitted = config.stash.get(_emitted, None)
    if emitted is None:
        return
    missing = emitted.missing()
    terminalreporter.section(f"declared spans of {', '.join(emitted.modules)}")
    for part in missing:
        terminalreporter.write_line(f"never emitted  {part}")
    count = f"{emitted.declared - len(missing)} of {emitted.declared}"
    terminalreporter.write_line(f"{count} declared spans, attributes and events were emitted by a captured test")
