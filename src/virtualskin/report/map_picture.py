"""The map at the level of mechanisms, as a picture: layers of boxes, signed arrows between them.

Blue raises what the mechanism it points to makes or keeps, vermilion lowers it, grey does both or
turns one thing into another. The wider the arrow, the more influences it stands for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from virtualskin.biology import Network
from virtualskin.report.svg import label, picture, shape, svg_text, tag
from virtualskin.report.words import Words, words

LAYERS = ("product", "person", "molecule", "cell", "tissue", "other")
COLOURS = {1: "#0072b2", -1: "#d55e00", 0: "#8a8a8a"}
FILLS = {
    "product": "#fdf1d6",
    "person": "#efefef",
    "molecule": "#e3f1fa",
    "cell": "#e2f4ec",
    "tissue": "#fbe6ee",
    "other": "#ffffff",
}
ROW, WIDTH, HEIGHT, STEP, LEFT, TOP, ASIDE, DOWN = 8, 158.0, 44.0, 172.0, 24.0, 190.0, 110.0, 132.0
SWEEPS, WIDEST = 12, 5


@dataclass(frozen=True, slots=True)
class Arrow:
    """What one mechanism does to another.

    Args:
        source: mechanism that acts.
        target: mechanism acted on.
        sign: 1 raises, -1 lowers, 0 both, or turns one thing into another.
        count: how many influences.
    """

    source: str
    target: str
    sign: int
    count: int


def arrows(network: Network) -> tuple[Arrow, ...]:
    """Every pair of mechanisms with influences between them, each with its sign and their number.

    An influence on a process counts for what the process does: on a loss its sign turns round. A
    process that makes or takes what another mechanism owns raises or lowers that one.
    """
    owner = {n.id: n.mechanism for n in network.nodes}
    does = _doings(network)
    found: dict[tuple[str, str], Counter[int]] = {}
    for edge in network.edges:
        pair = owner[edge.source], owner[edge.target]
        sign = edge.sign
        if edge.kind == "consumes":
            pair = pair[1], pair[0]
        elif edge.kind != "produces":
            sign *= does.get(edge.target, 1)
        if all(pair) and pair[0] != pair[1]:
            found.setdefault(pair, Counter())[sign] += 1
    return tuple(Arrow(a, b, _one_sign(c), c.total()) for (a, b), c in found.items())


def map_picture(network: Network, lang: str = "en") -> str:
    """The picture as one SVG document.

    Args:
        network: the map.
        lang: "en" or "zh".
    """
    say = words(lang)
    drawn = arrows(network)
    rows = _rows(network, drawn)
    places = _places(rows)
    height = TOP + len(rows) * DOWN
    width = ASIDE + ROW * STEP + 2 * LEFT
    page = picture(width, height, say("map.title"))
    _heads(page)
    _legend(page, say)
    for number, (layer, _) in enumerate(rows):
        if number == 0 or rows[number - 1][0] != layer:
            y = TOP + number * DOWN + HEIGHT / 2
            label(page, LEFT, y + 4, say(f"map.{layer}"), size=15, weight="bold")
    for arrow in sorted(drawn, key=lambda a: (a.count, a.source, a.target)):
        _arrow(page, arrow, places)
    readings = _readings(network)
    for module in network.mechanisms:
        title = module.short.get(lang) or module.id.replace("_", " ")
        _box(page, places[module.id], title, module.scale or "other", readings[module.id], say)
    return svg_text(page)


def _doings(network: Network) -> dict[str, int]:
    """Process → 1 if it only makes, -1 if it only takes, 0 if it turns one thing into another."""
    makes = {e.source for e in network.edges if e.kind == "produces"}
    takes = {e.target for e in network.edges if e.kind == "consumes"}
    return {p: (p in makes) - (p in takes) for p in makes | takes}


def _one_sign(signs: Counter[int]) -> int:
    return next(iter(signs)) if len(signs) == 1 else 0


def _readings(network: Network) -> Counter[str]:
    """Mechanism → how many readings of instruments it moves."""
    owner = {n.id: n.mechanism for n in network.nodes}
    seen = {n.id for n in network.nodes if n.kind == "observable"}
    return Counter(m for m, _ in {(owner[e.source], e.target) for e in network.edges
                                  if e.target in seen})  # fmt: skip


def _rows(network: Network, drawn: tuple[Arrow, ...]) -> list[tuple[str, list[str]]]:
    """Layers as rows of at most `ROW` boxes, ordered so that linked boxes stand near each other."""
    rows: list[tuple[str, list[str]]] = []
    for layer in LAYERS:
        mine = [m.id for m in network.mechanisms if (m.scale or "other") == layer]
        parts = -(-len(mine) // ROW)
        rows += [(layer, mine[i::parts]) for i in range(parts)]
    near: dict[str, list[str]] = {}
    for arrow in drawn:
        near.setdefault(arrow.source, []).append(arrow.target)
        near.setdefault(arrow.target, []).append(arrow.source)
    for _ in range(SWEEPS):
        place = _places(rows)
        for _, row in rows:
            middle = {
                m: sum(place[o][0] for o in near.get(m, [m])) / len(near.get(m, [m])) for m in row
            }
            row.sort(key=lambda m, at=middle: (at[m], m))
    return rows


def _places(rows: list[tuple[str, list[str]]]) -> dict[str, tuple[float, float]]:
    """Box → its upper left corner; each row is spread over the whole width."""
    found: dict[str, tuple[float, float]] = {}
    for number, (_, row) in enumerate(rows):
        step = ROW * STEP / len(row)
        for place, name in enumerate(row):
            x = ASIDE + LEFT + place * step + (step - STEP) / 2
            found[name] = (x, TOP + number * DOWN)
    return found


def _arrow(page: Xml.Element, arrow: Arrow, places: Mapping[str, tuple[float, float]]) -> None:
    (ax, ay), (bx, by) = places[arrow.source], places[arrow.target]
    share = max(-1.0, min(1.0, (bx - ax) / (4 * STEP)))
    start = ax + WIDTH * (0.5 + 0.36 * share)
    end = bx + WIDTH * (0.5 - 0.36 * share)
    if ay == by:
        lift = 18 + 9 * abs(bx - ax) / STEP
        path = f"M{start:g} {ay:g} C{start:g} {ay - lift:g} {end:g} {by - lift:g} {end:g} {by:g}"
    else:
        down = by > ay
        y0, y1 = (ay + HEIGHT, by) if down else (ay, by + HEIGHT)
        bend = (y1 - y0) / 2
        path = f"M{start:g} {y0:g} C{start:g} {y0 + bend:g} {end:g} {y1 - bend:g} {end:g} {y1:g}"
    many = min(arrow.count, WIDEST)
    fields = {
        "d": path,
        "fill": "none",
        "stroke": COLOURS[arrow.sign],
        "stroke-width": f"{0.9 + 0.8 * (many - 1):g}",
        "stroke-opacity": f"{0.5 + 0.12 * (many - 1):g}",
        "marker-end": f"url(#head{arrow.sign})",
    }
    if arrow.sign == 0:
        fields["stroke-dasharray"] = "5 3"
    drawn = Xml.SubElement(page, tag("path"), fields)
    Xml.SubElement(drawn, tag("title")).text = f"{arrow.source} → {arrow.target} ({arrow.count})"


def _box(
    page: Xml.Element, at: tuple[float, float], title: str, layer: str, readings: int, say: Words
) -> None:
    x, y = at
    shape(page, "rect", x=x, y=y, width=WIDTH, height=HEIGHT, rx=7, fill=FILLS[layer],
           stroke="#444444", **{"stroke-width": 1})  # fmt: skip
    middle = x + WIDTH / 2
    label(page, middle, y + (19 if readings else 27), title, size=12, weight="bold", middle=True)
    if readings:
        label(page, middle, y + 35, say("map.readings", n=readings), size=11, middle=True)


def _legend(page: Xml.Element, say: Words) -> None:
    label(page, LEFT, 38, say("map.title"), size=22, weight="bold")
    label(page, LEFT, 62, say("map.note"), size=13)
    for number, (sign, key) in enumerate(((1, "raises"), (-1, "lowers"), (0, "both"))):
        y = 86 + 20 * number
        dash = {"stroke-dasharray": "5 3"} if sign == 0 else {}
        line = {"stroke": COLOURS[sign], "stroke-width": "2.5", "marker-end": f"url(#head{sign})"}
        Xml.SubElement(page, tag("path"), {"d": f"M{LEFT} {y}h44", **line, **dash})
        label(page, LEFT + 58, y + 4, say(f"map.{key}"), size=13)


def _heads(page: Xml.Element) -> None:
    definitions = Xml.SubElement(page, tag("defs"))
    for sign, colour in COLOURS.items():
        side = "14" if sign < 0 else "9"
        size = {"markerWidth": side, "markerHeight": side, "markerUnits": "userSpaceOnUse"}
        place = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "orient": "auto"}
        marker = Xml.SubElement(definitions, tag("marker"), {"id": f"head{sign}", **place, **size})
        bar = "M7.5 0V10H9.5V0Z" if sign < 0 else "M0 0L10 5L0 10Z"  # a bar, as biologists draw it
        Xml.SubElement(marker, tag("path"), {"d": bar, "fill": colour})
