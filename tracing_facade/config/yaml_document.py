"""One YAML or JSON document as plain Python values, strictly, with the line of every value.

The file is not trusted: its size, its depth and the number of values (aliases included) are bounded.
"""

from __future__ import annotations

import re
from typing import Any

from tracing_facade.errors import Problem

MOST_BYTES = 1_048_576
_MOST_VALUES = 10_000
_MOST_DEPTH = 32
_KEY_IN_BRACKETS = re.compile(r"\[(?!\d+\])([^\]]*)\]")
_TAGS = {"mapping": "map", "sequence": "seq"}


class YamlDocument:
    """The values of a document.

    ``value`` is None for an empty document, ``lines`` has the line of each field path, and ``problems`` what could not
    be read.
    """

    def __init__(self, text: str) -> None:
        self.value: Any = None
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self._values = 0
        self._read(text)

    def line_of(self, path: str) -> int:
        """Return the line of a field, or of what it would be in; 0 when there is none.

        Args:
            path: keys of mappings stand in it behind dots or in brackets, numbers of items in brackets.
        """
        known = _KEY_IN_BRACKETS.sub(r".\1", path)
        while known and known not in self.lines:
            known = known[: max(known.rfind("."), known.rfind("["), 0)]
        return self.lines.get(known, 0)

    def _read(self, text: str) -> None:
        import yaml

        try:
            loader = yaml.SafeLoader(text)
            node = loader.get_single_node()
            if node is not None:
                self.value = self._value(loader, node, "", 0)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            self.lines[""] = mark.line + 1 if mark else 1
            self.problems.append(Problem("", f"is not YAML: {error.problem or error.context}"))
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self.problems.append(Problem("", f"is not YAML: {error}"))
        except RecursionError:
            self.problems.append(Problem("", f"is nested too deeply; a configuration needs less than {_MOST_DEPTH}"))

    def _value(self, loader: Any, node: Any, path: str, depth: int) -> Any:
        self._values += 1
        self.lines.setdefault(path, node.start_mark.line + 1)
        if depth > _MOST_DEPTH or self._values > _MOST_VALUES:
            raise ValueError(f"more than {_MOST_VALUES} values (aliases counted) or {_MOST_DEPTH} levels")
        if node.id != "scalar" and node.tag != f"tag:yaml.org,2002:{_TAGS[node.id]}":
            raise ValueError(f"tag {node.tag!r} is not allowed")
        if node.id == "mapping":
            return self._mapping(loader, node, path, depth)
        if node.id == "sequence":
            return [self._value(loader, item, f"{path}[{n}]", depth + 1) for n, item in enumerate(node.value)]
        try:
            return loader.construct_object(node, deep=True)
        except (KeyError, AttributeError, TypeError):  # how PyYAML says that "!!bool maybe" is none
            raise ValueError(f"line {self.lines[path]}: {node.value[:40]!r} is no {node.tag!r}") from None

    def _mapping(self, loader: Any, node: Any, path: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if key_node.id == "scalar" else None
            if not isinstance(key, str):
                self.problems.append(Problem(path, "has a key that is not a plain text"))
                continue
            inner = f"{path}.{key}" if path else key
            if key in values:
                first = self.lines.get(inner, 0)
                self.lines[inner] = key_node.start_mark.line + 1
                self.problems.append(Problem(inner, f"is given twice, first in line {first}; keep one of them"))
                continue
            self.lines[inner] = key_node.start_mark.line + 1
            values[key] = self._value(loader, value_node, inner, depth + 1)
        return values
