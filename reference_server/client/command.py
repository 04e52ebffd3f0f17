"""The command ``refctl``: get, create, apply and delete objects, and have a request traced on demand."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TextIO

from reference_server.client.api import ApiClient
from reference_server.client.console import Console
from reference_server.client.errors import RefctlError
from reference_server.client.manifests import DEFAULT_NAMESPACE, Manifest, load_manifests
from reference_server.client.printing import FORMATS
from reference_server.client.trace import OnDemandTrace
from reference_server.client.verbs import Session, Targets
from reference_server.client.viewer import NoWaterfall, Viewer
from reference_server.resources import CONFIG_MAPS, NAMESPACES, find_resource

DEFAULT_SERVER = "http://127.0.0.1:6443"
DEFAULT_VIEWER = "http://localhost:4318"
_WATERFALL_SECONDS = 10.0

_EPILOG = """\
examples:
  refctl get configmaps
  refctl create configmap settings --from-literal color=blue --trace
  refctl apply -f settings.yaml
  refctl delete configmap settings

environment:
  REFCTL_SERVER, REFCTL_TOKEN, REFCTL_CERTIFICATE_AUTHORITY, REFCTL_VIEWER   defaults of the options of these names

exit status: 0 when everything succeeded, 1 when the server refused something or cannot be reached, 2 for a wrong
command line. Objects go to standard output; errors, warnings and traces to standard error.
"""

_GET_EPILOG = """\
examples:
  refctl get configmaps                    all in the namespace default
  refctl get configmaps -A                 all in all namespaces
  refctl get configmap settings -o yaml
  refctl get nodes -l zone=west --trace
"""

_CREATE_EPILOG = """\
examples:
  refctl create configmap settings --from-literal color=blue --from-literal size=3
  refctl create namespace team
  refctl create -f node.yaml --trace
"""

_APPLY_EPILOG = """\
examples:
  refctl apply -f settings.yaml            create the objects of a file, or change them to what it says
  cat settings.yaml | refctl apply -f - --trace

What the file had the last time and has no more is removed; what others added is left alone. kubectl and refctl may
take turns on the same object.
"""

_DELETE_EPILOG = """\
examples:
  refctl delete configmap settings
  refctl delete namespace team             with everything in it
  refctl delete -f settings.yaml --ignore-not-found
"""


def main(arguments: Sequence[str] | None = None, *, stdout: TextIO | None = None, stderr: TextIO | None = None) -> int:
    """Run the command.

    Args:
        arguments: the command line without the program's name; by default that of this process.
        stdout: where results go; by default standard output.
        stderr: where everything else goes; by default standard error.

    Returns:
        The exit status.
    """
    parser = build_parser()
    options = parser.parse_args(arguments)
    console = Console(stdout or sys.stdout or _nowhere(), stderr or sys.stderr or _nowhere())
    trace = OnDemandTrace() if options.trace else None
    try:
        return 0 if _run(options, console, trace) else 1
    except RefctlError as error:
        console.remark(str(error))
        return 1
    except BrokenPipeError:
        _forget_output()  # whoever read it has gone
        return 1
    except OSError as error:
        _forget_output()
        console.remark(f"error: the result cannot be written: {error.strerror or error}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if trace is not None and trace.was_answered:
            _report(trace, options, console)


def _forget_output() -> None:
    """Keep the interpreter from trying at exit to write what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nowhere() -> TextIO:
    """Return what stands for a stream that was closed before the command began."""
    return open(os.devnull, "w", encoding="utf-8")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it."""
    parser = argparse.ArgumentParser(
        prog="refctl",
        description="Get, create, apply and delete objects of an API server, and have a request traced on demand.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="get|create|apply|delete")
    _add_get(verbs)
    _add_create(verbs)
    _add_apply(verbs)
    _add_delete(verbs)
    return parser


def _verb(verbs: Any, name: str, summary: str, epilog: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    environment = os.environ
    parser.add_argument("-n", "--namespace", metavar="NAME", help=f"default: {DEFAULT_NAMESPACE}")
    parser.add_argument("-o", "--output", default="", choices=FORMATS, help="for programs; without it, for people")
    parser.add_argument(
        "--trace", action="store_true", help="ask for a trace, print its id, what the server did and the waterfall"
    )
    parser.add_argument(
        "--server",
        default=environment.get("REFCTL_SERVER") or DEFAULT_SERVER,
        metavar="URL",
        help="default: $REFCTL_SERVER, else " + DEFAULT_SERVER,
    )
    # A token on a command line is seen by everybody on the machine, hence the variable.
    parser.add_argument(
        "--token", default=environment.get("REFCTL_TOKEN", ""), metavar="TOKEN", help="default: $REFCTL_TOKEN"
    )
    parser.add_argument(
        "--certificate-authority",
        default=environment.get("REFCTL_CERTIFICATE_AUTHORITY", ""),
        metavar="FILE",
        help="PEM file to check the server's certificate (default: $REFCTL_CERTIFICATE_AUTHORITY)",
    )
    parser.add_argument(
        "--viewer",
        default=environment.get("REFCTL_VIEWER") or DEFAULT_VIEWER,
        metavar="URL",
        help="tracing-view to fetch the waterfall from (default: $REFCTL_VIEWER, else " + DEFAULT_VIEWER + ")",
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def _add_get(verbs: Any) -> None:
    parser = _verb(verbs, "get", "show objects", _GET_EPILOG, _get)
    parser.add_argument("type", metavar="TYPE", help="configmaps, namespaces or nodes; also TYPE/NAME")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; without names, all")
    parser.add_argument("-l", "--selector", default="", metavar="LABELS", help="such as key=value,other!=value")
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="objects of every namespace")


def _add_create(verbs: Any) -> None:
    parser = _verb(verbs, "create", "store new objects", _CREATE_EPILOG, _create)
    parser.add_argument("kind", nargs="?", help="configmap or namespace")
    parser.add_argument("name", nargs="?", help="its name")
    parser.add_argument("--from-literal", action="append", default=[], metavar="KEY=VALUE", help="data of a ConfigMap")
    _add_files(parser)


def _add_apply(verbs: Any) -> None:
    _add_files(_verb(verbs, "apply", "make objects what files say", _APPLY_EPILOG, _apply), required=True)


def _add_delete(verbs: Any) -> None:
    parser = _verb(verbs, "delete", "remove objects", _DELETE_EPILOG, _delete)
    parser.add_argument("type", nargs="?", metavar="TYPE", help="configmaps, namespaces or nodes; also TYPE/NAME")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which")
    parser.add_argument("--ignore-not-found", action="store_true", help="what is gone already counts as removed")
    _add_files(parser)


def _add_files(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    help_text = "YAML or JSON; - is standard input; may be given several times"
    parser.add_argument(
        "-f", "--filename", action="append", default=[], required=required, metavar="FILE", help=help_text
    )


def _run(options: argparse.Namespace, console: Console, trace: OnDemandTrace | None) -> bool:
    api = ApiClient(
        options.server,
        options.token,
        options.certificate_authority,
        headers=trace.headers if trace else None,
        on_answer=trace.note if trace else lambda headers: None,
        on_warning=console.warn,
    )
    try:
        succeeded: bool = options.run(options, Session(api, console, options.output))
        return succeeded
    finally:
        api.close()


def _get(options: argparse.Namespace, session: Session) -> bool:
    if options.all_namespaces and ("/" in options.type or options.names):
        _misuse(options, "a name is in one namespace: leave out -A, or the name")
    namespace = "" if options.all_namespaces else options.namespace
    return session.get(Targets.read(options.type, options.names, namespace), options.selector)


def _create(options: argparse.Namespace, session: Session) -> bool:
    if bool(options.kind) == bool(options.filename):
        _misuse(options, "name either an object (configmap NAME, namespace NAME) or files (-f FILE)")
    if options.filename:
        return session.create(load_manifests(options.filename, options.namespace))
    return session.create([_new_object(options)])


def _new_object(options: argparse.Namespace) -> Manifest:
    resource = find_resource(options.kind)
    if resource is None or resource not in (CONFIG_MAPS, NAMESPACES):
        _misuse(options, f"{options.kind!r} cannot be created by name; use configmap, namespace or -f FILE")
    if not options.name:
        _misuse(options, f"the {resource.singular} needs a name")
    value: dict[str, Any] = {"apiVersion": "v1", "kind": resource.kind, "metadata": {"name": options.name}}
    if resource is NAMESPACES:
        if options.from_literal:
            _misuse(options, "--from-literal is for ConfigMaps")
        return Manifest("", resource, "", value)
    value["data"] = dict(_literal(options, text) for text in options.from_literal)
    return Manifest("", resource, options.namespace or DEFAULT_NAMESPACE, value)


def _misuse(options: argparse.Namespace, message: str) -> NoReturn:
    parser: argparse.ArgumentParser = options.parser
    parser.error(message)


def _literal(options: argparse.Namespace, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        _misuse(options, f"--from-literal {text!r} is not of the form KEY=VALUE")
    return key, value


def _apply(options: argparse.Namespace, session: Session) -> bool:
    return session.apply(load_manifests(options.filename, options.namespace))


def _delete(options: argparse.Namespace, session: Session) -> bool:
    if bool(options.type) == bool(options.filename):
        _misuse(options, "name either objects (TYPE NAME...) or files (-f FILE)")
    ignore = options.ignore_not_found
    if options.type:
        targets = Targets.read(options.type, options.names, options.namespace)
        if not targets.names:
            _misuse(options, f"which {targets.resource.plural}? Give names")
        return session.delete(targets.resource, targets.namespace, targets.names, ignore_missing=ignore)
    manifests = load_manifests(options.filename, options.namespace)
    for manifest in manifests:
        manifest.check_named()
    results = [session.delete(item.resource, item.namespace, [item.name], ignore_missing=ignore) for item in manifests]
    return all(results)


def _report(trace: OnDemandTrace, options: argparse.Namespace, console: Console) -> None:
    console.remark(f"trace {trace.trace_id}")
    console.remark(trace.verdict())
    if not trace.span_ids:
        return
    width = shutil.get_terminal_size((100, 24)).columns
    try:
        waterfall = Viewer(options.viewer).waterfall(
            trace.trace_id, trace.span_ids, width=width, seconds=_WATERFALL_SECONDS
        )
    except NoWaterfall as error:
        console.remark(f"No waterfall: {error}.")
    else:
        console.remark(waterfall.rstrip("\n"))


if __name__ == "__main__":
    sys.exit(main())
