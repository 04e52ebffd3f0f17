"""The page of the lint rules: what each forbids, why, and what to write instead."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from docs import markdown
from lint_plugin.rule import RegisteredRule, all_rules
from lint_plugin.settings import Settings

TITLE = "Lint rules"

_PART = re.compile(r"^(Why|Wrong|Right):\n", re.MULTILINE)


def render() -> str:
    """Return the page."""
    overview = (
        (f"[{found.rule.code}](#{_anchor(found)})", f"{found.rule.name}", _one_line(found)) for found in all_rules()
    )
    return f"""
`tracing-lint check` and flake8 give the same verdicts. `tracing-lint rules CODE` shows a rule in the terminal. A
finding is suppressed as flake8 does it, with `# noqa: CODE` in its line.

{markdown.table(("code", "name", "what it reports"), overview)}

`TRF100` is no rule: it reports a file that cannot be read or is not Python, so that nothing is left out in silence.

## Settings

`[tool.tracing-facade]` of the nearest `pyproject.toml`, or the same keys at the top of a `tracing-facade.toml`.
Each is a list of strings unless its default is of another kind.

{markdown.table(("key", "default", "meaning"), _settings())}

{"".join(_rule(found) for found in all_rules())}"""


def _anchor(found: RegisteredRule) -> str:
    return f"{found.rule.code}-{found.rule.name}".lower()


def _one_line(found: RegisteredRule) -> str:
    return markdown.inline(found.summary)


def _settings() -> Iterator[tuple[str, str, str]]:
    # Python 3.13 takes the indentation off docstrings, others do not.
    said = inspect.cleandoc(Settings.__doc__ or "")
    meanings = dict(re.findall(r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", said, re.MULTILINE))
    for name, default in Settings._field_defaults.items():
        if name != "root":
            yield f"`{name}`", _default(default), markdown.inline(" ".join(meanings[name].split()))


def _default(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "none"
    return f"`{str(value).lower()}`" if value != "" else "none"


def _rule(found: RegisteredRule) -> str:
    opening, *parts = _PART.split(found.explanation)
    text = f"## {found.rule.code} {found.rule.name}\n\n{markdown.from_docstring(opening)}\n\n"
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        shown = markdown.inline(" ".join(body.split())) if title == "Why" else markdown.code_block(body)
        text += f"{title}:\n\n{shown}\n\n" if title != "Why" else f"{title}: {shown}\n\n"
    return text
