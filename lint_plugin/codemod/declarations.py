"""The declarations of spans that go to the top of a module: their names, and what they declare."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lint_plugin.codemod.allowed_names import is_allowed
from lint_plugin.codemod.declared_attributes import Seen
from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.value_kinds import joined_kind
from tracing_facade.registry import AttributeSpec, EventSpec

_WORDS = re.compile(r"[A-Za-z0-9]+")
_INDENT = "    "


@dataclass
class _Declaration:
    """One declaration to be written: types of attributes by key, and the same for each event."""

    span: str
    kind: str
    attributes: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)

    def note(self, seen: Seen) -> None:
        """Add an attribute or event; one that has values of two types has none that could be declared."""
        if seen.event:
            keys = self.events.setdefault(seen.event, {})
        else:
            keys = self.attributes
        if seen.key:
            keys[seen.key] = joined_kind(keys.get(seen.key, seen.kind), seen.kind)

    def code(self, facade: str) -> str:
        """Return the declaration as code, on one line when it has no parts."""
        first = f"{facade}.SpanSpec("
        kind = f"kind={facade}.SpanKind.{self.kind}"
        parts = [*_listed("attributes", _attributes(self.attributes, facade))]
        events = [_event(name, keys, facade) for name, keys in self.events.items() if is_allowed(EventSpec, name)]
        parts += _listed("events", events)
        if not parts:
            return f"{first}{_quoted(self.span)}, {kind})"
        return "\n".join([first, *(f"{_INDENT}{part}" for part in (f"{_quoted(self.span)},", f"{kind},", *parts)), ")"])


class Declarations:
    """The new declarations of one file.

    Args:
        facts: the file; declarations that it has already are used again.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._taken = {node.id for node in facts.all_of(ast.Name)} | set(dir(builtins))
        self._taken |= {variable.name for variable in facts.scopes.all_variables()}
        self._known = {(span, kind): name for span, kind, name in self._declared()}
        self._new: dict[str, _Declaration] = {}

    def _declared(self) -> Iterable[tuple[str, str, str]]:
        """Yield name, kind and variable of the spans that the module declares."""
        for statement in self._facts.tree.body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                continue
            call = statement.value
            if not isinstance(call, ast.Call) or self._facts.origin(call.func) != "tracing_facade.SpanSpec":
                continue
            kinds = [found.value for found in call.keywords if found.arg == "kind"]
            if call.args and isinstance(call.args[0], ast.Constant) and kinds and isinstance(kinds[0], ast.Attribute):
                yield str(call.args[0].value), kinds[0].attr, statement.targets[0].id

    def name_for(self, span: str, kind: str, seen: Iterable[Seen]) -> str:
        """Return the variable of a declaration, made when there is none yet.

        Args:
            span: the span's name, after which a new variable is called.
            kind: its kind.
            seen: what it is given, which a new declaration declares where the type is known.
        """
        name = self._known.get((span, kind))
        if name is None:
            name = self._known[span, kind] = self._free_name("_".join(_WORDS.findall(span)).upper() or "SPAN")
            self._new[name] = _Declaration(span, kind)
        for one in seen if name in self._new else ():
            self._new[name].note(one)
        return name

    def statements(self, facade: str) -> tuple[str, ...]:
        """Return the statements to add, in the order in which they were asked for."""
        return tuple(f"{name} = {declaration.code(facade)}" for name, declaration in self._new.items())

    def _free_name(self, base: str) -> str:
        base = f"SPAN_{base}" if base[0].isdigit() or keyword.iskeyword(base) else base
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name


def _attributes(kinds: dict[str, str], facade: str) -> list[str]:
    """Return the attributes whose type is known; a text is what they are by default."""
    known = {key: kind for key, kind in kinds.items() if kind and is_allowed(AttributeSpec, key)}
    return [
        f"{facade}.AttributeSpec({_quoted(key)}{'' if kind == 'str' else f', {kind}'})" for key, kind in known.items()
    ]


def _event(name: str, kinds: dict[str, str], facade: str) -> str:
    attributes = _attributes(kinds, facade)
    inner = f", attributes=({', '.join(attributes)},)" if attributes else ""
    return f"{facade}.EventSpec({_quoted(name)}{inner})"


def _listed(name: str, items: list[str]) -> list[str]:
    return [f"{name}=(", *(f"{_INDENT}{item}," for item in items), "),"] if items else []


def _quoted(text: str) -> str:
    return f'"{text}"'
