"""Ways of loading a module by name, and ways of getting hold of the function that does it."""

# ruff: noqa: D103 - the name of each function says what it does

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from tests.lint_plugin.evasions.pieces import Maker, Piece, value


class Function(NamedTuple):
    """A function of one argument that loads.

    Args:
        module: the module that has it; empty for one that is built in.
        name: its name there.
    """

    module: str
    name: str

    @property
    def path(self) -> str:
        """How it is called after its module was imported."""
        return f"{self.module}.{self.name}" if self.module else self.name


FUNCTIONS = (
    Function("importlib", "import_module"),
    Function("importlib", "import_module"),
    Function("", "__import__"),
    Function("builtins", "__import__"),
    Function("importlib", "__import__"),
    Function("pkgutil", "resolve_name"),
    Function("pydoc", "locate"),
)

Caller: TypeAlias = Callable[[Maker, Piece], Piece]
Alias: TypeAlias = Callable[[Maker, Function], Piece]


def _import(function: Function) -> tuple[str, ...]:
    return (f"import {function.module}",) if function.module else ()


# Ways of getting hold of the function: the piece is an expression that stands for it.


def direct(make: Maker, function: Function) -> Piece:
    return value(function.path, *_import(function))


def assigned(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(name, *_import(function), f"{name} = {function.path}")


def imported_as(make: Maker, function: Function) -> Piece:
    if not function.module:
        return assigned(make, function)
    name = make.name("load")
    return value(name, f"from {function.module} import {function.name} as {name}")


def module_alias(make: Maker, function: Function) -> Piece:
    if not function.module:
        return assigned(make, function)
    name = make.name("m")
    return value(f"{name}.{function.name}", f"import {function.module} as {name}")


def module_assigned(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    name = make.name("m")
    return value(f"{name}.{function.name}", f"import {module}", f"{name} = {module}")


def got_attribute(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"getattr({module}, {function.name!r})", f"import {module}")


def got_attribute_in_pieces(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    first, second = make.cut(function.name, 2)
    return value(f"getattr({module}, {first!r} + {second!r})", f"import {module}")


def from_dict(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"{module}.__dict__[{function.name!r}]", f"import {module}")


def from_vars(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"vars({module})[{function.name!r}]", f"import {module}")


def attribute_getter(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"operator.attrgetter({function.name!r})({module})", "import operator", f"import {module}")


def by_dunder_import(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"__import__({module!r}).{function.name}")


def from_system_modules(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"sys.modules[{module!r}].{function.name}", "import sys", f"import {module}")


def through_os(make: Maker, function: Function) -> Piece:
    module = function.module or "builtins"
    return value(f"os.sys.modules[{module!r}].{function.name}", "import os", f"import {module}")


def partial_without_arguments(make: Maker, function: Function) -> Piece:
    return value(f"functools.partial({function.path})", "import functools", *_import(function))


def in_dictionary(make: Maker, function: Function) -> Piece:
    name = make.name("table")
    return value(f"{name}['load']", *_import(function), f"{name} = {{'load': {function.path}, 'other': len}}")


def in_list(make: Maker, function: Function) -> Piece:
    name = make.name("table")
    return value(f"{name}[1]", *_import(function), f"{name} = [len, {function.path}]")


def in_class(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(f"{name}.load", *_import(function), f"class {name}:", f"    load = {function.path}")


def in_static_class(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(f"{name}().load", *_import(function), f"class {name}:", f"    load = staticmethod({function.path})")


def in_instance(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}().load", *_import(function), f"class {name}:", "    def __init__(self):",
        f"        self.load = {function.path}",
    )  # fmt: skip


def conditional(make: Maker, function: Function) -> Piece:
    return value(f"({function.path} if len('a') else print)", *_import(function))


def with_fallback(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(
        name, "try:", *(f"    {line}" for line in _import(function)), f"    {name} = {function.path}",
        "except ImportError:", f"    {name} = None",
    )  # fmt: skip


def unpacked(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(name, *_import(function), f"_, {name} = len, {function.path}")


def returned(make: Maker, function: Function) -> Piece:
    name = make.name("get")
    return value(f"{name}()", *_import(function), f"def {name}():", f"    return {function.path}")


def returned_with_import(make: Maker, function: Function) -> Piece:
    name = make.name("get")
    lines = [f"    {line}" for line in _import(function)]
    return value(f"{name}()", f"def {name}():", *lines, f"    return {function.path}")


def wrapped(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(name, *_import(function), f"def {name}(name):", f"    return {function.path}(name)")


def wrapped_twice(make: Maker, function: Function) -> Piece:
    inner, outer = make.name("load"), make.name("load")
    return value(
        outer, *_import(function), f"def {inner}(name):", f"    return {function.path}(name)",
        f"def {outer}(n):", f"    result = {inner}(name=n)", "    return result",
    )  # fmt: skip


def wrapped_rest(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(
        name, *_import(function), f"def {name}(*args, **kwargs):", f"    return {function.path}(*args, **kwargs)"
    )


def wrapped_lambda(make: Maker, function: Function) -> Piece:
    return value(f"(lambda n: {function.path}(n))", *_import(function))


def wrapped_method(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}().load", *_import(function), f"class {name}:", "    def load(self, name):",
        "        return self._load(name)", "    def _load(self, name):", f"        return {function.path}(name)",
    )  # fmt: skip


def wrapped_call(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}()",
        *_import(function),
        f"class {name}:",
        "    def __call__(self, name):",
        f"        return {function.path}(name)",
    )


def wrapped_inherited(make: Maker, function: Function) -> Piece:
    base, name = make.name("B"), make.name("C")
    return value(
        f"{name}().load", *_import(function), f"class {base}:", "    def load(self, name):",
        f"        return {function.path}(name)", f"class {name}({base}):", "    def load(self, name):",
        "        return super().load(name)",
    )  # fmt: skip


def closed_over(make: Maker, function: Function) -> Piece:
    name = make.name("make")
    return value(
        f"{name}({function.path})", *_import(function), f"def {name}(f):", "    def inner(n):", "        return f(n)",
        "    return inner",
    )  # fmt: skip


def decorated(make: Maker, function: Function) -> Piece:
    decorator, name = make.name("deco"), make.name("load")
    return value(
        name, "import functools", *_import(function), f"def {decorator}(f):", "    @functools.wraps(f)",
        "    def inner(*args):", "        return f(*args)", "    return inner", f"@{decorator}", f"def {name}(n):",
        f"    return {function.path}(n)",
    )  # fmt: skip


def cached(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(
        name, "import functools", *_import(function), "@functools.lru_cache(maxsize=None)", f"def {name}(n):",
        f"    return {function.path}(n)",
    )  # fmt: skip


def composed(make: Maker, function: Function) -> Piece:
    name = make.name("compose")
    return value(
        f"{name}({function.path}, str)", *_import(function), f"def {name}(f, g):", "    return lambda n: f(g(n))"
    )


def attribute_of_object(make: Maker, function: Function) -> Piece:
    name = make.name("ns")
    return value(
        f"{name}.load",
        "import types",
        *_import(function),
        f"{name} = types.SimpleNamespace()",
        f"{name}.load = {function.path}",
    )


def set_attribute(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}.load", *_import(function), f"class {name}:", "    pass", f"setattr({name}, 'load', {function.path})"
    )


def dunder_call(make: Maker, function: Function) -> Piece:
    return value(f"{function.path}.__call__", *_import(function))


def evaluated(make: Maker, function: Function) -> Piece:
    return value(f"eval({function.path!r})", *_import(function))


def default_argument(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(name, *_import(function), f"def {name}(n, f={function.path}):", "    return f(n)")


def global_alias(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(f"globals()[{name!r}]", *_import(function), f"globals()[{name!r}] = {function.path}")


def walrus(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(f"({name} := {function.path})", *_import(function))


def dunder_getattr(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}().anything", *_import(function), f"class {name}:", "    def __getattr__(self, name):",
        f"        return {function.path}",
    )  # fmt: skip


def as_property(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}().load", *_import(function), f"class {name}:", "    @property", "    def load(self):",
        f"        return {function.path}",
    )  # fmt: skip


def partial_method(make: Maker, function: Function) -> Piece:
    name = make.name("C")
    return value(
        f"{name}().run", "import functools", *_import(function), f"class {name}:", "    def load(self, f, n):",
        "        return f(n)", f"    run = functools.partialmethod(load, {function.path})",
    )  # fmt: skip


def of_metaclass(make: Maker, function: Function) -> Piece:
    meta, name = make.name("M"), make.name("C")
    return value(
        f"{name}.load", *_import(function), f"class {meta}(type):", "    def load(cls, n):",
        f"        return {function.path}(n)", f"class {name}(metaclass={meta}):", "    pass",
    )  # fmt: skip


def in_enumeration_of_functions(make: Maker, function: Function) -> Piece:
    name = make.name("table")
    return value(f"dict({name})['load']", *_import(function), f"{name} = [('other', len), ('load', {function.path})]")


def chosen_in_loop(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(
        name,
        *_import(function),
        f"for {name} in (len, {function.path}):",
        f"    if {name} is not len:",
        "        break",
    )


def matched(make: Maker, function: Function) -> Piece:
    name = make.name("load")
    return value(
        name, *_import(function), "match 'a':", "    case 'b':", f"        {name} = len", "    case _:",
        f"        {name} = {function.path}",
    )  # fmt: skip


# Ways of calling it: the piece is a statement.


def call(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"{function.expression}({name.expression})")


def call_and_keep(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"{make.name('trace')} = {function.expression}({name.expression})")


def call_starred(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"{function.expression}(*[{name.expression}])")


def call_unpacked_variable(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("args")
    return value(f"{function.expression}(*{bound})", f"{bound} = ({name.expression},)")


def call_by_map(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"list(map({function.expression}, ['json', {name.expression}]))")


def call_in_comprehension(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"[{function.expression}(n) for n in ('json', {name.expression})]")


def call_in_loop(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("n")
    return Piece((f"for {bound} in ('json', {name.expression}):", f"    {function.expression}({bound})"), "pass")


def call_partial(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"functools.partial({function.expression}, {name.expression})()", "import functools")


def call_by_thread(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("t")
    return value(
        f"{bound}.join()", "import threading",
        f"{bound} = threading.Thread(target={function.expression}, args=({name.expression},))", f"{bound}.start()",
    )  # fmt: skip


def call_by_executor(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("pool")
    return Piece(
        (
            "from concurrent.futures import ThreadPoolExecutor",
            f"with ThreadPoolExecutor(1) as {bound}:",
            f"    {bound}.submit({function.expression}, {name.expression}).result()",
        ),
        "pass",
    )


def call_by_apply(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("apply")
    return value(f"{bound}({function.expression}, {name.expression})", f"def {bound}(f, *args):", "    return f(*args)")


def call_in_lambda(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"(lambda: {function.expression}({name.expression}))()")


def call_in_default(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("f")
    return Piece((f"def {bound}(m={function.expression}({name.expression})):", "    return m"), "pass")


def call_in_decorator(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("f")
    return Piece((f"@(lambda f, m={function.expression}({name.expression}): f)", f"def {bound}():", "    pass"), "pass")


def call_in_class(make: Maker, function: Piece, name: Piece) -> Piece:
    bound, held = make.name("C"), make.name("m")
    return Piece(
        (f"{held} = {name.expression}", f"class {bound}:", f"    module = {function.expression}({held})"), "pass"
    )


def call_in_f_string(make: Maker, function: Piece, name: Piece) -> Piece:
    bound, held = make.name("s"), make.name("m")
    return value(f"{bound} = f'{{{held}}}'", f"{held} = {function.expression}({name.expression})")


def call_in_boolean(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"True and {function.expression}({name.expression})")


def call_in_generator(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("g")
    return Piece(
        (f"def {bound}(n):", f"    yield {function.expression}(n)", f"next({bound}({name.expression}))"), "pass"
    )


def call_in_coroutine(make: Maker, function: Piece, name: Piece) -> Piece:
    bound = make.name("f")
    return value(
        f"asyncio.run({bound}({name.expression}))", "import asyncio", f"async def {bound}(n):",
        f"    return {function.expression}(n)",
    )  # fmt: skip


def call_in_subscript(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"[{function.expression}({name.expression})][0]")


def call_in_dictionary(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"{{'m': {function.expression}({name.expression})}}")


def call_in_with(make: Maker, function: Piece, name: Piece) -> Piece:
    return Piece(
        ("import contextlib", f"with contextlib.nullcontext({function.expression}({name.expression})):", "    pass"),
        "pass",
    )


def call_by_method_caller(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"operator.methodcaller('__call__', {name.expression})({function.expression})", "import operator")


def call_by_reduce(make: Maker, function: Piece, name: Piece) -> Piece:
    return value(f"functools.reduce(lambda f, n: f(n), [{name.expression}], {function.expression})", "import functools")


# Loaders that are not a function of one argument, or run text.


def relative(make: Maker, name: Piece) -> Piece:
    return value(f"importlib.import_module('.trace', {name.expression}.partition('.')[0])", "import importlib")


def run_module(make: Maker, name: Piece) -> Piece:
    return value(f"runpy.run_module({name.expression})", "import runpy")


def executed(make: Maker, name: Piece) -> Piece:
    return value(f"exec('import ' + {name.expression})")


def executed_with_names(make: Maker, name: Piece) -> Piece:
    space = make.name("ns")
    return value(f"exec(f'import {{n}} as m', {space})", f"{space} = {{}}", f"n = {name.expression}")


def executed_format(make: Maker, name: Piece) -> Piece:
    return value(f"exec('from {{}} import *'.format({name.expression}))")


def executed_compiled(make: Maker, name: Piece) -> Piece:
    code = make.name("code")
    return value(f"exec({code})", f"{code} = compile('import ' + {name.expression}, 'x', 'exec')")


def evaluated_import(make: Maker, name: Piece) -> Piece:
    return value(f"eval('__import__(%r)' % {name.expression})")


def executed_alias(make: Maker, name: Piece) -> Piece:
    run = make.name("run")
    return value(f"{run}('import ' + {name.expression})", f"{run} = exec")


def executed_builtin(make: Maker, name: Piece) -> Piece:
    return value(f"getattr(builtins, 'ex' + 'ec')('import ' + {name.expression})", "import builtins")


def timed(make: Maker, name: Piece) -> Piece:
    return value(f"timeit.timeit('pass', setup='import ' + {name.expression}, number=1)", "import timeit")


def profiled(make: Maker, name: Piece) -> Piece:
    return value(f"cProfile.Profile().run('import ' + {name.expression})", "import cProfile")


def interpreted(make: Maker, name: Piece) -> Piece:
    return value(f"code.InteractiveInterpreter().runsource('import ' + {name.expression})", "import code")


def function_of_code(make: Maker, name: Piece) -> Piece:
    return value(
        f"types.FunctionType(compile('import ' + {name.expression}, 'x', 'exec'), {{'__builtins__': __builtins__}})()",
        "import types",
    )


def from_specification(make: Maker, name: Piece) -> Piece:
    spec, module = make.name("spec"), make.name("module")
    return value(
        f"sys.modules[{spec}.name] = {module}", "import sys", "import importlib.util",
        f"{spec} = importlib.util.find_spec({name.expression})", f"{module} = importlib.util.module_from_spec({spec})",
        f"{spec}.loader.exec_module({module})",
    )  # fmt: skip


def by_dunder_import_list(make: Maker, name: Piece) -> Piece:
    return value(f"__import__({name.expression}, fromlist=['x'])")


def by_keyword(make: Maker, name: Piece) -> Piece:
    return value(f"importlib.import_module(name={name.expression})", "import importlib")


def by_keywords(make: Maker, name: Piece) -> Piece:
    return value(f"importlib.import_module(**{{'name': {name.expression}}})", "import importlib")


def by_internal(make: Maker, name: Piece) -> Piece:
    return value(f"importlib._bootstrap._gcd_import({name.expression})", "import importlib")


def by_importlib_of_pkgutil(make: Maker, name: Piece) -> Piece:
    return value(f"pkgutil.importlib.import_module({name.expression})", "import pkgutil")


def by_builtins_dictionary(make: Maker, name: Piece) -> Piece:
    return value(f"vars(__builtins__)['__import__']({name.expression})")


def by_starmap(make: Maker, name: Piece) -> Piece:
    return value(f"list(itertools.starmap(__import__, [({name.expression},)]))", "import itertools")


def defined_in_text(make: Maker, name: Piece) -> Piece:
    load = make.name("load")
    return value(f"{load}({name.expression})", f"exec('def {load}(n):\\n    return __import__(n)', globals())")


def evaluated_lambda(make: Maker, name: Piece) -> Piece:
    return value(f"eval('lambda n: __import__(n)')({name.expression})")


def by_method_caller(make: Maker, name: Piece) -> Piece:
    return value(
        f"operator.methodcaller('import_module', {name.expression})(importlib)", "import importlib", "import operator"
    )


ALIASES: tuple[Alias, ...] = (
    direct, direct, direct, assigned, imported_as, imported_as, module_alias, module_assigned, got_attribute,
    got_attribute_in_pieces, from_dict, from_vars, attribute_getter, by_dunder_import, from_system_modules, through_os,
    partial_without_arguments, in_dictionary, in_list, in_class, in_static_class, in_instance, conditional,
    with_fallback, unpacked, returned, returned_with_import, wrapped, wrapped_twice, wrapped_rest, wrapped_lambda,
    wrapped_method, wrapped_call, wrapped_inherited, closed_over, decorated, cached, composed, attribute_of_object,
    set_attribute, dunder_call, evaluated, default_argument, global_alias, walrus, dunder_getattr, as_property,
    chosen_in_loop, matched, partial_method, of_metaclass, in_enumeration_of_functions,
)  # fmt: skip
CALLERS: tuple[Callable[[Maker, Piece, Piece], Piece], ...] = (
    call, call, call, call_and_keep, call_starred, call_unpacked_variable, call_by_map, call_in_comprehension,
    call_in_loop, call_partial, call_by_thread, call_by_executor, call_by_apply, call_in_lambda, call_in_default,
    call_in_decorator, call_in_class, call_in_f_string, call_in_boolean, call_in_generator, call_in_coroutine,
    call_in_subscript, call_in_dictionary, call_in_with, call_by_method_caller, call_by_reduce,
)  # fmt: skip
OTHER_LOADERS: tuple[Caller, ...] = (
    relative, run_module, executed, executed_with_names, executed_format, executed_compiled, evaluated_import,
    executed_alias, executed_builtin, timed, profiled, interpreted, function_of_code, from_specification,
    by_dunder_import_list, by_keyword, by_keywords, by_internal, by_importlib_of_pkgutil, by_builtins_dictionary,
    by_method_caller, by_starmap, defined_in_text, evaluated_lambda,
)  # fmt: skip
