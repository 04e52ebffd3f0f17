"""The command ``reference-server``: serve the API, the example webhooks, or both as a demonstration."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import tracing_facade as tracing
from reference_server.admission.example_webhooks import build_webhooks
from reference_server.app import build_application
from reference_server.assembly import assemble
from reference_server.config import TRACING_GATE, ServerConfig, load_tracing, parse_feature_gates
from reference_server.demo import Demonstration
from reference_server.errors import StartupError
from reference_server.serving import Server, load_certificate, run
from reference_server.span_policy import parse_disabled

_SERVE_EPILOG = """\
examples:
  reference-server serve --token-auth-file tokens.csv
  reference-server serve --token-auth-file tokens.csv --tls-cert-file server.crt --tls-private-key-file server.key
  kubectl --server https://127.0.0.1:6443 --certificate-authority server.crt --token TOKEN get nodes

kubectl shows its token to no server without TLS; curl and refctl do.

The files:
  tokens.csv      token,user,uid,"group1,group2"          one user a line, as for kube-apiserver
  rules.yaml      apiVersion: reference-server/v1
                  kind: AuthorizationRules
                  rules:
                    - {groups: [developers], verbs: [get, list], resources: [configmaps], namespaces: [default]}
  admission.yaml  apiVersion: reference-server/v1
                  kind: AdmissionConfiguration
                  mutatingWebhooks:
                    - name: label.example.com
                      url: http://127.0.0.1:9443/mutate
                      rules: [{operations: [CREATE, UPDATE], resources: [configmaps]}]
  tracing.yaml    apiVersion: apiserver.config.k8s.io/v1   Kubernetes' own, or apiVersion: tracing-facade/v1
                  kind: TracingConfiguration
                  endpoint: localhost:4317
                  samplingRatePerMillion: 100

Members of system:masters may do everything. Of a Kubernetes tracing file, callers in system:masters and
system:monitoring may continue their traces here; a tracing-facade/v1 file says so itself, under trust.
"""

_WEBHOOKS_EPILOG = """\
example:
  reference-server webhooks --port 9443 --api-server http://127.0.0.1:6443 --token-file webhook.token

/mutate labels objects with the environment of their namespace, which it asks the API server for;
/validate refuses ConfigMaps that hold passwords.
"""

_DEMO_EPILOG = """\
example:
  tracing-view &
  reference-server demo --directory /tmp/demo
  . /tmp/demo/environment      # in another terminal: tells refctl and kubectl where the server is
  refctl create configmap settings --from-literal color=blue --trace
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0, 1 when it cannot start, 2 for a wrong command line."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        exit_code: int = options.run(options)
    except (StartupError, tracing.TracingError) as error:
        print(f"reference-server: cannot start: {error}", file=sys.stderr)
        return 1
    return exit_code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it."""
    parser = argparse.ArgumentParser(
        prog="reference-server", description="A Kubernetes-shaped API server, traced throughout."
    )
    commands = parser.add_subparsers(required=True, metavar="serve|webhooks|demo")
    _add_serve(commands)
    _add_webhooks(commands)
    _add_demo(commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _command(commands, "serve", "serve the API", _SERVE_EPILOG)
    defaults = ServerConfig()
    serve.add_argument(
        "--bind-address",
        default=defaults.bind_address,
        metavar="ADDRESS",
        help="where to listen (default: %(default)s)",
    )
    serve.add_argument("--port", type=int, default=defaults.port, help="0 picks a free one (default: %(default)s)")
    serve.add_argument("--tls-cert-file", default="", metavar="FILE", help="PEM file; without it, plain HTTP")
    serve.add_argument("--tls-private-key-file", default="", metavar="FILE", help="PEM file with its key")
    serve.add_argument(
        "--storage-path", default=defaults.storage_path, metavar="FILE", help="SQLite file (default: %(default)s)"
    )
    serve.add_argument("--token-auth-file", default="", metavar="FILE", help="CSV file of users and their tokens")
    serve.add_argument("--authorization-file", default="", metavar="FILE", help="YAML file of who may do what")
    serve.add_argument("--admission-config-file", default="", metavar="FILE", help="YAML file of admission webhooks")
    serve.add_argument("--tracing-config-file", default="", metavar="FILE", help="how to trace; without it, not at all")
    serve.add_argument("--audit-log-path", default="", metavar="FILE", help="append audit lines here; - for stdout")
    serve.add_argument(
        "--max-requests-inflight",
        type=int,
        default=defaults.max_requests_inflight,
        metavar="N",
        help="more at a time get 429; 0 for no limit (default: %(default)s)",
    )
    serve.add_argument(
        "--show-hidden-spans-for-version", default="", metavar="X.Y", help="the release before; emit what it still did"
    )
    serve.add_argument(
        "--disable-spans", type=parse_disabled, default=(), metavar="NAME,...", help="spans that are not recorded"
    )
    serve.add_argument(
        "--feature-gates", default="", metavar="GATES", help=f"{TRACING_GATE}=true|false (default: true)"
    )
    serve.set_defaults(run=_serve)


def _add_webhooks(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    webhooks = _command(commands, "webhooks", "serve two example webhooks", _WEBHOOKS_EPILOG)
    webhooks.add_argument(
        "--bind-address", default="127.0.0.1", metavar="ADDRESS", help="where to listen (default: %(default)s)"
    )
    webhooks.add_argument("--port", type=int, default=9443, help="0 picks a free one (default: %(default)s)")
    webhooks.add_argument("--api-server", required=True, metavar="URL", help="whom the labelling webhook asks")
    webhooks.add_argument("--token-file", required=True, metavar="FILE", help="holds the token with which it asks")
    webhooks.add_argument(
        "--certificate-authority", default="", metavar="FILE", help="PEM file to check the API server's certificate"
    )
    webhooks.add_argument("--tracing-config-file", default="", metavar="FILE", help="how to trace")
    webhooks.set_defaults(run=_webhooks)


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "serve the API with both example webhooks, users and rules", _DEMO_EPILOG)
    demo.add_argument("--directory", default="", metavar="DIR", help="for its files (default: a temporary one)")
    demo.add_argument("--port", type=int, default=0, help="0 picks a free one (default: %(default)s)")
    demo.add_argument(
        "--endpoint", default="localhost:4317", help="where spans go, OTLP over gRPC (default: %(default)s)"
    )
    demo.set_defaults(run=_demo)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, epilog: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def server_config(flags: Sequence[str]) -> ServerConfig:
    """Return what the flags of ``reference-server serve`` say.

    Raises:
        SystemExit: a flag is wrong.
        StartupError: a feature gate is.
    """
    return _config_of(build_parser().parse_args(["serve", *flags]))


def _config_of(options: argparse.Namespace) -> ServerConfig:
    values = {name: value for name, value in vars(options).items() if name not in ("run", "feature_gates")}
    return ServerConfig(**values, feature_gates=parse_feature_gates(options.feature_gates))


def _serve(options: argparse.Namespace) -> int:
    config = _config_of(options)
    parts, tracing_setup = assemble(config)
    if tracing_setup.configuration is not None:
        tracing.configure(tracing_setup.configuration)
    tls = load_certificate(config.tls_cert_file, config.tls_private_key_file)
    server = Server(config.bind_address, config.port, build_application(parts), tls)
    try:
        run(server, _announce, "reference-server")
    finally:
        tracing.shutdown()
        parts.admission.close()
        parts.audit_log.close()
        parts.storage.close()
    return 0


def _webhooks(options: argparse.Namespace) -> int:
    try:
        token = Path(options.token_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise StartupError("--token-file", [f"{options.token_file} cannot be read: {error}"]) from error
    setup = load_tracing(options.tracing_config_file, parse_feature_gates(""), [options.api_server])
    if setup.configuration is not None:
        tracing.configure(setup.configuration)
    application = build_webhooks(options.api_server, token, options.certificate_authority)
    server = Server(options.bind_address, options.port, application)
    try:
        run(server, _announce, "the webhook server")
    finally:
        tracing.shutdown()
    return 0


def _demo(options: argparse.Namespace) -> int:
    with Demonstration(options.directory, options.port, options.endpoint) as demonstration:
        _announce(demonstration.instructions())
        return demonstration.wait()


def _announce(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
