"""Functions that run source text: the text is followed by the same interpreter, and never run."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

from lint_plugin.dataflow.concrete import LONGEST_TEXT, concrete_text
from lint_plugin.dataflow.docstrings import docstring
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.library.loading import decoded, load
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.run import Call, Handler, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Code,
    Constant,
    Function,
    Namespace,
    Native,
    Reference,
    Scope,
    Table,
    Text,
    Value,
    either,
    options,
)
from lint_plugin.statements import import_statements, imported, statements

# Function: positions and names of the arguments that are source text.
_RUNNERS: dict[str, tuple[tuple[int, str], ...]] = {
    "timeit.timeit": ((1, "setup"), (0, "stmt")),
    "timeit.repeat": ((1, "setup"), (0, "stmt")),
    "timeit.Timer": ((1, "setup"), (0, "stmt")),
    "cProfile.run": ((0, "statement"),),
    "cProfile.runctx": ((0, "statement"),),
    "cProfile.Profile().run": ((0, "cmd"),),
    "cProfile.Profile().runctx": ((0, "cmd"),),
    "profile.run": ((0, "statement"),),
    "profile.runctx": ((0, "statement"),),
    "profile.Profile().run": ((0, "cmd"),),
    "pdb.run": ((0, "statement"),),
    "pdb.runeval": ((0, "expression"),),
    "pdb.Pdb().run": ((0, "cmd"),),
    "bdb.Bdb().run": ((0, "cmd"),),
    "bdb.Bdb().runeval": ((0, "expr"),),
    "trace.Trace().run": ((0, "cmd"),),
    "trace.Trace().runctx": ((0, "cmd"),),
    "code.InteractiveInterpreter().runsource": ((0, "source"),),
    "code.InteractiveInterpreter().runcode": ((0, "code"),),
    "code.InteractiveConsole().runsource": ((0, "source"),),
    "code.InteractiveConsole().runcode": ((0, "code"),),
    "code.InteractiveConsole().push": ((0, "line"),),
    "doctest.DocTestRunner().run": ((0, "test"),),
    "doctest.debug_src": ((0, "src"),),
    "six.exec_": ((0, "code"),),
    "ctypes.pythonapi.PyRun_SimpleString": ((0, "code"),),
    "ctypes.pythonapi.PyRun_SimpleStringFlags": ((0, "code"),),
    "_xxsubinterpreters.run_string": ((1, "script"),),
    "typing._eval_type": ((0, "t"),),
}


def _runner(places: tuple[tuple[int, str], ...]) -> Handler:
    def follow(run: Run, call: Call) -> Value:
        outer = run.scope
        run.scope = Scope(run.module)
        for space in (*call.arguments, *call.keywords.values()):
            # The names that the text is given.
            entries = space.entries if isinstance(space, Table) else {}
            run.scope.names.update({str(name): item for name, item in entries.items()})
        try:
            for position, name in places:
                value = call.argument(position, name)
                if value is not None:
                    run_source(run, call, value)
        finally:
            run.scope = outer
        return UNKNOWN

    return follow


for _path, _places in _RUNNERS.items():
    HANDLERS[_path] = _runner(_places)


@handles("builtins.exec")
def _exec(run: Run, call: Call) -> Value:
    _within(run, call, lambda: run_source(run, call, call.argument(0, "source") or UNKNOWN))
    return Constant(None)


@handles("builtins.eval")
def _eval(run: Run, call: Call) -> Value:
    return _within(run, call, lambda: run_source(run, call, call.argument(0, "source") or UNKNOWN, "eval"))


def _within(run: Run, call: Call, follow: object) -> Value:
    """Follow source text with the names that ``exec`` and ``eval`` are given, if they are given any."""
    space = call.argument(1, "globals")
    more = call.argument(2, "locals")
    given = [one for one in (space, more) if isinstance(one, Table)]
    outer = run.scope
    if isinstance(space, Namespace) and not given:
        run.scope = space.scope
    elif given:
        run.scope = Scope(Scope())
        run.scope.names["__builtins__"] = Reference("builtins")
        for table in given:
            run.scope.names.update({str(key): value for key, value in table.entries.items()})
    try:
        result: Value = follow()  # type: ignore[operator]  # a callable without arguments
        for table in given[-1:]:
            table.entries.update(run.scope.names)
        return result
    finally:
        run.scope = outer


def run_source(run: Run, call: Call, value: Value, mode: str = "exec") -> Value:
    """Follow source text, compiled code or a function that is run as code."""
    return either([_run_one(run, call, option, mode) for option in options(value)])


def _run_one(run: Run, call: Call, value: Value, mode: str) -> Value:
    if isinstance(value, Function):
        return run.call(value, Call(call.node, [], {}))
    if isinstance(value, Code):
        return _follow(run, call, value.source, value.mode if value.mode != "single" else "exec")
    source = decoded(value)
    if source is None:
        if isinstance(value, Text):
            _note_beginning(run, call, value.prefix)
        if isinstance(value, (Text, Reference)) or value is UNKNOWN:
            run.emit(Kind.OPAQUE, call.node, "", "source text that is run")
        return UNKNOWN
    return _follow(run, call, source, mode)


_NAMED = r"(?:\b(?:import|from)\s+|\bimport_module\(\s*['\"]|__import__\(\s*['\"])(\w+)(?=[\W])"


def _note_beginning(run: Run, call: Call, prefix: str) -> None:
    """Find what the beginning of a source text loads, when the rest of it is not known."""
    for found in re.finditer(_NAMED, f"{prefix} "):
        if run.world.seals(found[1]):
            run.emit(Kind.CODE, call.node, found[1], "source text that is run")


def _follow(run: Run, call: Call, source: str, mode: str) -> Value:
    tree = _parsed(source.strip() if mode == "eval" else source, mode)
    if tree is None or run.calls >= 12 or run.fuel <= 0:
        return UNKNOWN
    outer = run.code_site
    run.code_site = outer or call.node
    run.calls += 1
    try:
        if isinstance(tree, ast.Expression):
            return run.evaluate(tree.body)
        _note_imports(run, tree)
        run.execute(tree.body)
        return Constant(None)
    finally:
        run.calls -= 1
        run.code_site = outer


@lru_cache(maxsize=256)
def _parsed(source: str, mode: str) -> ast.Module | ast.Expression | None:
    if len(source) > LONGEST_TEXT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, (ast.Module, ast.Expression)) else None


def _note_imports(run: Run, tree: ast.Module) -> None:
    for node in import_statements(statements(tree)):
        for path in imported(node):
            if run.world.seals(path):
                run.emit(Kind.CODE, node, path, "source text that is run")


@handles("doctest.run_docstring_examples")
def _examples(run: Run, call: Call) -> Value:
    given = call.argument(0, "f") or UNKNOWN
    text = concrete_text(given)
    if isinstance(given, Function) and not isinstance(given.node, ast.Lambda):
        text = docstring(given.node)
    return _runner(((0, "f"),))(run, call._replace(arguments=[Constant(_code_of_examples(text or ""))]))


def _code_of_examples(text: str) -> str:
    return "\n".join(found[1] for line in text.splitlines() if (found := re.match(_EXAMPLE, line)))


_EXAMPLE = r"\s*(?:>>>|\.\.\.) ?(.*)"


@handles("codeop.Compile()", "codeop.CommandCompiler()")
def _compiled_line(run: Run, call: Call) -> Value:
    return _compile(run, call._replace(keywords={}, arguments=call.arguments[:1]))


@handles("doctest.DocTestParser().get_doctest")
def _doctest(run: Run, call: Call) -> Value:
    text = concrete_text(call.argument(0, "string") or UNKNOWN)
    return Code(_code_of_examples(text), "exec") if text is not None else UNKNOWN


@handles("builtins.compile", "codeop.compile_command", "ast.parse")
def _compile(run: Run, call: Call) -> Value:
    mode = concrete_text(call.argument(2, "mode") or Constant("exec")) or "exec"
    source = call.argument(0, "source") or UNKNOWN
    return either([_compiled(option, mode) for option in options(source)])


def _compiled(value: Value, mode: str) -> Value:
    if isinstance(value, Code):
        return value
    source = decoded(value)
    return Code(source, mode) if source is not None else UNKNOWN


@handles("ast.unparse")
def _unparsed(run: Run, call: Call) -> Value:
    tree = call.argument(0, "ast_obj")
    return Constant(tree.source) if isinstance(tree, Code) else UNKNOWN


@handles("types.FunctionType", "types.LambdaType")
def _function_type(run: Run, call: Call) -> Value:
    code = call.argument(0, "code") or UNKNOWN
    return Native(lambda given, named: run_source(run, call, code))


@handles("marshal.dumps", "marshal.loads")
def _same(run: Run, call: Call) -> Value:
    return call.argument(0) or UNKNOWN


@handles("pickle.loads", "pickle._loads", "dill.loads", "cloudpickle.loads")
def _unpickled(run: Run, call: Call) -> Value:
    data = call.argument(0, "data")
    if isinstance(data, Constant) and isinstance(data.data, bytes):
        for name in _pickled_names(data.data):
            load(run, call.node, Constant(name), "pickle.loads")
    return UNKNOWN


@lru_cache(maxsize=64)
def _pickled_names(data: bytes) -> tuple[str, ...]:
    import pickletools

    names: list[str] = []
    texts: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name in ("GLOBAL", "INST"):
                names.append(str(argument).replace(" ", "."))
            elif opcode.name == "STACK_GLOBAL" and len(texts) > 1:
                names.append(f"{texts[-2]}.{texts[-1]}")
            elif isinstance(argument, str):
                texts.append(argument)
    except Exception:
        # Broken data loads nothing beyond this point.
        return tuple(names)
    return tuple(names)
