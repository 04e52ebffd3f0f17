"""A file cannot be read, or is not Python as a whole.

Why:
    What is not checked must not look as if it was. A file that cannot be opened is always reported. One that is not
    Python of this version is checked in the parts that can be parsed, and by words in the others; strict mode says so.

Wrong:
    <<<<<<< ours
    import app.tracing
    =======
    import tracing
    >>>>>>> theirs

Right:
    import app.tracing
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Place, Rule


def _check(module: Module) -> Iterator[Hit]:
    if module.problem:
        message = f"is checked in parts only: {module.problem}; mend the file or add it to `exclude`"
        yield Hit(Place(module.problem_line, 0), message)


RULE = Rule(
    code="TRF100",
    name="unreadable",
    check=_check,
    accepts=("import tracing_facade\n",),
    rejects=(
        "import tracing_facade\nx = = 1\n",
        "<<<<<<< ours\nimport tracing_facade\n=======\nimport json\n>>>>>>> theirs\n",
    ),
    strict=True,
)
