"""The conversation with a webhook, ``admission.k8s.io/v1 AdmissionReview``: pure building and reading of messages."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from reference_server.patches import PatchError, json_patch
from reference_server.users import User

API_VERSION = "admission.k8s.io/v1"


class ReviewError(Exception):
    """The webhook's answer cannot be understood."""


@dataclass(frozen=True)
class Change:
    """A change that is about to be made.

    Args:
        operation: ``CREATE``, ``UPDATE`` or ``DELETE``.
        plural: the resource, for example ``configmaps``.
        kind: for example ``ConfigMap``.
        namespace: empty for cluster scope.
        name: which object; empty while the server has yet to generate it.
        user: who wants it.
        old: the stored object, for updates and deletions.
        dry_run: whether the change is only tried.
    """

    operation: str
    plural: str
    kind: str
    namespace: str
    name: str
    user: User
    old: dict[str, Any] | None
    dry_run: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a webhook answered.

    Args:
        allowed: whether the change may go on.
        message: why not.
        code: the HTTP status for a refusal.
        patch: operations of a JSON Patch, or None.
        warnings: to show to the user.
    """

    allowed: bool
    message: str = ""
    code: int = 403
    patch: list[Any] | None = None
    warnings: tuple[str, ...] = ()


def build_review(uid: str, change: Change, value: dict[str, Any] | None) -> dict[str, Any]:
    """Return the question to a webhook.

    Args:
        uid: the answer must repeat it.
        change: what is about to happen.
        value: the object as it would be stored; None for deletions.
    """
    resource = {"group": "", "version": "v1", "resource": change.plural}
    kind = {"group": "", "version": "v1", "kind": change.kind}
    request: dict[str, Any] = {
        "uid": uid,
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": change.name,
        "operation": change.operation,
        "userInfo": {"username": change.user.name, "uid": change.user.uid, "groups": list(change.user.groups)},
        "object": value,
        "oldObject": change.old,
        "dryRun": change.dry_run,
        "options": None,
    }
    if change.namespace:
        request["namespace"] = change.namespace
    return {"apiVersion": API_VERSION, "kind": "AdmissionReview", "request": request}


def read_review(uid: str, body: bytes) -> Verdict:
    """Return what a webhook answered.

    Raises:
        ReviewError: it is not an answer to the question with this uid.
    """
    try:
        review = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ReviewError(f"the answer is not JSON: {error}") from error
    if not isinstance(review, dict) or (review.get("apiVersion"), review.get("kind")) != (
        API_VERSION,
        "AdmissionReview",
    ):
        raise ReviewError(f"the answer is not an AdmissionReview of {API_VERSION}")
    response = review.get("response")
    if not isinstance(response, dict) or response.get("uid") != uid:
        raise ReviewError(f"the answer has no response with uid {uid}")
    if not isinstance(response.get("allowed"), bool):
        raise ReviewError("the answer does not say whether the change is allowed (response.allowed: true or false)")
    return Verdict(response["allowed"], *_refusal(response), _patch(response), _warnings(response))


def patched(value: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    """Return the object as the webhook wants it.

    Raises:
        ReviewError: its patch does not fit.
    """
    if not verdict.patch:
        return value
    try:
        result = json_patch(value, verdict.patch)
    except PatchError as error:
        raise ReviewError(f"the patch cannot be applied: {error}") from error
    if not isinstance(result, dict) or not isinstance(result.get("metadata"), dict):
        raise ReviewError("the patch makes something of the object that is no object any more")
    return result


def _refusal(response: dict[str, Any]) -> tuple[str, int]:
    status = response.get("status")
    found = status if isinstance(status, dict) else {}
    message, code = found.get("message") or "", found.get("code")
    valid = isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600
    return str(message), code if valid and isinstance(code, int) else 403


def _patch(response: dict[str, Any]) -> list[Any] | None:
    encoded = response.get("patch")
    if encoded is None:
        return None
    if response.get("patchType") != "JSONPatch":
        raise ReviewError(f"patchType {response.get('patchType')!r} is unknown; it must be 'JSONPatch'")
    try:
        operations = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, TypeError, ValueError, RecursionError) as error:
        raise ReviewError(f"the patch is not base64-encoded JSON: {error}") from error
    if not isinstance(operations, list):
        raise ReviewError("the patch is not a list of operations")
    return operations


def _warnings(response: dict[str, Any]) -> tuple[str, ...]:
    found = response.get("warnings")
    return tuple(item[:256] for item in found if isinstance(item, str)) if isinstance(found, list) else ()
