"""Built-in functions over lists, dictionaries and iterators, whose elements need not be constants."""

from __future__ import annotations

from itertools import islice, product

from lint_plugin.dataflow.comprehensions import MOST_ROUNDS, elements
from lint_plugin.dataflow.concrete import MOST_ITEMS, NotConstantError, concrete, lifted
from lint_plugin.dataflow.constants import folded
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.methods import store
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import UNKNOWN, Constant, Items, Reference, Table, Value, either, same, truth


def _listed(run: Run, call: Call, value: Value | None) -> list[Value] | None:
    if value is None:
        return []
    found = elements(run, value, call.node)
    return found.items if found.known else None


def _of_kind(kind: type) -> None:
    @handles(f"builtins.{kind.__name__}")
    def follow(run: Run, call: Call) -> Value:
        value = call.argument(0)
        if isinstance(value, Reference):
            return value
        items = _listed(run, call, value)
        return Items(list(items), kind) if items is not None else UNKNOWN


for _kind in (list, tuple, set, frozenset):
    _of_kind(_kind)


@handles("builtins.iter", "builtins.aiter", "collections.deque", "collections.UserList", "itertools.tee")
def _iter(run: Run, call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Reference):
        return value
    items = _listed(run, call, value)
    return Items(list(items)) if items is not None else UNKNOWN


@handles("builtins.reversed")
def _reversed(run: Run, call: Call) -> Value:
    items = _listed(run, call, call.argument(0))
    return Items(items[::-1]) if items is not None else UNKNOWN


@handles("builtins.sorted")
def _sorted(run: Run, call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Reference):
        return value
    items = _listed(run, call, value)
    key = call.keywords.get("key")
    if items is None:
        return UNKNOWN
    try:
        keys = [concrete(run.call(key, Call(call.node, [item], {})) if key is not None else item) for item in items]
        order = sorted(range(len(items)), key=lambda place: keys[place])  # type: ignore[arg-type,return-value]  # the program's own error
    except (NotConstantError, TypeError):
        return Items(items)
    if truth(call.keywords.get("reverse", Constant(False))):
        order.reverse()
    return Items([items[place] for place in order])


@handles("builtins.max")
def _max(run: Run, call: Call) -> Value:
    return _extreme(run, call, -1)


@handles("builtins.min")
def _min(run: Run, call: Call) -> Value:
    return _extreme(run, call, 0)


def _extreme(run: Run, call: Call, place: int) -> Value:
    given = call.arguments[0] if len(call.arguments) == 1 else Items(list(call.arguments))
    ordered = _sorted(run, call._replace(arguments=[given]))
    return ordered.items[place] if isinstance(ordered, Items) and ordered.items else UNKNOWN


@handles("builtins.enumerate")
def _enumerate(run: Run, call: Call) -> Value:
    items = _listed(run, call, call.argument(0))
    start = call.argument(1, "start") or Constant(0)
    if items is None or not isinstance(start, Constant) or not isinstance(start.data, int):
        return UNKNOWN
    return Items([Items([Constant(number), item], tuple) for number, item in enumerate(items, start.data)])


@handles("builtins.zip", "itertools.zip_longest")
def _zip(run: Run, call: Call) -> Value:
    columns = [_listed(run, call, argument) for argument in call.arguments]
    known = [column for column in columns if column is not None]
    if len(known) != len(columns) or not call.complete:
        return UNKNOWN
    return Items([Items(list(row), tuple) for row in zip(*known, strict=False)])


@handles("builtins.map")
def _map(run: Run, call: Call) -> Value:
    function = call.argument(0) or UNKNOWN
    rows = _zip(run, call._replace(arguments=call.arguments[1:]))
    if not isinstance(rows, Items):
        run.call(function, Call(call.node, [UNKNOWN], {}))
        return UNKNOWN
    results = []
    for row in rows.items:
        arguments = row.items if isinstance(row, Items) else [row]
        results.append(run.call(function, Call(call.node, arguments, {})))
    return Items(results)


@handles("itertools.starmap")
def _starmap(run: Run, call: Call) -> Value:
    function, rows = call.argument(0) or UNKNOWN, _listed(run, call, call.argument(1)) or []
    given = [row.items if isinstance(row, Items) else [UNKNOWN] for row in rows]
    return Items([run.call(function, Call(call.node, arguments, {})) for arguments in given])


@handles("random.choice", "secrets.choice", "random.Random().choice")
def _any_of(run: Run, call: Call) -> Value:
    return either(_listed(run, call, call.argument(0, "seq")) or [UNKNOWN])


@handles("builtins.filter", "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse")
def _filter(run: Run, call: Call) -> Value:
    function = call.argument(0) or UNKNOWN
    items = _listed(run, call, call.argument(1))
    if items is None:
        for item in elements(run, call.argument(1) or UNKNOWN, call.node).items:
            run.call(function, Call(call.node, [item], {}))
        return UNKNOWN
    if isinstance(function, Constant):
        return Items([item for item in items if truth(item) is not False])
    kept = [item for item in items if truth(run.call(function, Call(call.node, [item], {}))) is not False]
    return Items(kept)


@handles("builtins.next", "builtins.anext")
def _next(run: Run, call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Items) and value.items:
        return value.items.pop(0) if value.kind is list else value.items[0]
    if isinstance(value, Items):
        return call.argument(1) or UNKNOWN
    found = elements(run, value or UNKNOWN, call.node)
    return found.items[0] if found.items else UNKNOWN


@handles("builtins.range")
def _range(run: Run, call: Call) -> Value:
    def bounded(*given: int) -> object:
        numbers = range(*given)
        if len(numbers) > MOST_ITEMS:
            raise NotConstantError
        return numbers

    return folded(bounded, *call.arguments)


@handles("builtins.dict", "collections.OrderedDict")
def _dict(run: Run, call: Call) -> Value:
    table = Table({})
    source = call.argument(0)
    if isinstance(source, Reference):
        return source
    if isinstance(source, Table):
        table.entries.update(source.entries)
    elif source is not None:
        for pair in _listed(run, call, source) or ():
            if isinstance(pair, Items) and len(pair.items) == 2:
                store(table, pair.items[0], pair.items[1])
    table.entries.update(call.keywords)
    return table


@handles("collections.defaultdict")
def _defaultdict(run: Run, call: Call) -> Value:
    table = _dict(run, call._replace(arguments=call.arguments[1:]))
    factory = call.argument(0, "default_factory")
    if isinstance(table, Table) and factory is not None:
        table.default = run.call(factory, Call(call.node, [], {}))
    return table


@handles("builtins.dict.fromkeys")
def _fromkeys(run: Run, call: Call) -> Value:
    table = Table({})
    for key in _listed(run, call, call.argument(0)) or ():
        store(table, key, call.argument(1) or Constant(None))
    return table


@handles("itertools.product")
def _product(run: Run, call: Call) -> Value:
    # Of texts it takes single letters, which would have to be a trace for the gate.
    parts = [_listed(run, call, one) if not isinstance(one, Constant) else None for one in call.arguments]
    known = [part for part in parts if part is not None]
    times = call.keywords.get("repeat", Constant(1))
    if len(known) != len(parts) or not isinstance(times, Constant) or times.data not in (1, 2, 3):
        return UNKNOWN
    rows = islice(product(*known * times.data), MOST_ROUNDS)
    return Items([Items(list(row), tuple) for row in rows])


@handles("itertools.chain")
def _chain(run: Run, call: Call) -> Value:
    parts = [_listed(run, call, argument) for argument in call.arguments]
    known = [part for part in parts if part is not None]
    return Items([item for part in known for item in part]) if len(known) == len(parts) else UNKNOWN


@handles("itertools.chain.from_iterable")
def _chain_from(run: Run, call: Call) -> Value:
    parts = _listed(run, call, call.argument(0))
    return _chain(run, call._replace(arguments=parts)) if parts is not None else UNKNOWN


@handles("itertools.groupby")
def _groupby(run: Run, call: Call) -> Value:
    items, key = _listed(run, call, call.argument(0, "iterable")), call.argument(1, "key")
    groups: list[tuple[Value, list[Value]]] = []
    for item in items or ():
        found = run.call(key, Call(call.node, [item], {})) if key is not None else item
        if groups and same(groups[-1][0], found):
            groups[-1][1].append(item)
        else:
            groups.append((found, [item]))
    return Items([Items([found, Items(held)], tuple) for found, held in groups]) if items is not None else UNKNOWN


@handles("itertools.islice")
def _islice(run: Run, call: Call) -> Value:
    items = _listed(run, call, call.argument(0))
    try:
        bounds = [concrete(argument) for argument in call.arguments[1:]]
        return Items(list(islice(items or [], *bounds)))  # type: ignore[call-overload]  # the program's own error
    except (NotConstantError, TypeError, ValueError):
        return UNKNOWN


@handles("itertools.repeat")
def _repeat(run: Run, call: Call) -> Value:
    times = call.argument(1, "times")
    if isinstance(times, Constant) and isinstance(times.data, int) and 0 <= times.data <= MOST_ITEMS:
        return Items([call.argument(0) or UNKNOWN] * times.data)
    return UNKNOWN


@handles("builtins.sum")
def _sum(run: Run, call: Call) -> Value:
    from lint_plugin.dataflow.library.functional import reduced

    items = _listed(run, call, call.argument(0))
    return reduced(items, call.argument(1, "start") or lifted(0)) if items is not None else UNKNOWN
