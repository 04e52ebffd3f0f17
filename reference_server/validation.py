"""What the API server demands of objects before it stores them; every broken rule is reported at once."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

from reference_server.errors import Cause

Check = Callable[[dict[str, Any]], Iterator[Cause]]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LABEL_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_MOST_DATA_BYTES = 1024 * 1024
_MOST_ANNOTATION_BYTES = 256 * 1024


def check_dns_label(name: str) -> str | None:
    """Return what is wrong with a DNS label (RFC 1123), or None."""
    if len(name) > 63:
        return "must be no more than 63 characters"
    if not _DNS_LABEL.fullmatch(name):
        return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', e.g. 'my-name'"
    return None


def check_dns_subdomain(name: str) -> str | None:
    """Return what is wrong with a DNS subdomain (RFC 1123), or None."""
    if len(name) > 253:
        return "must be no more than 253 characters"
    if not _DNS_SUBDOMAIN.fullmatch(name):
        return (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            "e.g. 'example.com'"
        )
    return None


def check_metadata(metadata: dict[str, Any], check_name: Callable[[str], str | None]) -> Iterator[Cause]:
    """Yield what is wrong with an object's name, labels and annotations."""
    wrong = check_name(metadata["name"])
    if wrong:
        yield Cause("metadata.name", f"Invalid value: {_short(metadata['name'])}: {wrong}")
    labels = metadata.get("labels") or {}
    yield from _check_text_map("metadata.labels", labels)
    for key, value in _text_items(labels):
        yield from _check_qualified_name("metadata.labels", key)
        if len(value) > 63 or (value and not _LABEL_NAME.fullmatch(value)):
            yield Cause("metadata.labels", f"Invalid value: {_short(value)}: at most 63 of A-Z a-z 0-9 - _ .")
    annotations = metadata.get("annotations") or {}
    yield from _check_text_map("metadata.annotations", annotations)
    for key, _ in _text_items(annotations):
        yield from _check_qualified_name("metadata.annotations", key.lower())
    if sum(len(key.encode()) + len(value.encode()) for key, value in _text_items(annotations)) > _MOST_ANNOTATION_BYTES:
        message = f"Too long: may not be more than {_MOST_ANNOTATION_BYTES} bytes"
        yield Cause("metadata.annotations", message, "FieldValueTooLong")


def check_config_map(value: dict[str, Any]) -> Iterator[Cause]:
    """Yield what is wrong with the fields of a ConfigMap."""
    data, binary = value.get("data") or {}, value.get("binaryData") or {}
    yield from _check_text_map("data", data)
    yield from _check_text_map("binaryData", binary)
    size = 0
    for field, items in (("data", data), ("binaryData", binary)):
        for key, text in _text_items(items):
            size += len(text.encode())
            if len(key) > 253 or not _DATA_KEY.fullmatch(key):
                message = (
                    f"Invalid value: {_short(key)}: a valid config key must consist of alphanumerics, '-', '_' or '.'"
                )
                yield Cause(f"{field}[{_clip(key)}]", message)
    for key, text in _text_items(binary):
        if not _is_base64(text):
            yield Cause(f"binaryData[{_clip(key)}]", "Invalid value: must be base64")
    for key in sorted(set(data) & set(binary)) if isinstance(data, dict) and isinstance(binary, dict) else ():
        yield Cause(f"data[{_clip(key)}]", "Invalid value: duplicate of key present in binaryData")
    if size > _MOST_DATA_BYTES:
        yield Cause("", f"Too long: may not be more than {_MOST_DATA_BYTES} bytes", "FieldValueTooLong")
    yield from _check_type(value, "immutable", bool, "true or false")


def check_spec_and_status(value: dict[str, Any]) -> Iterator[Cause]:
    """Yield what is wrong with an object whose only own fields are the maps ``spec`` and ``status``."""
    for field in ("spec", "status"):
        yield from _check_type(value, field, dict, "a map")


def check_config_map_change(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Cause]:
    """Yield what may not change in a ConfigMap that says it is immutable."""
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield Cause("immutable", "Forbidden: field is immutable when `immutable` is set", "FieldValueForbidden")
    for field in ("data", "binaryData"):
        if (old.get(field) or {}) != (new.get(field) or {}):
            yield Cause(field, "Forbidden: field is immutable when `immutable` is set", "FieldValueForbidden")


def no_change_rules(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Cause]:
    """Yield nothing: every change is fine."""
    return iter(())


def _check_type(value: dict[str, Any], field: str, expected: type, description: str) -> Iterator[Cause]:
    found = value.get(field)
    if found is not None and not isinstance(found, expected):
        yield Cause(field, f"Invalid value: {_short(found)}: must be {description}")


def _check_text_map(field: str, items: Any) -> Iterator[Cause]:
    if not isinstance(items, dict):
        yield Cause(field, f"Invalid value: {_short(items)}: must be a map of strings")
        return
    for key, value in items.items():
        if not isinstance(value, str):
            message = f"Invalid value: {_short(value)}: must be a string; put it in quotes"
            yield Cause(f"{field}[{_clip(key)}]", message, "FieldValueTypeInvalid")


def _text_items(items: Any) -> list[tuple[str, str]]:
    if not isinstance(items, dict):
        return []
    return [(key, value) for key, value in items.items() if isinstance(value, str)]


def _check_qualified_name(field: str, key: str) -> Iterator[Cause]:
    prefix, separator, name = key.rpartition("/")
    if separator and check_dns_subdomain(prefix):
        yield Cause(field, f"Invalid value: {_short(key)}: the part before '/' must be a lowercase DNS subdomain")
    if len(name) > 63 or not _LABEL_NAME.fullmatch(name):
        yield Cause(field, f"Invalid value: {_short(key)}: the name part must be 1 to 63 of A-Z a-z 0-9 - _ .")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _short(value: Any) -> str:
    return f'"{_clip(value)}"' if isinstance(value, str) else _clip(repr(value))


def _clip(text: Any) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
