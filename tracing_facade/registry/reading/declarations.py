"""Reads the declarations of a file.

In a file that is named as one of declarations, everything must be readable. In others, which only happen to declare
spans, what promises nothing (INTERNAL, ALPHA) may be made at run time, as Kubernetes allows it for metrics: it is left
out, since nobody relies on it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from tracing_facade.registry.reading.calls import MAKERS, SpecReader, level_of
from tracing_facade.registry.reading.evaluation import Evaluator
from tracing_facade.registry.reading.files import DiskFiles, Files
from tracing_facade.registry.reading.module import ParsedModule, Unclear, parse
from tracing_facade.registry.reading.names import Modules
from tracing_facade.registry.reading.places import Place, Refusal, Refused
from tracing_facade.registry.span_spec import SpanSpec


class DeclaredSpan(NamedTuple):
    """A span as a file declares it.

    Args:
        constant: the name it is bound to.
        spec: the declaration.
        place: where it stands.
        parts: where its attributes and events stand, by key and name.
    """

    constant: str
    spec: SpanSpec
    place: Place
    parts: dict[str, Place]


class Declarations(NamedTuple):
    """What a file declares.

    Args:
        path: of the file.
        spans: the spans that could be read.
        refusals: what could not be, and must be.
        skipped: what could not be, and need not be.
    """

    path: str
    spans: tuple[DeclaredSpan, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    skipped: tuple[Refusal, ...] = ()


def read_declarations(path: str, files: Files | None = None, *, strict: bool = True) -> Declarations:
    """Return what a file declares; of a file that cannot be read at all, why.

    Args:
        path: of the file.
        files: where it is; by default on disk.
        strict: whether all of it must be readable, as in a file of declarations.
    """
    files = files or DiskFiles()
    data = files.read(path)
    if data is None:
        refusal = Refusal(Place(path, 1, 1), "cannot be read; name an existing file with Python source")
        return Declarations(path, refusals=(refusal,))
    try:
        return _Reading(parse(path, data), files, strict).result()
    except Refused as refused:
        return Declarations(path, refusals=refused.refusals)
    except RecursionError:
        return Declarations(path, refusals=(Refusal(Place(path, 1, 1), "is nested too deeply; write it plainly"),))


def refusals_in(module: ModuleType) -> tuple[Refusal, ...]:
    """Return why an imported module of declarations cannot be read without running it; nothing when it can.

    A module without source, as in a frozen program, is taken as it is.
    """
    path = getattr(module, "__file__", None)
    if not path or not path.endswith(".py") or DiskFiles().read(path) is None:
        return ()
    return read_declarations(path).refusals


class _Reading:
    def __init__(self, module: ParsedModule, files: Files, strict: bool) -> None:
        self._module = module
        self._strict = strict
        self._specs = SpecReader()
        self._evaluator = Evaluator(Modules(files), self._specs.read)
        self._spans: list[DeclaredSpan] = []
        # By what they say: of several uses of the same thing, the first is told.
        self._refusals: dict[Refusal, Refusal] = {}
        self._skipped: dict[Refusal, Refusal] = {}

    def result(self) -> Declarations:
        for source, statement in self._module.stars:
            if source.partition(".")[0] == "tracing_facade":
                message = "importing * hides what is declared with what; import the names that are used"
                refusal = Refusal(self._module.place(statement), message)
                self._refusals[refusal] = refusal
        top = {name.id: (name, call) for name, call in self._top_level()}
        for name, call in top.values():
            self._read(name, call)
        for call in self._strays({call for _, call in top.values()}):
            self._refuse_stray(call)
        refusals, skipped = tuple(self._refusals.values()), tuple(self._skipped.values())
        return Declarations(self._module.path, tuple(self._spans), refusals, skipped)

    def _top_level(self) -> Iterator[tuple[ast.Name, ast.Call]]:
        """Yield what is declared where it should be: bound to a name at the top level of the file."""
        for statement in self._module.tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
                target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                if isinstance(target, ast.Name) and self._makes(statement.value) in MAKERS:
                    yield target, statement.value

    def _makes(self, call: ast.Call) -> str:
        return self._evaluator.modules.facade_name(self._module, call.func)

    def _read(self, name: ast.Name, call: ast.Call) -> None:
        is_span = self._makes(call) == "SpanSpec"
        try:
            spec = self._bound(name, call)
        except Refused as refused:
            # Only what a span of these makes can be a promise; the span's own reading tells.
            if is_span or self._strict:
                self._sort_out(call, refused)
            return
        if is_span:
            self._spans.append(DeclaredSpan(name.id, spec, self._specs.place_of(spec), self._parts(spec)))

    def _bound(self, name: ast.Name, call: ast.Call) -> Any:
        binding = self._module.bindings.get(name.id)
        if isinstance(binding, Unclear):
            raise self._evaluator.refused(self._module, name, binding.why)
        return self._evaluator.name(self._module, ast.copy_location(ast.Name(name.id, ast.Load()), call))

    def _parts(self, spec: SpanSpec) -> dict[str, Place]:
        places = {event.name: self._specs.place_of(event) for event in spec.events}
        owners = [*spec.attributes, *(attribute for event in spec.events for attribute in event.attributes)]
        return {**places, **{attribute.key: self._specs.place_of(attribute) for attribute in owners}}

    def _strays(self, found: set[ast.Call]) -> Iterator[ast.Call]:
        for node in ast.walk(self._module.tree):
            if isinstance(node, ast.Call) and node not in found and self._makes(node) == "SpanSpec":
                yield node

    def _refuse_stray(self, call: ast.Call) -> None:
        advice = "give each span a name of its own at the top level of the file"
        refused = self._evaluator.refused(self._module, call, "is not bound to a name there", advice)
        self._sort_out(call, refused)

    def _sort_out(self, call: ast.Call, refused: Refused) -> None:
        level = level_of(self._evaluator, self._module, call)
        promises = level is None or level.is_promise
        for refusal in refused.refusals:
            needed = self._strict or promises or not refusal.is_dynamic
            kept = self._refusals if needed else self._skipped
            kept.setdefault(refusal._replace(used=None), refusal)
