"""A first look at an SBML text, before any library builds a tree from it.

Files come from strangers. This streaming pass bounds size and depth, refuses document types and
entities (the doors to file access and exponential growth), and names the line of broken XML.

Formulas have a bound of their own, on operands and nesting together: libSBML makes a sum of n
terms a tree that is n deep, walks it recursively (its stack ends a process, not a call), and
counts along the list of operands for each of them.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from virtualskin.engine.errors import UnsupportedSBML

MAX_BYTES: Final = 40_000_000  # not science: file bound
# libSBML keeps about a kilobyte for each, so that no text asks for more than two gigabytes
MAX_ELEMENTS: Final = 1_000_000  # not science: file bound
# namespaces are declared as attributes, and libSBML looks for each among all of them
MAX_ATTRIBUTES: Final = 100  # not science: file bound
# MathML nests one element per operator; the readers above walk it recursively
MAX_DEPTH: Final = 200  # not science: file bound
# the longest way from a formula's root to a leaf, each operand counted as a level
MAX_HEIGHT: Final = 2000  # not science: file bound


def guard(text: str) -> None:
    """Raise `UnsupportedSBML` unless the text is well-formed, within bounds, without entities."""
    data = text.encode("utf-8", errors="surrogatepass")
    if len(data) > MAX_BYTES:
        raise UnsupportedSBML(
            f"The SBML text is {len(data)} bytes long; at most {MAX_BYTES} are read.",
            hint="Split the model or remove annotations.",
        )
    parser = expat.ParserCreate("utf-8")
    depth = elements = 0
    # of the elements that are open and belong to a formula: name and height so far
    heights: list[tuple[str, int]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if elements > MAX_ELEMENTS:
            raise UnsupportedSBML(
                f"The SBML text has more than {MAX_ELEMENTS} XML elements.",
                where=f"<{name}> line {parser.CurrentLineNumber}",
                hint="Split the model or remove annotations.",
            )
        if len(attributes) > MAX_ATTRIBUTES:
            raise UnsupportedSBML(
                f"An element has more than {MAX_ATTRIBUTES} attributes.",
                where=f"<{name}> line {parser.CurrentLineNumber}",
                hint="Save the model again with the tool that made it.",
            )
        if heights or name.rpartition(":")[2] == "math":
            heights.append((name, 0))
        if depth > MAX_DEPTH:
            raise UnsupportedSBML(
                f"Elements nest deeper than {MAX_DEPTH}.",
                where=f"<{name}> line {parser.CurrentLineNumber}",
                hint="Split the formula into assignment rules.",
            )

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if not heights:
            return
        _, height = heights.pop()
        if not heights:
            return
        holder, before = heights.pop()
        height = max(before, height) + 1
        heights.append((holder, height))
        if height > MAX_HEIGHT:
            raise UnsupportedSBML(
                f"A formula has more than {MAX_HEIGHT} operands and levels in a row.",
                where=f"<{holder}> line {parser.CurrentLineNumber}",
                hint="Split the formula into assignment rules.",
            )

    def doctype(name: str, *_: object) -> None:
        raise UnsupportedSBML(
            "A document type declaration is refused: SBML has none, and entities are unsafe.",
            where=f"<!DOCTYPE {name}> line {parser.CurrentLineNumber}",
            hint="Remove the declaration.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnsupportedSBML(
            f"The SBML text is not well-formed XML: {expat.ErrorString(error.code)}.",
            where=f"line {error.lineno}",
            hint="Save the model again with the tool that made it.",
        ) from error
