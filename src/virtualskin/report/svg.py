"""A picture of boxes and words as one SVG document, drawn element by element."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

FONT = "Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
NAMESPACE = "http://www.w3.org/2000/svg"


def picture(width: float, height: float, title: str) -> Xml.Element:
    """An empty white picture with a title that is read aloud."""
    page = Xml.Element(tag("svg"), {"viewBox": f"0 0 {width:g} {height:g}", "role": "img"})
    Xml.register_namespace("", NAMESPACE)
    Xml.SubElement(page, tag("title")).text = printable(title)
    shape(page, "rect", x=0, y=0, width=width, height=height, fill="#ffffff")
    return page


def svg_text(page: Xml.Element) -> str:
    """The picture as a document."""
    Xml.indent(page)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(page, encoding="unicode")}\n'


def printable(text: str) -> str:
    """Text without the signs that XML cannot hold."""
    return "".join(c for c in text if c.isprintable())


def shape(page: Xml.Element, name: str, **fields: object) -> None:
    """One shape; fields are its attributes."""
    text = {k: f"{v:g}" if isinstance(v, float) else str(v) for k, v in fields.items()}
    Xml.SubElement(page, tag(name), text)


def label(
    page: Xml.Element,
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: str = "normal",
    middle: bool = False,
) -> None:
    """One line of text at a point, begun or centred there."""
    fields = {"x": f"{x:g}", "y": f"{y:g}", "font-size": str(size), "font-family": FONT}
    fields |= {"font-weight": weight, "text-anchor": "middle" if middle else "start"}
    Xml.SubElement(page, tag("text"), {**fields, "fill": "#1a1a1a"}).text = printable(text)


def tag(name: str) -> str:
    """The name of an element of SVG."""
    return f"{{{NAMESPACE}}}{name}"
