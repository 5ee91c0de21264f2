"""YAML as a reader of records means it: plain numbers, no key twice, no alias, known lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor

# What the YAML library lets through when a value is not of the type it looks like (2001-99-99).
_NOT_A_VALUE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class NotYaml(Exception):
    """The text cannot be read: what is wrong, the line where that is known, and what helps."""

    def __init__(self, message: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.hint = message, line, hint


def parse_yaml(text: str) -> tuple[object, dict[str, int]]:
    """The value of one YAML document.

    Returns:
        The value; and key path (`arms.0.product`, "" for the whole) → line.

    Raises:
        NotYaml: with the line of the first mistake.
    """
    try:
        node, data = _read(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark is not None else None
        raise NotYaml(f"not readable as YAML: {problem}", line, "mend the syntax") from None
    except RecursionError:
        raise NotYaml("the file is nested too deeply") from None
    except _NOT_A_VALUE as error:
        raise NotYaml(f"a value cannot be read: {error}") from None
    lines: dict[str, int] = {"": 1}
    if node is not None:
        _key_lines(node, "", lines)
    return data, lines


class _Rules(Composer, SafeConstructor):
    """Safe loading that refuses duplicate keys and aliases (which can grow without bound).

    Nodes are made in Python, where deep nesting ends in a RecursionError and not on the C stack.
    """

    # Both come with the parser that is mixed in below.
    check_event: Callable[..., bool]
    peek_event: Callable[[], yaml.Event]

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            return super().construct_object(node, deep=deep)
        except _NOT_A_VALUE as error:
            raise ConstructorError(
                None, None, f"a value cannot be read: {error}", node.start_mark
            ) from None

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(None, None, "aliases (*name) are not read", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise ConstructorError(None, None, "a key is a plain name", key_node.start_mark)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _Judge(_Rules, yaml.SafeLoader):
    """The pure Python parser: what is YAML, and the words and lines of what is not."""


def _plain_number(loader: Any, node: yaml.ScalarNode) -> object:
    """A number as a reader means it: YAML would take 010 for 8 and 1:30 for 90."""
    text = str(node.value)
    if ":" in text or re.fullmatch(r"[-+]?0[\d_]+", text):
        raise yaml.MarkedYAMLError(
            None, None, f"{text} is not a plain decimal number", node.start_mark
        )
    whole = node.tag.endswith(":int")
    return loader.construct_yaml_int(node) if whole else loader.construct_yaml_float(node)


for _kind in ("int", "float"):
    _Rules.add_constructor(f"tag:yaml.org,2002:{_kind}", _plain_number)


def _read(text: str) -> tuple[yaml.Node | None, object]:
    if yaml.__with_libyaml__:
        # The same events some ten times sooner. What it refuses is judged once more, so that the
        # words and the line of a complaint do not hang on how the wheel was built.
        try:
            return _node_and_value(_fast(text))
        except yaml.YAMLError:
            pass
    return _node_and_value(_Judge(text))


def _fast(text: str) -> _Rules:
    """A loader on libyaml's parser, which not every build of the library has."""

    class Fast(_Rules, yaml.CSafeLoader):
        def __init__(self) -> None:
            yaml.CSafeLoader.__init__(self, text)
            Composer.__init__(self)

    return Fast()


def _node_and_value(loader: Any) -> tuple[yaml.Node | None, object]:
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _key_lines(node: yaml.Node, path: str, lines: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            child = f"{path}.{key.value}" if path else str(key.value)
            lines[child] = key.start_mark.line + 1
            _key_lines(value, child, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            child = f"{path}.{index}"
            lines[child] = value.start_mark.line + 1
            _key_lines(value, child, lines)
