"""Functions over objects with declared fields: data classes, named tuples and classes of `attrs`."""

from __future__ import annotations

from lint_plugin.dataflow.attributes import attribute, fields_of
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import UNKNOWN, Class, Constant, Instance, Items, Table, Value


@handles("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve")
def _replaced(run: Run, call: Call) -> Value:
    value = call.argument(0)
    return Instance(value.cls, {**value.attributes, **call.keywords}) if isinstance(value, Instance) else UNKNOWN


@handles("dataclasses.asdict", "attr.asdict", "attrs.asdict")
def _as_dictionary(run: Run, call: Call) -> Value:
    return Table(dict(_fields(run, call)))


@handles("dataclasses.astuple", "attr.astuple", "attrs.astuple")
def _as_tuple(run: Run, call: Call) -> Value:
    return Items(list(_fields(run, call).values()), tuple)


def _fields(run: Run, call: Call) -> dict[str, Value]:
    value = call.argument(0)
    names = fields_of(value.cls) if isinstance(value, Instance) else []
    return {name: attribute(run, value or UNKNOWN, name, call.node) for name in names}


@handles("dataclasses.fields", "attr.fields", "attrs.fields")
def _descriptions(run: Run, call: Call) -> Value:
    value = call.argument(0)
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class):
        return UNKNOWN
    return Items([
        Instance(_FIELD, {"name": Constant(name), "default": attribute(run, cls, name, call.node)})
        for name in fields_of(cls)
    ])  # fmt: skip


_FIELD = Class("Field", {}, [])
