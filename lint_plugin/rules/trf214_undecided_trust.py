"""A server is instrumented without saying whom it trusts.

Why:
    The context of a request is data from a stranger until somebody decides otherwise. The default trusts nobody;
    written down, the decision can be seen and reviewed where the server is put together.

Wrong:
    application = TracingMiddleware(application)

Right:
    application = TracingMiddleware(application, trust=trust_nobody)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.dataflow.annotations import dotted
from lint_plugin.dataflow.values import Reference
from lint_plugin.rule import Hit, Module, Rule

_SERVERS = ("TracingMiddleware", "tracing_interceptor")


def _check(module: Module) -> Iterator[Hit]:
    prefix = f"{module.settings.facade}.servers."
    for seen in module.run.calls_seen:
        name = seen.path.rpartition(".")[2]
        if (
            seen.path.startswith(prefix)
            and name in _SERVERS
            and "trust" not in seen.call.keywords
            and seen.call.complete
        ):
            yield Hit(
                seen.call.node, f"{name} does not say whom it trusts: pass trust=trust_nobody, or a rule of your own"
            )

    for node in ast.walk(module.tree) if any("iddleware" in line for line in module.lines) else ():
        if _adds(module, node, prefix):
            yield Hit(
                node, "TracingMiddleware does not say whom it trusts: pass trust=trust_nobody, or a rule of your own"
            )


def _adds(module: Module, node: ast.AST, prefix: str) -> bool:
    """Tell whether this is ``application.add_middleware(TracingMiddleware)``, as Starlette and FastAPI have it.

    They have ``Middleware(TracingMiddleware)`` as well, in a list that an application is given.
    """
    called = (dotted(node.func) or "").rpartition(".")[2] if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call) or called not in ("add_middleware", "Middleware") or not node.args:
        return False
    name = dotted(node.args[0]) or ""
    root, dot, rest = name.partition(".")
    origin = module.run.module.names.get(root)
    given = {keyword.arg for keyword in node.keywords}
    known = isinstance(origin, Reference) and f"{origin.path}{dot}{rest}".startswith(prefix)
    return known and given.isdisjoint({"trust", None})


RULE = Rule(
    code="TRF214",
    name="undecided-trust",
    check=_check,
    accepts=(
        (
            "from tracing_facade.servers.wsgi import TracingMiddleware\n"
            "from tracing_facade.trust import trust_nobody\n"
            "app = TracingMiddleware(app, trust=trust_nobody)\n"
        ),
    ),
    rejects=(
        "from tracing_facade.servers.wsgi import TracingMiddleware\napp = TracingMiddleware(app)\n",
        "from tracing_facade.servers.asgi import TracingMiddleware\napp.add_middleware(TracingMiddleware)\n",
    ),
    strict=True,
)
