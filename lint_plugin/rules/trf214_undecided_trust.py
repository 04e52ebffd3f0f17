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

from collections.abc import Iterator

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
    rejects=("from tracing_facade.servers.wsgi import TracingMiddleware\napp = TracingMiddleware(app)\n",),
    strict=True,
)
