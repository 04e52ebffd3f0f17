"""Ask the API server: one HTTP request per call, its refusals turned into errors that can be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from reference_server.client.errors import RefctlError, ServerRefused, ServerUnreachable
from reference_server.resources import Resource

_CONNECT_SECONDS, _READ_SECONDS = 10.0, 60.0
_PAGE = 500
_WARNING = re.compile(r'299 - "((?:[^"\\]|\\.)*)"')

Object = dict[str, Any]
Headers = Mapping[str, str]


class ApiClient:
    """The API server, as refctl asks it.

    Args:
        server: its URL; without a scheme it is HTTP.
        token: shown as bearer token; empty for none.
        certificate_authority: PEM file to check its certificate; empty for the public authorities.
        headers: sent with every request.
        on_answer: gets the headers of every answer.
        on_warning: gets what the server warns of.

    Raises:
        RefctlError: the URL or the token cannot be used.
    """

    def __init__(
        self,
        server: str,
        token: str = "",
        certificate_authority: str = "",
        *,
        headers: Headers | None = None,
        on_answer: Callable[[Headers], None] = lambda headers: None,
        on_warning: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._base = _base_url(server)
        self._on_answer = on_answer
        self._on_warning = on_warning
        self._session = requests.Session()
        self._session.trust_env = False  # a .netrc would replace the token
        self._session.verify = certificate_authority or True
        self._session.headers.update({"Accept": "application/json", "User-Agent": "refctl", **(headers or {})})
        if token:
            self._session.headers["Authorization"] = f"Bearer {_checked_token(token)}"

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        """Return one object."""
        return self._call("GET", _path(resource, namespace, name))

    def list(self, resource: Resource, namespace: str, selector: str = "") -> Object:
        """Return the list of objects that the selector matches, all pages of it; no namespace means all of them."""
        query = {"limit": str(_PAGE), **({"labelSelector": selector} if selector else {})}
        pages = list(self._pages(_path(resource, namespace), query))
        last = pages[-1]
        metadata = {key: value for key, value in last.get("metadata", {}).items() if key != "continue"}
        return {**last, "metadata": metadata, "items": [item for page in pages for item in page.get("items", [])]}

    def create(self, resource: Resource, namespace: str, value: Object) -> Object:
        """Store a new object and return it as it is stored."""
        return self._call("POST", _path(resource, namespace), value)

    def merge(self, resource: Resource, namespace: str, name: str, patch: Object) -> Object:
        """Merge a patch into an object (RFC 7396) and return it as it is stored."""
        return self._call("PATCH", _path(resource, namespace, name), patch, "application/merge-patch+json")

    def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Remove an object."""
        self._call("DELETE", _path(resource, namespace, name))

    def close(self) -> None:
        """Close what is open."""
        self._session.close()

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Object]:
        while True:
            page = self._call("GET", path, query=query)
            yield page
            following = page.get("metadata", {}).get("continue")
            if not following:
                return
            query = {**query, "continue": following}

    def _call(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        media_type: str = "application/json",
        query: Mapping[str, str] | None = None,
    ) -> Object:
        parameters = {**(query or {}), **({"fieldValidation": "Strict"} if method in ("POST", "PATCH") else {})}
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": media_type}
        try:
            response = self._session.request(
                method,
                self._base + path,
                params=parameters,
                data=data,
                headers=headers,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
            )
        except (requests.RequestException, OSError) as error:
            raise ServerUnreachable(_unreachable(self._base, error)) from error
        self._on_answer(response.headers)
        for warning in _WARNING.findall(response.headers.get("Warning", "")):
            self._on_warning(re.sub(r"\\(.)", r"\1", warning))
        return _read(response)


def _read(response: requests.Response) -> Object:
    try:
        value = response.json()
    except ValueError:
        value = None
    if response.status_code >= 300:
        known = isinstance(value, dict) and value.get("kind") == "Status"
        status = value if known else {"message": f"status {response.status_code} without an explanation"}
        raise ServerRefused(response.status_code, status)
    if not isinstance(value, dict):
        raise RefctlError(f"error: what answers at {response.url} is no API server: its answer is no JSON object")
    return value


def _base_url(server: str) -> str:
    url = server if "://" in server else f"http://{server}"
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise RefctlError(
            f"error: {server!r} is no URL of a server; give --server or REFCTL_SERVER such as https://127.0.0.1:6443"
        )
    return url.rstrip("/")


def _checked_token(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise RefctlError("error: the token has characters that no token has; check --token or REFCTL_TOKEN")
    return token


def _path(resource: Resource, namespace: str, name: str = "") -> str:
    place = f"/namespaces/{quote(namespace, safe='')}" if resource.namespaced and namespace else ""
    return f"/api/v1{place}/{resource.plural}{f'/{quote(name, safe=str())}' if name else ''}"


def _unreachable(base: str, error: Exception) -> str:
    where = urlsplit(base).netloc
    root = _root(error)
    if isinstance(root, ConnectionRefusedError):
        return f"The connection to the server {where} was refused - did you specify the right host or port?"
    if isinstance(error, requests.exceptions.SSLError):
        hint = "give the authority that signed its certificate with --certificate-authority"
        return f"Unable to connect to the server {where}: {root}; {hint}"
    if isinstance(error, requests.Timeout):
        return f"Unable to connect to the server {where}: it did not answer in time"
    return f"Unable to connect to the server {where}: {root}"


def _root(error: BaseException) -> BaseException:
    """Return the innermost reason; requests and urllib3 wrap it in arguments, reasons and contexts."""
    while True:
        reason = getattr(error, "reason", None)
        wrapped = reason if isinstance(reason, BaseException) else next(iter(error.args), None)
        inner = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__
        if inner is None:
            return error
        error = inner
