"""Places in a program where statements can stand so that they run."""

# ruff: noqa: D103 - the name of each function says what it does

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.lint_plugin.evasions.pieces import Maker, indented

Lines: TypeAlias = list[str]
Scope: TypeAlias = Callable[[Maker, Lines], Lines]


def module(make: Maker, body: Lines) -> Lines:
    return body


def function(make: Maker, body: Lines) -> Lines:
    name = make.name("main")
    return [f"def {name}():", *indented(body), f"{name}()"]


def nested_function(make: Maker, body: Lines) -> Lines:
    outer, inner = make.name("main"), make.name("inner")
    return [f"def {outer}():", *indented([f"def {inner}():", *indented(body), f"return {inner}()"]), f"{outer}()"]


def coroutine(make: Maker, body: Lines) -> Lines:
    name = make.name("main")
    return ["import asyncio as _asyncio", f"async def {name}():", *indented(["import json", *body]), f"_c = {name}()",
            "try:", "    _c.send(None)", "except StopIteration:", "    pass"]  # fmt: skip


def method(make: Maker, body: Lines) -> Lines:
    name = make.name("App")
    return [f"class {name}:", *indented(["def run(self):", *indented(body)]), f"{name}().run()"]


def constructor(make: Maker, body: Lines) -> Lines:
    name = make.name("App")
    return [f"class {name}:", *indented(["def __init__(self):", *indented(body)]), f"{name}()"]


def static_method(make: Maker, body: Lines) -> Lines:
    name = make.name("App")
    return [f"class {name}:", *indented(["@staticmethod", "def run():", *indented(body)]), f"{name}.run()"]


def branch(make: Maker, body: Lines) -> Lines:
    return ["import os as _os", "if _os.sep:", *indented(body)]


def else_branch(make: Maker, body: Lines) -> Lines:
    return ["import os as _os", "if not _os.sep:", "    pass", "else:", *indented(body)]


def main_guard(make: Maker, body: Lines) -> Lines:
    return ["if __name__ == '__main__':", *indented(body)]


def try_body(make: Maker, body: Lines) -> Lines:
    return ["try:", *indented(body), "except AttributeError:", "    raise"]


def handler(make: Maker, body: Lines) -> Lines:
    return ["try:", "    raise KeyError", "except KeyError:", *indented(body)]


def final(make: Maker, body: Lines) -> Lines:
    return ["try:", "    pass", "finally:", *indented(body)]


def with_block(make: Maker, body: Lines) -> Lines:
    return ["import contextlib as _contextlib", "with _contextlib.suppress(ZeroDivisionError):", *indented(body)]


def loop(make: Maker, body: Lines) -> Lines:
    return ["for _ in range(1):", *indented(body)]


def endless_loop(make: Maker, body: Lines) -> Lines:
    return ["while True:", *indented([*body, "break"])]


def match_case(make: Maker, body: Lines) -> Lines:
    return ["match 1:", "    case 1:", *indented(body, 8)]


def generator(make: Maker, body: Lines) -> Lines:
    name = make.name("main")
    return [f"def {name}():", *indented([*body, "yield"]), f"list({name}())"]


def by_dictionary(make: Maker, body: Lines) -> Lines:
    name = make.name("main")
    return [f"def {name}():", *indented(body), f"{{'run': {name}}}['run']()"]


def decorated_function(make: Maker, body: Lines) -> Lines:
    name, decorator = make.name("main"), make.name("deco")
    return [f"def {decorator}(f):", "    return f", f"@{decorator}", f"def {name}():", *indented(body), f"{name}()"]


def callback(make: Maker, body: Lines) -> Lines:
    name = make.name("main")
    return ["import threading as _threading", f"def {name}():", *indented(body),
            f"_t = _threading.Thread(target={name})", "_t.start()", "_t.join()"]  # fmt: skip


def at_exit_of_context(make: Maker, body: Lines) -> Lines:
    name = make.name("Manager")
    inner = ["def __enter__(self):", "    pass", "def __exit__(self, *args):", *indented(body)]
    return [f"class {name}:", *indented(inner), f"with {name}():", "    pass"]


def registered(make: Maker, body: Lines) -> Lines:
    name, hooks = make.name("main"), make.name("hooks")
    return [f"{hooks} = []", f"@{hooks}.append", f"def {name}():", *indented(body), f"for _h in {hooks}:", "    _h()"]


SCOPES: tuple[Scope, ...] = (
    module, module, module, function, function, nested_function, coroutine, method, constructor, static_method, branch,
    else_branch, main_guard, try_body, handler, final, with_block, loop, endless_loop, match_case, generator,
    by_dictionary, decorated_function, callback, at_exit_of_context, registered,
)  # fmt: skip
