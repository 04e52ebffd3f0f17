"""``# noqa`` comments, read as flake8 reads them, so that the command and the plugin give the same verdict."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator

from lint_plugin.rule import Finding

# flake8's own forms: `# noqa` alone or with codes or code prefixes, and `# flake8: noqa` for a whole file.
_LINE = re.compile(r"# noqa(?::[\s]?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_FILE = re.compile(r"\s*# flake8[:=]\s*noqa(?P<codes>:\s?(?:[A-Z]+[0-9]+(?:[,\s]+)?)+)?\s*\Z", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)

_SILENT = (tokenize.ENDMARKER, tokenize.DEDENT)


def without_suppressed(findings: Iterable[Finding], lines: list[str]) -> list[Finding]:
    """Return the findings that no comment suppresses.

    Args:
        findings: of one file.
        lines: the lines of that file, without line ends.
    """
    remaining = list(findings)
    if not remaining or not any("noqa" in line.lower() for line in lines):
        return remaining
    remaining = [finding for finding in remaining if not any(_covers(_FILE.match(line), finding) for line in lines)]
    joined = _joined_lines(lines)
    return [
        finding
        for finding in remaining
        if not any(_covers(found, finding) for found in _LINE.finditer(joined.get(finding.line, "")))
    ]


def comments(lines: list[str]) -> Iterator[tokenize.TokenInfo]:
    """Yield the comments of a file, up to the place where it stops being Python."""
    source = iter([line + "\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(source, "")):
            if token.type == tokenize.COMMENT:
                yield token
    except (tokenize.TokenError, SyntaxError):
        return


def _covers(found: re.Match[str] | None, finding: Finding) -> bool:
    if found is None:
        return False
    codes = found["codes"]
    return codes is None or any(finding.code.startswith(code.upper()) for code in _CODE.findall(codes))


def _joined_lines(lines: list[str]) -> dict[int, str]:
    """Return for each line the text in which flake8 looks for the comment: lines joined by a backslash or a string."""
    joined: dict[int, str] = {}
    source = iter([line + "\n" for line in lines])
    first, last = len(lines) + 2, -1
    try:
        for token in tokenize.generate_tokens(lambda: next(source, "")):
            if token.type in _SILENT:
                continue
            first, last = min(first, token.start[0]), max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                text = "\n".join(lines[first - 1 : last])
                joined.update(dict.fromkeys(range(first, last + 1), text))
                first, last = len(lines) + 2, -1
    except (tokenize.TokenError, SyntaxError):
        return {}
    return joined
