"""The declaration of one attribute."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from tracing_facade.errors import DeclarationError
from tracing_facade.lean_dataclass import dataclass
from tracing_facade.registry import checks
from tracing_facade.semantic_conventions import table
from tracing_facade.stability import Stability


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute that a span or event may carry.

    Args:
        key: dotted lower-case name, for example ``"order.total"``.
        type: ``str``, ``bool``, ``int``, ``float`` or a ``list`` of one of them.
        values: all values that it, or each item of a list, may have; empty for any.
        pattern: a regular expression that the whole text must match; empty for any.
        sensitivity: ``"public"``, ``"personal"`` or ``"secret"``; the policy decides what becomes of the others.
        requirement: ``"recommended"``, ``"required"``, ``"conditionally_required"`` or ``"opt_in"``, with the meaning
            of OpenTelemetry's requirement levels.
        brief: one sentence for the reference page.
        stability: the promise made to readers of traces.
        deprecated_version: the release, such as ``"1.4"``, since which its aliases are deprecated; without aliases it
            is the attribute itself that is deprecated.
        aliases: former keys, emitted beside ``key`` during the deprecation window.

    Raises:
        DeclarationError: one of these is not as described; the message says which, and what is allowed.
    """

    key: str
    type: Any = str
    values: tuple[Any, ...] = field(default=(), kw_only=True)
    pattern: str = field(default="", kw_only=True)
    sensitivity: str = field(default="public", kw_only=True)
    requirement: str = field(default="recommended", kw_only=True)
    brief: str = field(default="", kw_only=True)
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    deprecated_version: str = field(default="", kw_only=True)
    aliases: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        checks.check_name(self.key, "AttributeSpec key", "key")
        where = f"AttributeSpec {self.key!r}"
        checks.check_not_reserved(self.key, where)
        checks.check_type(self.type, where)
        values = checks.checked_values(self.values, self.type, where)
        checks.check_pattern(self.pattern, self.type, values, where)
        checks.check_choice(self.sensitivity, checks.SENSITIVITIES, where, "sensitivity")
        checks.check_choice(self.requirement, checks.REQUIREMENTS, where, "requirement")
        checks.check_text(self.brief, where, "brief")
        checks.check_stability(self.stability, where)
        aliases = checks.checked_aliases(self.aliases, self.deprecated_version, self.key, where)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "aliases", aliases)

    @classmethod
    def convention(
        cls,
        key: str,
        *,
        open_values: bool = False,
        sensitivity: str = "public",
        requirement: str = "recommended",
        brief: str = "",
        stability: Stability | None = None,
        deprecated_version: str = "",
        aliases: tuple[str, ...] = (),
    ) -> AttributeSpec:
        """Return an attribute of OpenTelemetry's semantic conventions, with the type and values published there.

        Args:
            key: its published name; of a template, such as ``http.request.header``, a whole key.
            open_values: allow other values than those that are published. The lists of the conventions are open, so
                it is True for whoever has values of his own; a list of nothing but ``_OTHER`` is always open.
            sensitivity: see ``AttributeSpec``; so with the following.
            requirement: how much readers may count on it.
            brief: one sentence for the reference page.
            stability: at most what the conventions promise, which is the default: STABLE, or else ALPHA.
            deprecated_version: since when its aliases, or without aliases it itself, are deprecated.
            aliases: former keys.

        Raises:
            DeclarationError: nothing of that name is published, or it is deprecated, or not stable enough.
        """
        found = table.find(key)
        closed = not open_values and found.values != ("_OTHER",)
        return cls(
            key,
            found.type,
            values=found.values if closed else (),
            sensitivity=sensitivity,
            requirement=requirement,
            brief=brief,
            stability=_promise(found, stability),
            deprecated_version=deprecated_version,
            aliases=aliases,
        )


def _promise(found: table.Convention, wanted: Any) -> Any:
    most = Stability.STABLE if found.stable else Stability.ALPHA
    if isinstance(wanted, Stability) and wanted.at_most(most) is not wanted:
        raise DeclarationError(
            f"AttributeSpec {found.name!r}: cannot promise {wanted.name}, since the semantic conventions "
            f"{table.release()} may still change it; leave stability out, or declare an attribute of your own",
            "stability",
        )
    return most if wanted is None else wanted
