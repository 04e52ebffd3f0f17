"""The collector's endpoint: what Kubernetes' tracing configuration accepts, and what ours accepts besides."""

from __future__ import annotations

from typing import NamedTuple

from tracing_facade._on_demand import pattern_on_demand

KUBERNETES_SCHEMES = ("dns", "unix", "unix-abstract")
HTTP_SCHEMES = ("http", "https")

_SCHEME = pattern_on_demand(r"[A-Za-z][A-Za-z0-9+.\-]*\Z")
_ESCAPE = pattern_on_demand(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_A_URL = pattern_on_demand(r"[\x00-\x20\x7f]")


class Endpoint(NamedTuple):
    """A parsed endpoint."""

    scheme: str
    """``dns`` for plain ``host:port``."""
    host: str
    port: int | None
    path: str

    @property
    def secure(self) -> bool:
        """Whether the scheme itself asks for TLS."""
        return self.scheme == "https"


def parse_endpoint(text: str) -> Endpoint:
    """Parse an endpoint as Kubernetes does: without ``//`` it is ``dns://``.

    Raises:
        ValueError: it is no URL; the message says why.
    """
    url = text if "//" in text else f"dns://{text}"
    scheme, separator, rest = url.partition("://")
    if not separator or not _SCHEME.match(scheme):
        raise ValueError(f"{shown(text)} cannot be parsed as a URL: {shown(scheme)} is not a scheme")
    if _NOT_IN_A_URL.search(rest) or _ESCAPE.search(rest):
        raise ValueError(f"{shown(text)} cannot be parsed as a URL: white space, control characters or a bad %-escape")
    authority, slash, path = rest.partition("/")
    if scheme.lower() in ("unix", "unix-abstract"):
        return Endpoint(scheme.lower(), "", None, rest)
    if scheme.lower() == "dns" and not authority and path:
        authority, slash, path = path, "", ""
    host, port = _split_port(authority.rpartition("@")[2], text)
    return Endpoint(scheme.lower(), host, port, slash + path)


def _split_port(authority: str, text: str) -> tuple[str, int | None]:
    host, colon, port = authority.rpartition(":")
    if not colon or (port.endswith("]") and host.startswith("[")):
        return authority, None
    if port and not (port.isascii() and port.isdigit() and int(port) < 65_536):
        which = "it" if "@" in text else repr(port)
        raise ValueError(
            f"{shown(text)} cannot be parsed as a URL: {which} is not a port, which is a number up to 65535"
        )
    return host, int(port) if port else None


def endpoint_problem(text: str, *, http_allowed: bool) -> str | None:
    """Return what is wrong with an endpoint, or None."""
    try:
        endpoint = parse_endpoint(text)
    except ValueError as error:
        return str(error)
    if endpoint.scheme in HTTP_SCHEMES and http_allowed and "@" in text.partition("://")[2].partition("/")[0]:
        return f"{shown(text)} has credentials, which are not sent; put them into headers or headerFiles"
    allowed = KUBERNETES_SCHEMES + (HTTP_SCHEMES if http_allowed else ())
    if endpoint.scheme in allowed:
        return None
    hint = ""
    if endpoint.scheme in HTTP_SCHEMES:
        hint = (
            f"; Kubernetes' TracingConfiguration speaks gRPC: write {shown(text.partition('://')[2])}, "
            "or use apiVersion tracing-facade/v1, which allows http:// and https://"
        )
    return f"unsupported scheme {endpoint.scheme!r} in {shown(text)}; allowed are none, {', '.join(allowed)}{hint}"


def shown(text: str) -> str:
    """Return an endpoint in quotes, for messages and the log, without credentials that somebody has put into it."""
    before, at, after = text.rpartition("@")
    if not at:
        return repr(text)
    scheme, slashes, _ = before.partition("//")
    return repr(f"{scheme}//REDACTED@{after}" if slashes else f"REDACTED@{after}")
