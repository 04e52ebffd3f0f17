"""What is right in a declaration, and what is said when it is not; the only home of both.

A declaration is checked when it is made. The reader that makes declarations out of a syntax tree makes these same
objects, so a file is refused with the same words whether it is imported or only read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.errors import DeclarationError
from tracing_facade.registry.kinds import ITEM_TYPES, TYPE_NAMES, SpanKind, is_of_type
from tracing_facade.semantic_conventions.table import published
from tracing_facade.stability import Stability, parse_release

SENSITIVITIES = ("public", "personal", "secret")
REQUIREMENTS = ("opt_in", "recommended", "conditionally_required", "required")
"""How much a reader may count on an attribute to be there, weakest first."""

# OpenTelemetry's naming rules (semantic conventions, General: Naming), as its own registry is checked.
_NAME = pattern_on_demand(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.[a-z0-9]+(?:_[a-z0-9]+)*)*\Z")
_RESERVED = "otel"

Item = TypeVar("Item")


def check_name(value: object, where: str, field: str) -> None:
    """Refuse what is neither a dotted lower-case name nor published in the semantic conventions.

    Raises:
        DeclarationError: it is not.
    """
    if not isinstance(value, str) or not value.strip():
        raise DeclarationError(
            f"{where} {value!r} is not a name; give a non-empty string, such as 'order.items'", field
        )
    if not _NAME.match(value) and published(value) is None:
        close = _as_name(value)
        hint = f"such as {close!r}" if close else "such as 'order.items'"
        raise DeclarationError(
            f"{where} {value!r} is not a name by OpenTelemetry's rules: use lower-case words of letters, digits and "
            f"'_', joined by '.', beginning with a letter, {hint}; "
            "a name that is in use already can stay on as one of the aliases",
            field,
        )


def check_not_reserved(key: str, where: str) -> None:
    """Refuse what only OpenTelemetry itself may define.

    Raises:
        DeclarationError: the key is in the namespace ``otel``.
    """
    if key.partition(".")[0] == _RESERVED and published(key) is None:
        raise DeclarationError(
            f"{where}: the namespace 'otel' is OpenTelemetry's own; take one of this application, such as "
            f"'app.{key.partition('.')[2] or key}', or AttributeSpec.convention({key!r})",
            "key",
        )


def _as_name(value: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", value.strip()).lower()
    words = re.sub(r"[^a-z0-9.]+", "_", words)
    name = ".".join(filter(None, (part.strip("_") for part in words.split("."))))
    return name if _NAME.match(name) else ""


def check_type(value: Any, where: str) -> None:
    """Refuse what no attribute can hold.

    Raises:
        DeclarationError: it is none of the allowed types.
    """
    if not _is_hashable(value) or value not in TYPE_NAMES:
        raise DeclarationError(
            f"{where}: type {_shown(value)} is not allowed; use str, bool, int, float or a list of one of them, "
            "for example list[str]",
            "type",
        )


def checked_values(values: Any, declared: Any, where: str) -> tuple[Any, ...]:
    """Return the allowed values as a tuple.

    Raises:
        DeclarationError: one has another type than the attribute or stands there twice, or they are no sequence.
    """
    if not isinstance(values, (tuple, list)):
        raise DeclarationError(
            f"{where}: values={values!r} is not a tuple; write for example ('allow', 'deny')", "values"
        )
    item = ITEM_TYPES.get(declared, declared)
    for value in values:
        if not is_of_type(value, item):
            raise DeclarationError(
                f"{where}: {value!r} among its values is not of type {TYPE_NAMES[item]}; change the value, or the type",
                "values",
            )
    check_unique(values, f"{where} has the value", "values")
    return tuple(values)


def check_pattern(pattern: Any, declared: Any, values: Collection[Any], where: str) -> None:
    """Refuse a regular expression that cannot be applied.

    Raises:
        DeclarationError: it does not compile, or the attribute has no text to apply it to, or has ``values``.
    """
    if not isinstance(pattern, str):
        raise DeclarationError(
            f"{where}: pattern={pattern!r} is not a string; write for example '[A-Z]{{3}}'", "pattern"
        )
    if not pattern:
        return
    if ITEM_TYPES.get(declared, declared) is not str:
        raise DeclarationError(
            f"{where}: a pattern is for text and the type is {TYPE_NAMES[declared]}; leave it out, or use str",
            "pattern",
        )
    if values:
        raise DeclarationError(
            f"{where}: has both values and a pattern; the values say it all, drop the pattern", "pattern"
        )
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise DeclarationError(f"{where}: pattern {pattern!r} is no regular expression: {error}", "pattern") from error


def check_choice(value: Any, allowed: Sequence[str], where: str, field: str) -> None:
    """Refuse what is none of a few words.

    Raises:
        DeclarationError: it is none.
    """
    if not isinstance(value, str) or value not in allowed:
        import difflib  # not at the top: only mistakes need it

        close = difflib.get_close_matches(str(value), allowed, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise DeclarationError(
            f"{where}: {field}={value!r} is not allowed; use one of {', '.join(map(repr, allowed))}{hint}", field
        )


def check_stability(value: Any, where: str) -> None:
    """Refuse what is no ``Stability``.

    Raises:
        DeclarationError: it is none.
    """
    if not isinstance(value, Stability):
        allowed = ", ".join(f"Stability.{level.name}" for level in Stability)
        raise DeclarationError(f"{where}: stability {value!r} is not a Stability; use one of {allowed}", "stability")


def check_kind(value: Any, where: str) -> None:
    """Refuse what is no ``SpanKind``.

    Raises:
        DeclarationError: it is none.
    """
    if not isinstance(value, SpanKind):
        allowed = ", ".join(f"SpanKind.{kind.name}" for kind in SpanKind)
        raise DeclarationError(f"{where}: kind {value!r} is not a SpanKind; use one of {allowed}", "kind")


def check_text(value: Any, where: str, field: str) -> None:
    """Refuse what is no string.

    Raises:
        DeclarationError: it is none.
    """
    if not isinstance(value, str):
        raise DeclarationError(f"{where}: {field}={value!r} is not a string; write a sentence, or leave it out", field)


def check_slow_after(value: Any, where: str) -> None:
    """Refuse what is no time span.

    Raises:
        DeclarationError: it is no positive number.
    """
    if value is None:
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise DeclarationError(
            f"{where}: slow_after={value!r} is not a positive number of seconds; leave it out to log nothing",
            "slow_after",
        )


def checked_aliases(aliases: Any, deprecated_version: Any, name: str, where: str) -> tuple[str, ...]:
    """Return the former names as a tuple. Any text can be one: what is renamed may not keep the rules of names.

    Raises:
        DeclarationError: they are no sequence of distinct texts other than the name, or have no ``deprecated_version``,
            or that is no version.
    """
    if not isinstance(deprecated_version, str):
        raise DeclarationError(
            f"{where}: deprecated_version={deprecated_version!r} is not a string; write for example '1.4'",
            "deprecated_version",
        )
    if deprecated_version:
        _check_release(deprecated_version, where)
    if not isinstance(aliases, (tuple, list)):
        raise DeclarationError(f"{where}: aliases={aliases!r} is not a tuple; write ({aliases!r},)", "aliases")
    for alias in aliases:
        if not isinstance(alias, str) or not alias.strip() or alias == name:
            raise DeclarationError(
                f"{where}: {alias!r} among its aliases is not a former name; "
                f"give non-empty strings other than {name!r}",
                "aliases",
            )
    check_unique(aliases, f"{where} has the alias", "aliases")
    if aliases and not deprecated_version:
        raise DeclarationError(
            f"{where}: has aliases and no deprecated_version; say in which release the old name became deprecated, "
            "for example deprecated_version='1.4', since that decides how long both names are emitted",
            "aliases",
        )
    return tuple(aliases)


def _check_release(version: str, where: str) -> None:
    try:
        parse_release(version)
    except ValueError as error:
        raise DeclarationError(f"{where}: deprecated_version: {error}", "deprecated_version") from error


def checked_parts(parts: Any, kind: type[Item], field: str, example: str, where: str) -> tuple[Item, ...]:
    """Return the attributes or events of a declaration as a tuple.

    Raises:
        DeclarationError: they are no sequence, or one of them is of another kind.
    """
    if not isinstance(parts, (tuple, list)):
        what = f"one {kind.__name__}; make it a tuple with a comma, (X,)" if isinstance(parts, kind) else "not a tuple"
        raise DeclarationError(f"{where}: {field}={_shown(parts)} is {what}", field)
    for index, part in enumerate(parts):
        if not isinstance(part, kind):
            raise DeclarationError(
                f"{where}: {field}[{index}] is {_shown(part)}, not {_with_article(kind.__name__)}; write {example}",
                field,
            )
    return tuple(parts)


def check_unique(names: Iterable[Any], what: str, field: str) -> None:
    """Refuse what stands there twice.

    Raises:
        DeclarationError: something does.
    """
    seen = set()
    for name in names:
        # 1, 1.0 and True are equal and mean different things.
        if (type(name), name) in seen:
            raise DeclarationError(f"{what} {name!r} more than once; keep one of them", field)
        seen.add((type(name), name))


def check_names_and_aliases(
    parts: Sequence[Any], name_of: Callable[[Any], str], what: str, field: str
) -> Mapping[str, Any]:
    """Refuse a name that two parts of a declaration share, be it an alias of one of them; return all names.

    Raises:
        DeclarationError: there is such a name.
    """
    check_unique((name_of(part) for part in parts), what, field)
    owners = {name_of(part): part for part in parts}
    for part in parts:
        for alias in part.aliases:
            if alias in owners:
                raise DeclarationError(
                    f"{what} {alias!r}, which is an alias of {name_of(part)!r} too; drop one of them, "
                    "a former name stands for one thing only",
                    field,
                )
            owners[alias] = part
    return owners


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "AE" else f"a {noun}"


def _shown(value: Any) -> str:
    return value.__name__ if type(value) is type else repr(value)
