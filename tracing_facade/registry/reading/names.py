"""What a dotted name in a file stands for."""

from __future__ import annotations

import ast

from tracing_facade.registry.reading.files import Files, module_file
from tracing_facade.registry.reading.module import Binding, Bound, Imported, ParsedModule, parse
from tracing_facade.registry.reading.places import Refused

_FACADE = {"tracing_facade", "tracing_facade.registry", "tracing_facade.stability"}
_KINDS = ("SpanSpec", "EventSpec", "AttributeSpec", "SpanKind", "Stability")
_MOST_HOPS = 16


class Modules:
    """The files that have been looked into, each parsed once.

    Args:
        files: where they are.
    """

    def __init__(self, files: Files) -> None:
        self.files = files
        self._found: dict[tuple[str, str], tuple[str, bytes] | None] = {}
        self._parsed: dict[str, ParsedModule | None] = {}

    def imported(self, importing: ParsedModule, module: str, having: bytes = b"") -> ParsedModule | None:
        """Return the module that a file imports, if it is at hand and can be parsed.

        Args:
            importing: the file.
            module: what it imports.
            having: do not even parse a module that lacks this.
        """
        asked = (importing.path, module)
        if asked not in self._found:
            self._found[asked] = module_file(self.files, importing.path, module)
        found = self._found[asked]
        if found is None or having not in found[1]:
            return None
        path, data = found
        if path not in self._parsed:
            try:
                self._parsed[path] = parse(path, data)
            except Refused:
                self._parsed[path] = None
        return self._parsed[path]

    def facade_name(self, module: ParsedModule, node: ast.expr, hops: int = 0) -> str:
        """Return what a node means in the facade, such as ``SpanSpec`` or ``Stability.STABLE``; empty for the rest."""
        full = self.full_name(module, node, hops)
        for prefix in _FACADE:
            rest = full.removeprefix(f"{prefix}.")
            if rest != full and rest.partition(".")[0] in _KINDS:
                return rest
        return ""

    def full_name(self, module: ParsedModule, node: ast.expr, hops: int = 0) -> str:
        """Return the dotted name under which a name or attribute was imported; empty when it was not."""
        if hops > _MOST_HOPS:
            return ""
        if isinstance(node, ast.Attribute):
            above = self.full_name(module, node.value, hops + 1)
            return f"{above}.{node.attr}" if above else ""
        if not isinstance(node, ast.Name):
            return ""
        return self._of_binding(module, module.bindings.get(node.id), hops)

    def _of_binding(self, module: ParsedModule, binding: Binding | None, hops: int) -> str:
        if isinstance(binding, Bound):
            return self.full_name(module, binding.value, hops + 1)
        if not isinstance(binding, Imported):
            return ""
        dot = "" if binding.module.endswith(".") else "."
        full = f"{binding.module}{dot}{binding.name}" if binding.name else binding.module
        if not binding.name or binding.module in _FACADE or hops > _MOST_HOPS:
            return full
        # A module of the code base may pass the facade's names on.
        source = self.imported(module, binding.module, having=b"tracing_facade")
        further = source.bindings.get(binding.name) if source else None
        return (source and self._of_binding(source, further, hops + 1)) or full
