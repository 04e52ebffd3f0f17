"""What holds for every test: with REQUIRE_ALL=1, as in CI, a test that is skipped has failed."""

from __future__ import annotations

import os
from collections.abc import Generator

import hypothesis
import pytest

# A busy machine must not fail a test; what must be quick has a benchmark.
hypothesis.settings.register_profile("tracing-facade", deadline=None)
hypothesis.settings.load_profile("tracing-facade")

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")

# The only reason that counts: the test is about something this version of the language does not have.
ALLOWED_REASON = "only on Python"


def _fail_when_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if ALLOWED_REASON in reason:
        return
    report.outcome = "failed"
    report.longrepr = (
        f"{report.nodeid} was skipped ({reason}), and REQUIRE_ALL=1 lets no test be skipped: "
        f"install what it needs, or start the reason with '{ALLOWED_REASON} 3.x' when the language lacks it"
    )


if REQUIRE_ALL:

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the skip of one test into its failure."""
        report = yield
        _fail_when_skipped(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Turn the skip of a whole module into its failure."""
        report = yield
        _fail_when_skipped(report)
        return report
