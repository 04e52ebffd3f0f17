"""Functions that tests use to replace parts of other modules: they import what they replace."""

from __future__ import annotations

from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.system_modules import note, replaced
from lint_plugin.dataflow.values import UNKNOWN, Reference, Table, Value, options


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


@handles("pytest.MonkeyPatch().delitem")
def _delitem(run: Run, call: Call) -> Value:
    target = call.argument(0) or UNKNOWN
    if isinstance(target, Reference) and target.path == "sys.modules":
        replaced(run, call.argument(1) or UNKNOWN, None, call.node, "monkeypatch.delitem")
    return UNKNOWN
