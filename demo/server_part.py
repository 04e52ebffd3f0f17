"""First part: one request through the whole reference server, as one connected trace."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from demo import received
from demo.processes import Background, DemonstrationFailed, run
from demo.received import Tree
from demo.telling import say, show

_SERVER, _WEBHOOKS = "reference-server", "admission-webhooks"
_ASKED: Tree = {
    f"{_SERVER}: GET /api/v1/namespaces/{{name}} [server]": {
        f"{_SERVER}: authentication": {},
        f"{_SERVER}: authorization": {},
        f"{_SERVER}: handler.get": {f"{_SERVER}: storage.get": {}, f"{_SERVER}: response.serialize": {}},
    }
}
EXPECTED: Tree = {
    f"{_SERVER}: POST /api/v1/namespaces/{{namespace}}/configmaps [server]": {
        f"{_SERVER}: authentication": {},
        f"{_SERVER}: authorization": {},
        f"{_SERVER}: handler.create": {
            f"{_SERVER}: admission.mutating_webhook": {
                f"{_SERVER}: POST [client]": {
                    f"{_WEBHOOKS}: POST /mutate [server]": {
                        f"{_WEBHOOKS}: webhook.review": {f"{_WEBHOOKS}: GET [client]": _ASKED}
                    }
                }
            },
            f"{_SERVER}: admission.validating_webhook": {
                f"{_SERVER}: POST [client]": {
                    f"{_WEBHOOKS}: POST /validate [server]": {f"{_WEBHOOKS}: webhook.review": {}}
                }
            },
            f"{_SERVER}: storage.create": {},
            f"{_SERVER}: response.serialize": {},
        },
    }
}


def show_server(folder: Path, viewer: str, collector: str) -> None:
    """Create one object with a trace, and check that the trace is complete.

    Args:
        folder: for files of the server; exists and is empty.
        viewer: the URL of the viewer's query API.
        collector: where spans go, ``host:port``.

    Raises:
        DemonstrationFailed: a process does not do what it should, or a span is missing.
    """
    say("Start an API server and its two admission webhooks")
    command = [_SERVER, "demo", "--directory", str(folder / "server"), "--endpoint", collector]
    show(f"$ {_SERVER} demo")
    with Background(command, folder / "server.log") as server:
        server.wait_for("Ctrl-C ends everything")
        variables = variables_of(folder / "server" / "environment")
        say("Create an object and ask for a trace of it")
        create = ["refctl", "create", "configmap", "settings", "--from-literal", "color=blue", "--trace"]
        show(f"$ {shlex.join(create)}")
        printed = run(create, variables={**variables, "REFCTL_VIEWER": viewer})
        show(printed)
        found = re.search(r"^trace ([0-9a-f]{32})$", printed, re.MULTILINE)
        if found is None:
            raise DemonstrationFailed("refctl has not printed the id of its trace")
        spans = received.trace(viewer, found[1])
        received.check_tree(spans, EXPECTED)
        show(
            f"One connected trace of {len(spans)} spans from two processes: authentication, authorization, both\n"
            "webhooks (the first one asks the server again, in the same trace), storage. Nothing is missing."
        )


def variables_of(file: Path) -> dict[str, str]:
    """Return the variables that a file for a shell exports."""
    words = shlex.split(file.read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words if "=" in word)
