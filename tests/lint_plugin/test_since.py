"""``--since REV`` reports only what has changed since a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.lint_plugin.running import Run, write


def _git(*words: str, cwd: Path) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one finding in its first commit, and new ones since."""
    _git("init", "--quiet", cwd=tmp_path)
    write(tmp_path, {"old.py": "import opentelemetry\n\n\nx = 1\n", "same.py": "import opentelemetry\n"})
    _git("add", "--all", cwd=tmp_path)
    _git("commit", "--quiet", "--message", "first", cwd=tmp_path)
    write(tmp_path, {"old.py": "import opentelemetry\n\n\nx = 1\nimport opentelemetry.a\n", "new \u00e4.py": "import opentelemetry\n"})  # fmt: skip  # noqa: E501
    return tmp_path


def test_only_changed_lines_are_reported(run: Run, repository: Path) -> None:
    """New lines of old files, and files that git does not know yet."""
    found = run("check", "--since", "HEAD", "--format", "json", ".")
    assert found.code == 1
    assert found.places() == [("new \u00e4.py", 1, "TRF101"), ("old.py", 5, "TRF101")]


def test_committed_changes_count_too(run: Run, repository: Path) -> None:
    """Against an older revision."""
    _git("add", "--all", cwd=repository)
    _git("commit", "--quiet", "--message", "second", cwd=repository)
    assert run("check", "--since", "HEAD", ".").code == 0
    assert len(run("check", "--since", "HEAD~1", "--format", "json", ".").places()) == 2


@pytest.mark.parametrize("revision", ["nonsense", "--help"])
def test_a_wrong_revision_is_named(run: Run, repository: Path, revision: str) -> None:
    """Git is quoted, and no revision is taken for an option."""
    result = run("check", f"--since={revision}", ".")
    assert result.code == 2
    assert "name a commit, tag or branch" in result.err


def test_it_takes_a_repository(run: Run, tmp_path: Path) -> None:
    """Outside of one, that is said."""
    write(tmp_path, {"a.py": ""})
    assert "git says" in run("check", "--since", "HEAD", ".").err


def _commit(cwd: Path, message: str = "more") -> None:
    _git("add", "--all", cwd=cwd)
    _git("commit", "--quiet", "--allow-empty", "--message", message, cwd=cwd)


def test_a_line_that_looks_like_the_head_of_a_file_is_none(run: Run, repository: Path) -> None:
    """Git writes an added line that begins with two plus signs as it writes the name of a file."""
    write(repository, {"plus.py": "x = (1\n)\n"})
    _commit(repository)
    write(repository, {"plus.py": "x = (1\n++ 2\n)\nimport opentelemetry\n"})
    assert run("check", "--since", "HEAD", "--format", "json", "plus.py").places() == [("plus.py", 4, "TRF101")]


@pytest.mark.parametrize(
    "setting",
    [
        "diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.interHunkContext=9", "diff.relative=true",
        "color.diff=always", "diff.external=false", "core.quotePath=true", "diff.context=5", "diff.algorithm=histogram",
        "diff.srcPrefix=x/y/", "diff.dstPrefix=x/y/",
    ],
)  # fmt: skip
def test_it_does_not_depend_on_the_settings_of_git(run: Run, repository: Path, setting: str) -> None:
    """What people have set for their own eyes changes nothing."""
    name, _, value = setting.partition("=")
    _git("config", name, value, cwd=repository)
    found = run("check", "--since", "HEAD", "--format", "json", ".")
    assert found.places() == [("new \u00e4.py", 1, "TRF101"), ("old.py", 5, "TRF101")]


def test_files_that_git_takes_for_binary_are_compared_all_the_same(run: Run, repository: Path) -> None:
    """An attribute of the repository hides no line."""
    write(repository, {".gitattributes": "*.py binary\n"})
    found = run("check", "--since", "HEAD", "--format", "json", ".")
    assert ("old.py", 5, "TRF101") in found.places()


@pytest.mark.parametrize("name", ['a "quoted".py', "tab\there.py", "back\\slash.py", " blank .py", "-dash.py", "a b/c d.py", "\u65e5\u672c.py", "b/b.py", "new\nline.py"])  # fmt: skip  # noqa: E501
@pytest.mark.parametrize("known", [True, False])
def test_any_name_of_a_file_is_understood(run: Run, repository: Path, name: str, known: bool) -> None:
    """Whether git knows the file, or not yet."""
    if known:
        write(repository, {name: "x = 1\n"})
        _commit(repository)
    write(repository, {name: "x = 1\nimport opentelemetry\n"})
    assert (name, 2, "TRF101") in run("check", "--since", "HEAD", "--format", "json", ".").places()


def test_a_file_that_is_only_renamed_has_not_changed(run: Run, repository: Path) -> None:
    """Its lines are what they were, apart from those that were changed in the same step."""
    write(repository, {"long.py": "import opentelemetry\n" + "x = 1\n" * 20})
    _commit(repository)
    _git("mv", "long.py", "moved.py", cwd=repository)
    write(repository, {"moved.py": "import opentelemetry\n" + "x = 1\n" * 20 + "import opentelemetry.a\n"})
    assert run("check", "--since", "HEAD", "--format", "json", ".").places() == [("moved.py", 22, "TRF101")]


def test_a_file_that_leaves_the_allowed_part_has_changed(run: Run, repository: Path) -> None:
    """All of it, since none of it was held to the rules before."""
    write(repository, {"pyproject.toml": "[tool.tracing-facade]\nallow = ['otel/**']\n", "otel/a.py": "import opentelemetry\n"})  # fmt: skip  # noqa: E501
    _commit(repository)
    _git("mv", "otel/a.py", "a.py", cwd=repository)
    assert run("check", "--since", "HEAD", "--format", "json", ".").places() == [("a.py", 1, "TRF101")]


def test_what_others_have_changed_meanwhile_is_not_reported(run: Run, repository: Path) -> None:
    """Against a branch that has gone on, what counts is the commit where this one has left it."""
    _commit(repository)
    _git("branch", "--move", "main", cwd=repository)
    _git("checkout", "--quiet", "-b", "work", cwd=repository)
    write(repository, {"work.py": "import opentelemetry\n"})
    _commit(repository)
    _git("checkout", "--quiet", "main", cwd=repository)
    write(repository, {"old.py": "x = 1\n"})
    _commit(repository)
    _git("checkout", "--quiet", "work", cwd=repository)
    assert run("check", "--since", "main", "--format", "json", ".").places() == [("work.py", 1, "TRF101")]
    _git("merge", "--quiet", "main", "--message", "merge", cwd=repository)
    assert run("check", "--since", "main", "--format", "json", ".").places() == [("work.py", 1, "TRF101")]


def test_deleted_and_staged_files(run: Run, repository: Path) -> None:
    """What counts is what lies in the folder: a file that is staged and gone again is gone."""
    write(repository, {"staged.py": "import opentelemetry.b\n", "gone.py": "import opentelemetry\n"})
    _git("add", "staged.py", "gone.py", cwd=repository)
    (repository / "gone.py").unlink()
    (repository / "same.py").unlink()
    names = [path for path, _, _ in run("check", "--since", "HEAD", "--format", "json", ".").places()]
    assert sorted(names) == ["new \u00e4.py", "old.py", "staged.py"]


def test_changes_in_a_submodule_count(run: Run, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also those that are committed there, or not known to git there."""
    inner = tmp_path_factory.mktemp("inner")
    _git("init", "--quiet", cwd=inner)
    write(inner, {"in.py": "import opentelemetry\n"})
    _commit(inner)
    _git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub", cwd=repository)
    _commit(repository)
    write(repository, {"sub/in.py": "import opentelemetry\nimport opentelemetry.a\n", "sub/new.py": "import opentelemetry\n"})  # fmt: skip  # noqa: E501
    expected = [("sub/in.py", 2, "TRF101"), ("sub/new.py", 1, "TRF101")]
    assert run("check", "--since", "HEAD", "--format", "json", ".").places() == expected
    _commit(repository / "sub")
    assert run("check", "--since", "HEAD", "--format", "json", ".").places() == expected


def test_a_revision_that_a_shallow_clone_lacks(run: Run, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip  # noqa: E501
    """What to do is said."""
    _commit(repository)
    first = subprocess.run(["git", "rev-parse", "HEAD~1"], cwd=repository, capture_output=True, text=True, check=True)
    _git("clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow", cwd=repository)
    monkeypatch.chdir(repository / "shallow")
    result = run("check", "--since", first.stdout.strip(), ".")
    assert result.code == 2
    assert "git fetch --unshallow" in result.err
    assert run("check", "--since", "HEAD", ".").code == 0


def test_a_path_outside_of_the_repository_is_refused(run: Run, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip  # noqa: E501
    """Nobody could tell what has changed there."""
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"a.py": "import opentelemetry\n"})
    result = run("check", "--since", "HEAD", str(outside))
    assert result.code == 2
    assert "is not in the repository" in result.err


def test_a_known_finding_on_a_changed_line_stays_known(run: Run, repository: Path) -> None:
    """What is not reported without the option is not reported with it."""
    entry = "[[finding]]\npath = 'old.py'\ncode = 'TRF101'\nline = 5\ntext = 'import opentelemetry.a'\n"
    write(repository, {"pyproject.toml": "[tool.tracing-facade]\nbaseline = 'known.toml'\n", "known.toml": entry})
    assert run("check", "--since", "HEAD", "--format", "json", "old.py").places() == []


def test_an_entry_that_a_change_has_made_stale_fails_the_run(run: Run, repository: Path) -> None:
    """In a file that has changed, or is gone; those of other files are left alone."""
    form = "[[finding]]\npath = '%s'\ncode = 'TRF101'\nline = 1\ntext = 'import %s'\n"
    known = form % ("same.py", "opentelemetry.x") + form % ("old.py", "opentelemetry.x")
    write(repository, {"pyproject.toml": "[tool.tracing-facade]\nbaseline = 'known.toml'\n", "known.toml": known})
    _commit(repository)
    write(repository, {"old.py": "x = 1\n"})
    assert run("check", "--since", "HEAD", "--format", "json", ".").places() == [("known.toml", 6, "TRF304")]
