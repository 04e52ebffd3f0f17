"""What ``apply`` changes: the three-way difference between the file, the stored object and the file of last time."""

from __future__ import annotations

import json
from typing import Any

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
"""Where kubectl keeps the file of last time; with the same name both tools can be used on one object."""

Object = dict[str, Any]


def with_last_applied(wanted: Object) -> Object:
    """Return the object with itself in its annotation, to be stored."""
    metadata = wanted["metadata"]
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != ANNOTATION}
    plain = {**wanted, "metadata": {**metadata, "annotations": annotations}}
    remembered = json.dumps(plain, sort_keys=True, separators=(",", ":")) + "\n"
    return {**plain, "metadata": {**plain["metadata"], "annotations": {**annotations, ANNOTATION: remembered}}}


def apply_patch(stored: Object, wanted: Object) -> Object:
    """Return the merge patch (RFC 7396) that makes what is stored what is wanted; empty when it is already.

    What the file of last time had and this one has not is removed; what others added is left alone.

    Args:
        stored: the object as it is.
        wanted: the object of the file, from ``with_last_applied``.
    """
    return _difference(stored, wanted, _last_applied(stored))


def _last_applied(stored: Object) -> Object:
    text = (stored["metadata"].get("annotations") or {}).get(ANNOTATION, "{}")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _difference(stored: Object, wanted: Object, before: Object) -> Object:
    gone = [key for key, value in before.items() if value is not None and key not in wanted and key in stored]
    patch: Object = dict.fromkeys(gone)
    for key, value in wanted.items():
        found = stored.get(key)
        if isinstance(value, dict) and isinstance(found, dict):
            earlier = before.get(key)
            nested = _difference(found, value, earlier if isinstance(earlier, dict) else {})
            if nested:
                patch[key] = nested
        elif value != found and value not in (None, {}):
            patch[key] = value
    return patch
