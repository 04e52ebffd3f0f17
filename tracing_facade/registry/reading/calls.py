"""Makes declarations out of the calls that would make them at run time, so that both are checked by the same code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from tracing_facade.errors import DeclarationError
from tracing_facade.registry.attribute_spec import AttributeSpec
from tracing_facade.registry.event_spec import EventSpec
from tracing_facade.registry.reading.evaluation import Evaluator
from tracing_facade.registry.reading.module import ParsedModule
from tracing_facade.registry.reading.places import Place, Refusal, Refused
from tracing_facade.registry.span_spec import SpanSpec
from tracing_facade.stability import Stability

MAKERS: dict[str, Any] = {
    "SpanSpec": SpanSpec,
    "EventSpec": EventSpec,
    "AttributeSpec": AttributeSpec,
    "AttributeSpec.convention": AttributeSpec.convention,
}


class SpecReader:
    """Reads calls, and remembers where each declaration stands."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Any, Place]] = {}

    def place_of(self, spec: object) -> Place:
        """Return where a declaration that was read stands."""
        return self._places[id(spec)][1]

    def read(self, evaluator: Evaluator, module: ParsedModule, call: ast.Call, facade: str) -> Any:
        """Return what a call declares.

        Raises:
            Refused: its arguments cannot be read, or are wrong; all that is wrong with them at once.
        """
        make = MAKERS.get(facade)
        if make is None:
            raise evaluator.refused(module, call, "is a call")
        arguments, options = _arguments(evaluator, module, call)
        try:
            spec = make(*arguments, **options)
        except DeclarationError as error:
            raise Refused([Refusal(_place(module, call, error.field), str(error))]) from error
        except TypeError as error:
            raise Refused([Refusal(module.place(_misfit(make, call)), f"{error}")]) from error
        # The declaration is kept, so that no other one can get its identity.
        self._places[id(spec)] = (spec, module.place(call))
        return spec


def level_of(evaluator: Evaluator, module: ParsedModule, call: ast.Call) -> Stability | None:
    """Return the level that a call states; None when that cannot be read."""
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in options:
        return None
    if "stability" not in options:
        return Stability.ALPHA
    facade = evaluator.modules.facade_name(module, options["stability"])
    return Stability.__members__.get(facade.removeprefix("Stability."))


def _arguments(evaluator: Evaluator, module: ParsedModule, call: ast.Call) -> tuple[list[Any], dict[str, Any]]:
    arguments: list[Any] = []
    options: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for name, node in _named(call):
        try:
            value = _argument(evaluator, module, name, node)
        except Refused as refused:
            refusals += refused.refusals
            continue
        if name is None:
            arguments.append(value)
        else:
            options[name] = value
    if refusals:
        raise Refused(refusals)
    return arguments, options


def _named(call: ast.Call) -> Iterator[tuple[str | None, ast.expr]]:
    yield from ((None, node) for node in call.args)
    for keyword in call.keywords:
        yield keyword.arg or "**", keyword.value


def _argument(evaluator: Evaluator, module: ParsedModule, name: str | None, node: ast.expr) -> Any:
    if name == "**" or isinstance(node, ast.Starred):
        stars = "**" if name == "**" else "*"
        raise evaluator.refused(module, node, f"is passed with {stars}", "write each argument out")
    if name == "stability" and not isinstance(node, ast.Constant):
        facade = evaluator.modules.facade_name(module, node)
        if not facade.startswith("Stability.") or not isinstance(node, ast.Attribute):
            allowed = ", ".join(f"Stability.{level.name}" for level in Stability)
            raise evaluator.refused(
                module, node, "does not show the promise where it is made", f"write one of {allowed}"
            )
    return evaluator.value(module, node)


def _place(module: ParsedModule, call: ast.Call, field: str) -> Place:
    """Return where the argument stands that is wrong, or the whole call."""
    for keyword in call.keywords:
        if keyword.arg == field:
            return module.place(keyword.value)
    positional = {"key": 0, "name": 0, "type": 1}.get(field)
    if positional is not None and positional < len(call.args):
        return module.place(call.args[positional])
    return module.place(call)


def _misfit(make: Callable[..., Any], call: ast.Call) -> ast.expr | ast.keyword:
    """Return the first argument for which there is no room, in the order in which Python complains, or the call."""
    import inspect  # not at the top: only mistakes need it

    parameters = inspect.signature(make).parameters
    positional = [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
    taken = positional[: len(call.args)]
    for keyword in call.keywords:
        if keyword.arg not in parameters or keyword.arg in taken:
            return keyword
    return call.args[len(positional)] if len(call.args) > len(positional) else call
