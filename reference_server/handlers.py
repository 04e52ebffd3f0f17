"""Get, list, create, update, patch and delete: what the server does with objects once a request may do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.wrappers import Request, Response

import tracing_facade as tracing
from reference_server import objects, patches, spans
from reference_server.admission.review import Change
from reference_server.admission.webhooks import Admission
from reference_server.bodies import decode_object, read_body
from reference_server.errors import (
    AlreadyExists,
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    UnsupportedMediaType,
)
from reference_server.parameters import ChangeParameters, make_continue, read_change_parameters, read_list_parameters
from reference_server.request_info import COLLECTION_VERBS, OBJECT_VERBS, RequestInfo
from reference_server.resources import NAMESPACES, Resource
from reference_server.responses import JSON, negotiate, object_response
from reference_server.storage.interface import (
    Key,
    KeyMissing,
    KeyTaken,
    PreconditionFailed,
    Preconditions,
    Storage,
)
from reference_server.users import User

_MOST_ATTEMPTS = 5

_PATCH_TYPES: dict[str, Callable[[Any, Any], Any]] = {
    "application/json-patch+json": patches.json_patch,
    "application/merge-patch+json": patches.merge_patch,
    "application/strategic-merge-patch+json": patches.strategic_merge_patch,
}

Stored = dict[str, Any]


class Handlers:
    """Answers the requests that are about objects.

    Args:
        storage: where objects are.
        admission: who must agree to changes.
    """

    def __init__(self, storage: Storage, admission: Admission) -> None:
        self._storage = storage
        self._admission = admission
        self._handlers = {
            "get": (spans.GET, self._get),
            "list": (spans.LIST, self._list),
            "create": (spans.CREATE, self._create),
            "update": (spans.UPDATE, self._update),
            "patch": (spans.PATCH, self._patch),
            "delete": (spans.DELETE, self._delete),
        }

    def handle(self, request: Request, info: RequestInfo, resource: Resource, user: User) -> Response:
        """Answer one request inside the span of its verb.

        Raises:
            StatusError: the answer is no.
        """
        spec, handler = self._handlers.get(info.verb, (None, None))
        if spec is None or handler is None or not _is_allowed(request, info, resource):
            raise _method_not_allowed(info, resource)
        with tracing.start_span(spec) as span:
            if span.is_recording():
                span.set_attributes(_describe(request, info, resource))
            try:
                return handler(_Call(request, info, resource, user, negotiate(request.headers.get("Accept", "")), span))
            except RecursionError as error:
                raise BadRequest("the body is nested too deeply") from error

    def _get(self, call: _Call) -> Response:
        with _as_status(call.resource):
            return call.answer(self._storage.get(call.key()))

    def _list(self, call: _Call) -> Response:
        wanted = read_list_parameters(call.request.args)
        plural, namespace = call.resource.plural, call.info.namespace
        after = Key(plural, *wanted.after) if wanted.after else None
        found = self._storage.list(plural, namespace, matches=wanted.matches, limit=wanted.limit, after=after)
        call.span.add_event(spans.OBJECTS_LISTED)
        call.span.set_attribute(spans.ITEMS.key, len(found.items))
        metadata = {"resourceVersion": found.resource_version}
        if found.next_key is not None:
            metadata["continue"] = make_continue(found.next_key.namespace, found.next_key.name)
        kind = f"{call.resource.kind}List"
        return call.answer({"kind": kind, "apiVersion": "v1", "metadata": metadata, "items": found.items})

    def _create(self, call: _Call) -> Response:
        parameters = read_change_parameters(call.request.args)
        value, warnings = self._read_object(call, parameters)
        value = objects.prepare_new(call.resource, value)
        call.span.add_event(spans.OBJECT_DECODED)
        value = self._admit(call, "CREATE", value, None, parameters, warnings)
        namespace = call.info.namespace
        inside = Key(NAMESPACES.plural, "", namespace) if namespace else None
        with _as_status(call.resource):
            key = call.key(value["metadata"]["name"])
            stored = self._storage.create(key, value, inside=inside, dry_run=parameters.dry_run)
        call.span.add_event(spans.OBJECT_STORED)
        return call.answer(stored, 201, warnings)

    def _update(self, call: _Call) -> Response:
        parameters = read_change_parameters(call.request.args)
        value, warnings = self._read_object(call, parameters)
        return self._change(call, parameters, lambda old: value, warnings)

    def _patch(self, call: _Call) -> Response:
        parameters = read_change_parameters(call.request.args)
        apply = _PATCH_TYPES.get(call.request.mimetype)
        if apply is None:
            raise UnsupportedMediaType(
                f"the body of the request was in an unknown format - accepted media types include: "
                f"{', '.join(_PATCH_TYPES)}; Content-Type says {call.request.mimetype!r}"
            )
        patch = decode_object(read_body(call.request), JSON)
        call.span.add_event(spans.BODY_READ)
        warnings: list[str] = []

        def patched(old: Stored) -> Stored:
            value = objects.check_identity(
                call.resource, _apply_patch(apply, old, patch, call), call.info.namespace, call.info.name
            )
            call.span.add_event(spans.PATCH_APPLIED)
            value, warnings[:] = objects.check_fields(call.resource, value, parameters.field_validation)
            return value

        return self._change(call, parameters, patched, warnings)

    def _delete(self, call: _Call) -> Response:
        if call.info.name in call.resource.protected:
            what = f'{call.resource.plural} "{call.info.name}"'
            raise Forbidden(f"{what} is forbidden: this {call.resource.singular} may not be deleted")
        options = self._read_delete_options(call)
        parameters = read_change_parameters(call.request.args)
        dry_run = parameters.dry_run or options.get("dryRun") == ["All"]
        key = call.key()
        with _as_status(call.resource):
            old = self._storage.get(key)
            change = call.change("DELETE", key.name, old, dry_run)
            warnings = self._admission.mutate(change, None).warnings + self._admission.validate(change, None)
            call.span.add_event(spans.ADMISSION_PASSED)
            contents = key.name if call.resource is NAMESPACES else ""
            wanted = Preconditions(**_preconditions(options))
            self._storage.delete(key, wanted, contents=contents, dry_run=dry_run)
        call.span.add_event(spans.OBJECT_DELETED)
        details = {"name": key.name, "kind": key.resource, "uid": old["metadata"]["uid"]}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
        return call.answer(status, 200, warnings)

    # What several verbs share

    def _change(
        self, call: _Call, parameters: ChangeParameters, new_state: Callable[[Stored], Stored], warnings: list[str]
    ) -> Response:
        """Replace an object; when somebody else was quicker, do it again on what they left."""
        with _as_status(call.resource):
            for _ in range(_MOST_ATTEMPTS):
                old = self._storage.get(call.key())
                told = list(warnings)
                value = self._new_state(call, parameters, old, new_state(old), told)
                wanted = Preconditions(resource_version=old["metadata"]["resourceVersion"])
                try:
                    stored = self._storage.update(call.key(), value, wanted, dry_run=parameters.dry_run)
                except PreconditionFailed:
                    call.span.add_event(spans.CHANGED_MEANWHILE)
                    continue
                call.span.add_event(spans.OBJECT_STORED)
                return call.answer(stored, 200, told)
        why = f"it was changed by others {_MOST_ATTEMPTS} times meanwhile; please try again"
        raise Conflict.object(call.resource.plural, call.info.name, why)

    def _new_state(
        self, call: _Call, parameters: ChangeParameters, old: Stored, value: Stored, warnings: list[str]
    ) -> Stored:
        version = value["metadata"].get("resourceVersion")
        if version not in (None, "", old["metadata"]["resourceVersion"]):
            why = "the object has been modified; please apply your changes to the latest version and try again"
            raise Conflict.object(call.resource.plural, call.info.name, why)
        value = objects.prepare_change(call.resource, old, value)
        call.span.add_event(spans.OBJECT_DECODED)
        return self._admit(call, "UPDATE", value, old, parameters, warnings)

    def _admit(
        self,
        call: _Call,
        operation: str,
        value: Stored,
        old: Stored | None,
        parameters: ChangeParameters,
        warnings: list[str],
    ) -> Stored:
        name = value["metadata"]["name"]
        change = call.change(operation, name, old, parameters.dry_run)
        admitted = self._admission.mutate(change, value)
        assert admitted.value is not None  # only deletions have no object
        changed = objects.check_identity(call.resource, admitted.value, call.info.namespace, name)
        objects.check_rules(call.resource, changed, old)
        warnings += admitted.warnings + self._admission.validate(change, changed)
        call.span.add_event(spans.ADMISSION_PASSED)
        return changed

    def _read_object(self, call: _Call, parameters: ChangeParameters) -> tuple[Stored, list[str]]:
        body = read_body(call.request)
        call.span.add_event(spans.BODY_READ)
        decoded = decode_object(body, call.request.mimetype)
        value = objects.check_identity(call.resource, decoded, call.info.namespace, call.info.name)
        return objects.check_fields(call.resource, value, parameters.field_validation)

    def _read_delete_options(self, call: _Call) -> dict[str, Any]:
        body = read_body(call.request)
        call.span.add_event(spans.BODY_READ)
        options = decode_object(body, call.request.mimetype) if body.strip() else {}
        if not isinstance(options, dict):
            raise BadRequest("the body is not an object; send DeleteOptions or nothing")
        call.span.add_event(spans.OPTIONS_DECODED)
        return options


class _Call:
    """One request on its way through a handler, with what every step needs."""

    def __init__(
        self, request: Request, info: RequestInfo, resource: Resource, user: User, media_type: str, span: tracing.Span
    ) -> None:
        self.request = request
        self.info = info
        self.resource = resource
        self.user = user
        self.media_type = media_type
        self.span = span

    def key(self, name: str = "") -> Key:
        return Key(self.resource.plural, self.info.namespace, name or self.info.name)

    def change(self, operation: str, name: str, old: Stored | None, dry_run: bool) -> Change:
        return Change(
            operation, self.resource.plural, self.resource.kind, self.info.namespace, name, self.user, old, dry_run
        )

    def answer(self, value: Any, code: int = 200, warnings: list[str] | None = None) -> Response:
        return object_response(value, self.media_type, code, warnings)


@contextmanager
def _as_status(resource: Resource) -> Iterator[None]:
    """Turn the store's refusals into answers."""
    try:
        yield
    except KeyMissing as error:
        raise NotFound.object(error.key.resource, error.key.name) from error
    except KeyTaken as error:
        raise AlreadyExists.object(error.key.resource, error.key.name) from error
    except PreconditionFailed as error:
        raise Conflict.object(resource.plural, error.key.name, str(error)) from error


def _apply_patch(apply: Callable[[Any, Any], Any], old: Stored, patch: Any, call: _Call) -> Any:
    try:
        return apply(old, patch)
    except patches.PatchNotApplicable as error:
        message = f"the patch cannot be applied to {call.resource.plural} {call.info.name!r}: {error}"
        raise Invalid(message, details={"name": call.info.name, "kind": call.resource.kind}) from error
    except patches.PatchError as error:
        raise BadRequest(f"the patch is malformed: {error}") from error


def _preconditions(options: dict[str, Any]) -> dict[str, str | None]:
    found = options.get("preconditions") or {}
    wanted = (
        {"uid": found.get("uid"), "resource_version": found.get("resourceVersion")} if isinstance(found, dict) else {}
    )
    if not isinstance(found, dict) or any(not isinstance(value, (str, type(None))) for value in wanted.values()):
        raise BadRequest(f"preconditions {found!r} is not a map with the texts uid and resourceVersion")
    return wanted


def _is_allowed(request: Request, info: RequestInfo, resource: Resource) -> bool:
    if info.method not in (OBJECT_VERBS if info.name else COLLECTION_VERBS):
        return False
    if info.verb == "create":
        return bool(info.namespace) or not resource.namespaced
    return not (info.verb == "list" and request.args.get("watch", "") in ("1", "true"))


def _method_not_allowed(info: RequestInfo, resource: Resource) -> MethodNotAllowed:
    methods = OBJECT_VERBS if info.name else COLLECTION_VERBS
    return MethodNotAllowed(
        f"the server does not allow this method on the requested resource: {info.method} {info.path}"
        f"{' (watch is not served)' if info.verb == 'list' else ''}",
        allowed=methods,
    )


def _describe(request: Request, info: RequestInfo, resource: Resource) -> dict[str, Any]:
    attributes = {
        spans.VERB.key: info.verb,
        spans.API_GROUP.key: "",
        spans.API_VERSION.key: "v1",
        spans.RESOURCE.key: resource.plural,
        spans.SCOPE.key: info.scope,
        spans.AUDIT_ID.key: info.audit_id,
    }
    if info.namespace:
        attributes[spans.NAMESPACE.key] = info.namespace
    if info.name:
        attributes[spans.NAME.key] = info.name
    # Most requests have no body, and to find that out by parsing the header takes as long as to record a span.
    if request.environ.get("CONTENT_TYPE") and request.mimetype:
        attributes[spans.CONTENT_TYPE.key] = request.mimetype
    return attributes
