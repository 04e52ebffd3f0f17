"""Read YAML and JSON so that nothing is guessed: no duplicate keys, no aliases, only values JSON has."""

from __future__ import annotations

import json
from typing import Any

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _StrictLoader(yaml.SafeLoader):
    """Refuses what would be read differently from how it looks."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML reads this table from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # A few lines of aliases can stand for gigabytes of values ("billion laughs").
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.constructor.ConstructorError(None, None, "aliases (*name) are not allowed", mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # How PyYAML says that "!!bool maybe" and "!!map [a]" are none.
            raise _refused(node, f"what is there is no {node.tag!r}") from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _text_key(self.construct_object(key_node, deep=True), key_node)
            if key in mapping:
                raise _refused(key_node, f"key {key!r} appears twice; keep one of them")
            mapping[key] = self.construct_object(value_node, deep=True)
        return mapping


def _text_key(key: Any, node: yaml.Node) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (bool, int)):
        return json.dumps(key)
    raise _refused(node, f"key {key!r} is not text; put it in quotes")


def _refused(node: yaml.Node, message: str) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def _construct_mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def parse_yaml(text: str | bytes) -> Any:
    """Return the one document in ``text``.

    Raises:
        ValueError: it is no YAML, or YAML that could be misread; the message has line and column.
    """
    return _sound(_load_yaml(text))


def parse_yaml_documents(text: str | bytes) -> list[Any]:
    """Return every document in ``text``, separated by ``---``, leaving out empty ones.

    Raises:
        ValueError: as ``parse_yaml``.
    """
    try:
        found = list(yaml.load_all(text, Loader=_StrictLoader))
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        raise ValueError(_one_line(error)) from error
    return [_sound(document) for document in found if document is not None]


def parse_json(text: bytes) -> Any:
    """Return the value in ``text``.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("the value is nested too deeply") from error
    return _sound(value) if b"\\u" in text else value


def _load_yaml(text: str | bytes) -> Any:
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        raise ValueError(_one_line(error)) from error


def _sound(value: Any) -> Any:
    """Return ``value`` if it can be written as JSON in UTF-8."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, RecursionError, UnicodeError) as error:
        raise ValueError(f"a value cannot be written as JSON: {_one_line(error)}") from error
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
