"""Settings: the nearest file wins, globs mean what they say, and a wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_plugin.settings import Settings, SettingsError, from_table, settings_for

GLOBS = [
    ("tests/**", "tests/a.py", True),
    ("tests/**", "tests/deep/a.py", True),
    ("tests/", "tests/deep/a.py", True),
    ("tests/**", "src/tests/a.py", False),
    ("**/tests/**", "src/tests/a.py", True),
    ("**/tests/**", "tests/a.py", True),
    ("src/*.py", "src/a.py", True),
    ("src/*.py", "src/deep/a.py", False),
    ("./src/a.py", "src/a.py", True),
    ("src/?.py", "src/a.py", True),
    ("src/a[1].py", "src/a[1].py", True),
    ("src", "src/a.py", False),
]


@pytest.mark.parametrize(("glob", "path", "matches"), GLOBS)
def test_globs(tmp_path: Path, glob: str, path: str, matches: bool) -> None:
    """One star stays within a folder, two cross folders."""
    assert Settings(allow=(glob,), root=str(tmp_path)).allows(str(tmp_path / path)) is matches


def test_the_nearest_settings_win(tmp_path: Path) -> None:
    """A pyproject.toml without our table is passed over."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.tracing-facade]\nsealed = ['outer']\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert settings_for(str(inner / "x.py")).sealed == ("outer",)
    (inner / "tracing-facade.toml").write_text("sealed = ['inner']\n")
    settings_for.__globals__["_nearest"].cache_clear()
    assert settings_for(str(inner / "x.py")).sealed == ("inner",)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"allowed": []}, "did you mean allow"),
        ({"allow": "tests"}, "not a list of strings"),
        ({"sealed": ["open telemetry"]}, "is not a module"),
    ],
)
def test_wrong_settings_are_named(table: dict[str, object], message: str) -> None:
    """The message has the file, the key and what is allowed."""
    with pytest.raises(SettingsError, match=message):
        from_table(table, "pyproject.toml")
