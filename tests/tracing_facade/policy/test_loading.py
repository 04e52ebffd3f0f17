"""A policy in TOML: what it may say, and every problem with its field path and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracing_facade.errors import ConfigurationError
from tracing_facade.policy import Policy, SamplingRule, load_policy
from tracing_facade.policy.loading import find_policy

GOOD = """\
[project]
name = "shop"

[tool.tracing-facade]
strict = true

[tool.tracing-facade.policy]
declarations = ["shop.spans"]
undeclared-spans = "error"
max-value-length = 100
forced-per-second = 0.5

[tool.tracing-facade.policy.spans-per-second]
"order.place" = 5

[[tool.tracing-facade.policy.sampling]]
routes = ["/healthz", "/livez"]
rate-per-million = 0

[[tool.tracing-facade.policy.sampling]]
per-second = 10
"""
POLICY = Policy(
    declarations=("shop.spans",),
    undeclared_spans="error",
    max_value_length=100,
    forced_per_second=0.5,
    spans_per_second={"order.place": 5},
    sampling=(SamplingRule(routes=("/healthz", "/livez"), rate_per_million=0), SamplingRule(per_second=10)),
)


def _write(folder: Path, text: str | bytes, name: str = "pyproject.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _problems(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(ConfigurationError) as caught:
        load_policy(path)
    assert str(path) in str(caught.value)
    return [(problem.line, problem.path) for problem in caught.value.problems]


def test_the_table_of_a_project(tmp_path: Path) -> None:
    """The names of the fields have dashes, sampling rules are an array of tables."""
    assert load_policy(_write(tmp_path, GOOD)) == POLICY


def test_a_file_of_its_own(tmp_path: Path) -> None:
    """There the table is called policy."""
    text = GOOD.replace("[tool.tracing-facade.policy", "[policy").replace("[[tool.tracing-facade.policy", "[[policy")
    assert load_policy(str(_write(tmp_path, text, "rules.toml"))) == POLICY


def test_an_empty_table_is_the_default(tmp_path: Path) -> None:
    """Every field has one."""
    assert load_policy(_write(tmp_path, "[tool.tracing-facade.policy]\n")) == Policy()


def test_every_problem_with_its_line(tmp_path: Path) -> None:
    """Also of what stands in arrays of tables, below quoted keys, and behind texts of several lines."""
    text = '''\
[tool.other]
text = """
[tool.tracing-facade.policy]
undeclared-spans = "no"
"""

[tool.tracing-facade.policy]
undeclared-spans = "never"   # line 8
colour = 1
declarations = [
  "shop.spans",
  "not a module",
]
release = 1.4
[tool.tracing-facade.policy.spans-per-second]
"order.place_it" = -1
[[tool.tracing-facade.policy.sampling]]
rate-per-million = 1
[[tool.tracing-facade.policy.sampling]]
spans = ["a"]
rate-per-million = -5
'''
    at = "tool.tracing-facade.policy"
    assert sorted(_problems(_write(tmp_path, text))) == [
        (8, f"{at}.undeclared-spans"),
        (9, f"{at}.colour"),
        (10, f"{at}.declarations[1]"),
        (14, f"{at}.release"),
        (16, f"{at}.spans-per-second[order.place_it]"),
        (21, f"{at}.sampling[1].rate-per-million"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.tracing-facade]\nstrict = true\n", (0, "")),
        ("a = 1\nb = \n", (2, "")),
        ("[tool.tracing-facade]\npolicy = 3\n", (2, "tool.tracing-facade.policy")),
        ('[tool.tracing-facade.policy]\nsampling = "all"\n', (2, "tool.tracing-facade.policy.sampling")),
        ("[tool.tracing-facade.policy]\nsampling = [1]\n", (2, "tool.tracing-facade.policy.sampling[0]")),
        ("[tool.tracing-facade]\npolicy.release = 3\n", (2, "tool.tracing-facade.policy.release")),
        (b"\xff\xfe", (0, "")),
    ],
    ids=["no policy", "no TOML", "no table", "no list", "no table in the list", "dotted keys", "no UTF-8"],
)
def test_what_is_no_policy_at_all(tmp_path: Path, text: str | bytes, expected: tuple[int, str]) -> None:
    """One problem that says what to write."""
    assert _problems(_write(tmp_path, text)) == [expected]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """As any other problem."""
    assert _problems(tmp_path / "none.toml") == [(0, "")]
    assert _problems(tmp_path) == [(0, "")]


def test_a_yaml_file_is_told_where_to_go(tmp_path: Path) -> None:
    """The policy of a tracing configuration is loaded with it."""
    with pytest.raises(ConfigurationError, match=r"load_configuration\(path\)\.policy"):
        load_policy(_write(tmp_path, "policy:\n  release: '1'\n", "tracing.yaml"))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, ""),
        ({"pyproject.toml": "[project]\n"}, ""),
        ({"pyproject.toml": GOOD}, "pyproject.toml"),
        ({"pyproject.toml": GOOD, "tracing-facade.toml": "strict = true\n"}, "pyproject.toml"),
        ({"pyproject.toml": GOOD, "tracing-facade.toml": "[policy]\n"}, "tracing-facade.toml"),
    ],
)
def test_the_policy_of_a_folder(tmp_path: Path, files: dict[str, str], found: str) -> None:
    """The file of our own goes first, where it has one."""
    for name, text in files.items():
        _write(tmp_path, text, name)
    assert find_policy(tmp_path) == (str(tmp_path / found) if found else "")
