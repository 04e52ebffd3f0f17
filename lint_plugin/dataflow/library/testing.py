"""Functions that tests use to replace parts of other modules: they import what they replace."""

from __future__ import annotations

from collections.abc import Sequence

from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.system_modules import note, replaced
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Class,
    Function,
    Instance,
    Items,
    Native,
    Reference,
    Table,
    Value,
    either,
    options,
)


@handles("unittest.mock.patch", "unittest.mock.patch.multiple", "pytest_mock.MockerFixture().patch")
def _patch(run: Run, call: Call) -> Value:
    for option in options(call.argument(0, "target") or UNKNOWN):
        text = concrete_text(option)
        if text is not None:
            note(run, Kind.PATCH, call.node, text, "mock.patch")
    return UNKNOWN


@handles("pytest.MonkeyPatch().setattr", "pytest.MonkeyPatch().delattr", "_pytest.monkeypatch.MonkeyPatch().setattr")
def _setattr(run: Run, call: Call) -> Value:
    return _patch(run, call)


@handles("unittest.mock.patch.dict", "pytest.MonkeyPatch().setitem", "pytest_mock.MockerFixture().patch.dict")
def _patch_dict(run: Run, call: Call) -> Value:
    target = call.argument(0, "in_dict") or UNKNOWN
    named = concrete_text(target) == "sys.modules"
    if not named and not (isinstance(target, Reference) and target.path == "sys.modules"):
        return UNKNOWN
    given = call.argument(1, "values") or UNKNOWN
    keys = list(given.entries) if isinstance(given, Table) else [concrete_text(given)]
    for key in keys:
        if isinstance(key, str):
            note(run, Kind.STUB, call.node, key, "a stand-in in sys.modules")
    return UNKNOWN


@handles("pytest.mark.parametrize")
def _parametrized(run: Run, call: Call) -> Value:
    text = concrete_text(call.argument(0, "argnames") or UNKNOWN)
    given = call.argument(0, "argnames")
    listed = [concrete_text(item) or "" for item in given.items] if isinstance(given, Items) else []
    names = [name.strip() for name in text.split(",")] if text is not None else listed
    return _with_values(names, call.argument(1, "argvalues") or UNKNOWN)


@handles("click.option", "click.argument", "rich_click.option")
def _option(run: Run, call: Call) -> Value:
    texts = [text for text in map(concrete_text, call.arguments) if text is not None]
    named = [text for text in texts if text.isidentifier()] or sorted(texts, key=lambda text: not text.startswith("--"))
    default = call.keywords.get("default")
    names = [named[0].partition("/")[0].lstrip("-").replace("-", "_").lower()] if named else []
    return _with_values(names, Items([default]) if default is not None else UNKNOWN)


@handles("pytest.fixture", "pytest_asyncio.fixture")
def _fixture(run: Run, call: Call) -> Value:
    if call.arguments:
        return call.arguments[0]
    values = call.keywords.get("params", UNKNOWN)
    request = [Instance(_REQUEST, {"param": either(_row(item, 1))}) for item in getattr(values, "items", ())]
    return _with_values(["request"], Items(list(request)))


_REQUEST = Class("SubRequest", {}, [])


@handles("pytest.param")
def _parameters(run: Run, call: Call) -> Value:
    return Items(list(call.arguments), tuple)


def _with_values(names: list[str], values: Value) -> Native:
    rows = [_row(item, len(names)) for item in values.items] if isinstance(values, Items) else []
    columns = zip(*(row for row in rows if len(row) == len(names)), strict=True)

    def decorate(given: Sequence[Value], named: dict[str, Value]) -> Value:
        function = given[0] if given else UNKNOWN
        if isinstance(function, Function):
            # As if these were its default values: what it may be called with.
            function.keyword_defaults.update(zip(names, map(either, columns), strict=False))
        return function

    return Native(decorate)


def _row(value: Value, count: int) -> list[Value]:
    return value.items if isinstance(value, Items) and len(value.items) == count else [value]


@handles("pytest.MonkeyPatch().delitem")
def _delitem(run: Run, call: Call) -> Value:
    target = call.argument(0) or UNKNOWN
    if isinstance(target, Reference) and target.path == "sys.modules":
        replaced(run, call.argument(1) or UNKNOWN, None, call.node, "monkeypatch.delitem")
    return UNKNOWN
