"""The table, the plot and the page that show what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import page, plot, report
from tests.benchmarks.targets import FIGURES, NATIVE, PYTHON, judged

BY_LABEL = {figure.label: figure for figure in FIGURES}
_PATHS = [figure.path[0] for figure in FIGURES if figure.group == "paths"]
MEASURED = {
    NATIVE: {"paths": {name: {"facade": 0.5, "OpenTelemetry": 30.0} for name in _PATHS}},
    PYTHON: {"paths": {name: {"facade": 6.0, "OpenTelemetry": 50.0} for name in _PATHS}},
}
RESULTS: dict[str, Any] = {
    "date": "2024-02-29", "python": "3.11.7", "opentelemetry": "1.45.0", "processor": "a & b", "processors": 2,
    "load": 0.1, "figures": report.figures(MEASURED),
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "value", "peer", "met"),
    [
        ("sampled request", 0.9, 10.0, "yes"),
        ("sampled request", 1.3, 80.0, "by ratio"),
        ("sampled request", 1.3, 70.0, "no"),
        ("spans exported per second", 900_000.0, 20_000.0, "yes"),
        ("spans exported per second", 700_000.0, 10_000.0, "by ratio"),
        ("spans exported per second", 700_000.0, 20_000.0, "no"),
        ("spans lost at full speed", 0.0, 55.0, "yes"),
        ("spans lost at full speed", 0.1, 55.0, "no"),
        ("latency p99.9 under live export", 1.2, 16.0, "no"),
        ("one attribute, in the request", 0.1, 1.0, ""),
    ],
)
def test_a_figure_is_judged_by_its_target_or_by_its_ratio(label: str, value: float, peer: float, met: str) -> None:
    """The value of the reference machine, or on any machine the ratio, where there is one."""
    assert judged(BY_LABEL[label], NATIVE, value, peer).met == met


def test_a_row_shows_both_engines_beside_opentelemetry() -> None:
    """OpenTelemetry was measured beside each engine: its value is the mean, each ratio is that of one process."""
    row = next(row for row in RESULTS["figures"] if row["figure"] == "sampled request")
    assert row["OpenTelemetry"] == 40.0
    assert (row[NATIVE]["ratio"], row[NATIVE]["met"]) == (60.0, "yes")
    assert (row[PYTHON]["value"], row[PYTHON]["met"]) == (6.0, "no")
    text = report.as_text(RESULTS)
    assert "sampled request" in text
    assert "≤ 5 µs or 13x" in text
    assert all(line.count("|") == 11 for line in report.as_markdown(RESULTS).splitlines())


def test_a_run_of_one_engine_shows_that_one() -> None:
    """The columns of the other are left out."""
    text = report.as_text({**RESULTS, "figures": report.figures({PYTHON: MEASURED[PYTHON]})})
    assert "pure Python" in text
    assert "native" not in text


def test_the_plot_is_a_picture_of_all_ratios() -> None:
    """It is well-formed, and each ratio stands in it, beside what it is about."""
    root = ElementTree.fromstring(plot.as_svg(RESULTS["figures"], "a & b"))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "sampled request" in texts
    assert "60" in texts
    assert "8.33" in texts


def test_a_page_is_written_between_its_marks(tmp_path: Path) -> None:
    """What stands around them stays."""
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n", encoding="utf-8")
    page.replace(file, "figures", "new")
    assert file.read_text(encoding="utf-8") == (
        "before\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nafter\n"
    )


def test_a_page_without_marks_is_an_error(tmp_path: Path) -> None:
    """Nothing is written anywhere then."""
    file = tmp_path / "page.md"
    file.write_text("text\n", encoding="utf-8")
    with pytest.raises(ValueError, match="figures: begin"):
        page.replace(file, "figures", "new")
    assert file.read_text(encoding="utf-8") == "text\n"
