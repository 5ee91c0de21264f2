"""The map as SBGN-ML, in the language Activity Flow: signed influences between activities.

Activity Flow, since a drive is a signed influence and says no more. Processes stand as activities
of their own, so no edge of the map is lost: what a process makes it influences positively, what it
takes negatively. Nodes lie on a plain grid, a block for each mechanism, a band for each
compartment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from virtualskin.biology import Network, Node

NAMESPACE = "http://sbgn.org/libsbgn/0.3"
VERSION = "http://identifiers.org/combine.specifications/sbgn.af.level-1.version-1.2"
ARCS = {1: "positive influence", -1: "negative influence", 0: "unknown influence"}
INPUTS, READINGS, NOWHERE = "inputs", "readings", "algebra"
WIDTH, HEIGHT, GAP, MARGIN, LABEL = 170.0, 34.0, 14.0, 30.0, 26.0
COLUMNS, BAND_WIDTH = 3, 4200.0


@dataclass(frozen=True, slots=True)
class Box:
    """Where something lies, in pixels from the upper left."""

    x: float
    y: float
    w: float
    h: float


def sbgn_ml(network: Network) -> str:
    """The map as an SBGN-ML 0.3 document.

    Args:
        network: the map; its node ids become glyph ids with `.` as `__`.
    """
    Xml.register_namespace("", NAMESPACE)
    root = Xml.Element(_tag("sbgn"))
    page = Xml.SubElement(root, _tag("map"), {"id": "skin", "version": VERSION})
    places, bands = layout(network)
    for name, box in bands.items():
        _glyph(page, f"band_{name}", "compartment", name.replace("_", " "), box)
    for node in network.nodes:
        kind = "phenotype" if node.kind == "observable" else "biological activity"
        inside = None if node.kind == "observable" else f"band_{_band(node)}"
        glyph = _glyph(page, glyph_id(node.id), kind, _title(node), places[node.id], inside)
        if node.kind == "input":
            place = places[node.id]
            unit = Box(place.x + GAP, place.y - GAP / 2, WIDTH / 2, GAP)
            mark = f"{glyph_id(node.id)}_unit"
            _glyph(glyph, mark, "unit of information", "", unit, entity="perturbation")
    for number, edge in enumerate(network.edges, start=1):
        start, end = places[edge.source], places[edge.target]
        ends = {"source": glyph_id(edge.source), "target": glyph_id(edge.target)}
        sign = 1 if edge.kind == "produces" else edge.sign
        if edge.kind == "consumes":  # the arrow of the influence: the process lowers the state
            start, end, ends = end, start, {"source": ends["target"], "target": ends["source"]}
        fields = {"id": f"arc_{number}", "class": ARCS[sign], **ends}
        arc = Xml.SubElement(page, _tag("arc"), fields)
        for name, (x, y) in zip(("start", "end"), _ends(start, end), strict=True):
            Xml.SubElement(arc, _tag(name), {"x": f"{x:g}", "y": f"{y:g}"})
    Xml.indent(root)
    text = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def glyph_id(name: str) -> str:
    """A node's id as an XML id."""
    return f"node_{name.replace('.', '__')}"


def layout(network: Network) -> tuple[dict[str, Box], dict[str, Box]]:
    """Boxes of the nodes and of the compartment bands, on a grid; no two nodes overlap."""
    places: dict[str, Box] = {}
    bands: dict[str, Box] = {}
    y = MARGIN
    for name, blocks in _blocks(network).items():
        inner = _band_layout(blocks, y + LABEL, places)
        if name != READINGS:
            bands[name] = Box(MARGIN / 2, y, BAND_WIDTH + MARGIN, inner - y)
        y = inner + MARGIN
    return places, bands


def _band_layout(blocks: Iterable[list[Node]], top: float, places: dict[str, Box]) -> float:
    """Put blocks side by side and then below; returns the lower edge of the band."""
    x, y, lowest = MARGIN, top, top
    for block in blocks:
        columns = min(COLUMNS, len(block))
        width = columns * (WIDTH + GAP) + GAP
        if x + width > BAND_WIDTH:
            x, y = MARGIN, lowest + MARGIN
        for place, node in enumerate(block):
            row, column = divmod(place, COLUMNS)
            left = x + column * (WIDTH + GAP)
            places[node.id] = Box(left, y + row * (HEIGHT + GAP), WIDTH, HEIGHT)
            lowest = max(lowest, y + (row + 1) * (HEIGHT + GAP))
        x += width + MARGIN
    return lowest + GAP


def _blocks(network: Network) -> dict[str, list[list[Node]]]:
    """Band → blocks of nodes, one block a mechanism, in the model's order."""
    found: dict[str, dict[str, list[Node]]] = {}
    for node in network.nodes:
        band = READINGS if node.kind == "observable" else _band(node)
        found.setdefault(band, {}).setdefault(node.mechanism, []).append(node)
    order = (INPUTS, *network.compartments, NOWHERE, READINGS)
    return {band: list(found[band].values()) for band in order if band in found}


def _band(node: Node) -> str:
    if node.kind == "input":
        return INPUTS
    return node.compartment or NOWHERE


def _title(node: Node) -> str:
    return node.title.get("en") or node.id.rpartition(".")[2].replace("_", " ")


def _glyph(
    parent: Xml.Element,
    name: str,
    kind: str,
    title: str,
    box: Box,
    inside: str | None = None,
    *,
    entity: str = "",
) -> Xml.Element:
    fields = {"id": name, "class": kind, **({"compartmentRef": inside} if inside else {})}
    glyph = Xml.SubElement(parent, _tag("glyph"), fields)
    if title:
        Xml.SubElement(glyph, _tag("label"), {"text": title})
    if entity:
        Xml.SubElement(glyph, _tag("entity"), {"name": entity})
    sides = {"x": box.x, "y": box.y, "w": box.w, "h": box.h}
    Xml.SubElement(glyph, _tag("bbox"), {k: f"{v:g}" for k, v in sides.items()})
    return glyph


def _ends(start: Box, end: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arc leaves one box and enters another: the middles of the facing sides."""
    down = end.y >= start.y
    first = (start.x + start.w / 2, start.y + (start.h if down else 0))
    return first, (end.x + end.w / 2, end.y + (0 if down else end.h))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
