"""The baseline holds known findings, each with a reason, an owner and a day; it only shrinks."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest

from lint_plugin import baseline
from lint_plugin.finding import Finding
from lint_plugin.settings import Settings
from tests.lint_plugin.running import Run, write

SETTINGS = "[tool.tracing-facade]\nbaseline = 'known.toml'\n"
ADD = ("baseline", "--add", "--reason", "goes with the old plugin", "--owner", "payments", "--expires")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program with two findings."""
    write(tmp_path, {
        "pyproject.toml": SETTINGS,
        "app/old.py": "import os\nimport opentelemetry\n",
        "app/older.py": "import opentelemetry\n",
    })  # fmt: skip
    return tmp_path


def test_known_findings_are_not_reported(run: Run, project: Path) -> None:
    """Once somebody has accepted them, with a reason, until a day."""
    assert run("check", ".").code == 1
    assert run(*ADD, "9999-12-31").code == 0
    assert run("check", ".").out == "no findings\n"
    entries = baseline.read(str(project / "known.toml"))
    assert [(entry.path, entry.line, entry.owner) for entry in entries] == [
        ("app/old.py", 2, "payments"),
        ("app/older.py", 1, "payments"),
    ]


def test_an_entry_follows_its_line(run: Run, project: Path) -> None:
    """What counts is the text of the line, not its number."""
    run(*ADD, "9999-12-31")
    write(project, {"app/old.py": "import os\nimport sys\n\nimport opentelemetry\n"})
    assert run("check", ".").code == 0


def test_a_second_finding_of_the_same_text_is_new(run: Run, project: Path) -> None:
    """An entry stands for one finding."""
    run(*ADD, "9999-12-31")
    write(project, {"app/older.py": "import opentelemetry\nimport opentelemetry\n"})
    assert run("check", "--format", "json", ".").places() == [("app/older.py", 2, "TRF101")]
    assert "2 kept, 0 taken out, 0 added, 1 not accepted" in run("baseline").out


def test_an_entry_without_its_finding_fails_the_run(run: Run, project: Path) -> None:
    """Until it is taken out, which the command does."""
    run(*ADD, "9999-12-31")
    write(project, {"app/old.py": "import os\n"})
    stale = run("check", "--format", "json", ".")
    assert stale.code == 1
    (place,) = stale.places()
    assert (place[0], place[2]) == ("known.toml", "TRF304")
    assert (project / "known.toml").read_text().splitlines()[place[1] :][0] == 'path = "app/old.py"'
    assert "1 kept, 1 taken out, 0 added" in run("baseline").out
    assert run("check", ".").code == 0


def test_entries_of_other_files_are_left_alone(run: Run, project: Path) -> None:
    """As when pre-commit names the files that have changed."""
    run(*ADD, "9999-12-31")
    write(project, {"app/old.py": "import os\n"})
    assert run("check", "app/older.py").code == 0


def test_an_entry_ends_on_its_day(run: Run, project: Path) -> None:
    """Its finding is an error again, and so is the entry."""
    run(*ADD, "9999-12-31")
    known = project / "known.toml"
    known.write_text(known.read_text().replace("9999-12-31", "2020-01-31"))
    found = run("check", "--format", "json", ".").places()
    assert [code for _, _, code in found] == ["TRF101", "TRF101", "TRF305", "TRF305"]
    assert [code for _, _, code in run("check", "--format", "json", "app/old.py").places()] == ["TRF101", "TRF305"]
    ended = run("baseline")
    assert (ended.code, ended.out.endswith("0 added, 0 not accepted, 2 ended\n")) == (1, True)
    assert "2 added" in run(*ADD, "9999-12-31").out
    assert run("check", ".").code == 0


def test_a_day_that_is_over_is_refused(run: Run, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be accepted until yesterday."""
    with pytest.raises(SystemExit):
        run(*ADD, "2020-01-31")
    assert "2020-01-31 is over; name a day to come" in capsys.readouterr().err


def test_an_entry_whose_file_is_gone_fails_the_run(run: Run, project: Path) -> None:
    """Though no file of that name is checked any more."""
    run(*ADD, "9999-12-31")
    (project / "app" / "old.py").unlink()
    assert [code for _, _, code in run("check", "--format", "json", ".").places()] == ["TRF304"]


def test_the_baseline_does_not_grow_by_itself(run: Run, project: Path) -> None:
    """Writing it anew accepts nothing that is new."""
    result = run("baseline")
    assert result.code == 1
    assert "2 not accepted" in result.out
    assert run("check", ".").code == 1


def test_accepting_takes_a_reason_an_owner_and_a_day(run: Run, project: Path) -> None:
    """All three."""
    result = run("baseline", "--add", "--owner", "payments")
    assert result.code == 2
    assert "--reason" in result.err


def test_what_was_said_about_an_entry_stays(run: Run, project: Path) -> None:
    """When the baseline is written anew."""
    run(*ADD, "9999-12-31")
    before = (project / "known.toml").read_text()
    run("baseline")
    assert (project / "known.toml").read_text() == before


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[finding]]\npath = 1\n", "path = 1 is not a str"),
        ("[[finding]]\npath = 'a'\ncode = 'b'\ntext = 'c'\nline = 1\nwhy = 'x'\n", "unknown key 'why'"),
        ("[[finding]]\npath = 'a'\ncode = 'b'\ntext = 'c'\nline = 1\nexpires = 'soon'\n", "is not a day"),
        ("[[finding", "cannot be read as a baseline"),
        ("[[finding]]\npath = 'a'\ncode = 'b'\ntext = 'c'\nline = 1\nexpires = 2030-01-01T10:00:00Z\n", "is not a day"),
        ("[[finding]]\npath = 'a'\ncode = 'b'\ntext = 'c'\nline = 1\nexpires = 2030-01-01T10:00:00\n", "is not a day"),
        ("[[finding]]\npath = 'a'\ncode = 'b'\ntext = 'c'\nline = 1\nreason = 1\n", "reason = 1 is not a str"),
        ("[[findings]]\npath = 'a'\n", "unknown key 'findings'"),
        ("finding = 3\n", "finding = 3 is not a list of tables"),
        ("[finding]\npath = 'a'\n", "is not a list of tables"),
    ],
)
def test_a_wrong_baseline_is_named(run: Run, project: Path, text: str, problem: str) -> None:
    """With the entry and the key."""
    write(project, {"known.toml": text})
    result = run("check", ".")
    assert result.code == 2
    assert problem in result.err


def test_writing_it_for_a_part_leaves_the_rest_alone(run: Run, project: Path) -> None:
    """Of files that are not named, nobody has looked whether the findings are still there."""
    run(*ADD, "9999-12-31")
    write(project, {"app/old.py": "import os\n"})
    assert "1 kept, 1 taken out" in run("baseline", "app/old.py").out
    assert [entry.path for entry in baseline.read(str(project / "known.toml"))] == ["app/older.py"]
    (project / "app/older.py").unlink()
    assert "0 kept, 1 taken out" in run("baseline", "app/old.py").out


def test_the_folder_of_the_baseline_is_made(run: Run, project: Path) -> None:
    """When the settings name one that is not there yet."""
    write(project, {"pyproject.toml": "[tool.tracing-facade]\nbaseline = 'ci/lint/known.toml'\n"})
    assert run(*ADD, "9999-12-31").code == 0
    assert run("check", ".").code == 0


def test_a_baseline_that_cannot_be_written_is_named(run: Run, project: Path) -> None:
    """Such as a folder of that name, or one behind a file."""
    write(project, {"pyproject.toml": "[tool.tracing-facade]\nbaseline = 'app/old.py/known.toml'\n"})
    result = run(*ADD, "9999-12-31")
    assert result.code == 2
    assert "cannot be written" in result.err


@pytest.mark.parametrize(
    "name", ['a "b".py', "\u65e5\u672c.py", "tab\there.py", "back\\slash.py", "\udce4.py", "new\nline.py"]
)
def test_any_name_of_a_file_can_be_written_down(run: Run, project: Path, name: str) -> None:
    """And is known again, also one that is no text."""
    write(project, {name: 'import opentelemetry as \u00e4, sys # \\ "\n'})
    assert run(*ADD, "9999-12-31").code == 0
    assert run("check", "--no-cache", ".").code == 0
    assert "3 kept, 0 taken out" in run("baseline").out


def test_a_large_baseline_takes_time_in_proportion() -> None:
    """Ten times the entries take ten times the steps, not a hundred times."""
    settings = Settings()
    entries = [baseline.Entry(f"{number}.py", "TRF101", "", 1) for number in range(3_000)]
    findings = [Finding(f"{number}.py", 1, 1, "TRF101", "") for number in reversed(range(3_000))]
    steps = [_steps(findings[-count:], entries[:count], settings) for count in (300, 3_000)]
    assert steps[1] < 20 * steps[0]


def _steps(findings: list[Finding], entries: list[baseline.Entry], settings: Settings) -> int:
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1

    today = datetime.date(2026, 1, 1)
    sys.setprofile(step)
    try:
        divided = baseline.split(findings, entries, settings, {entry.path for entry in entries}, today)
    finally:
        sys.setprofile(None)
    assert len(divided.known) == len(entries)
    return count
