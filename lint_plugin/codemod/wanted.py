"""Which names of a file other files import from it, so that the codemod does not drop them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_FROM = re.compile(rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)", re.MULTILINE)
_NAME = re.compile(r"([^\W\d]\w*)(?:\s+as\s+\w+)?")
_COMMENT = re.compile(r"#[^\n]*")


def names_wanted_elsewhere(sources: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """Return for each file the names that others may import from it.

    Only the last part of the module's name is compared, so a name may be kept although nobody needs it.

    Args:
        sources: the content of every file, by path.
    """
    wanted: dict[str, set[str]] = {}
    for source in sources.values():
        for module, names in _FROM.findall(source):
            last = module.decode("utf-8", "replace").rpartition(".")[2]
            listed = _COMMENT.sub("", names.decode("utf-8", "replace"))
            wanted.setdefault(last, set()).update(_NAME.findall(listed))
    return {path: frozenset(wanted.get(_module_name(path), ())) for path in sources}


def _module_name(path: str) -> str:
    folder, name = os.path.split(path)
    stem = name.rpartition(".")[0]
    return os.path.basename(os.path.abspath(folder)) if stem == "__init__" else stem
