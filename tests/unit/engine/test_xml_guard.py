"""Does hostile or broken text stop before any library builds a tree from it?"""

import pytest

from virtualskin.engine import UnsupportedSBML, read_sbml
from virtualskin.engine.xml_guard import MAX_BYTES, MAX_DEPTH, guard

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<sbml>&c;</sbml>"""
FILE = '<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n<sbml>&f;</sbml>'


@pytest.mark.parametrize(("text", "line"), [(BOMB, 2), (FILE, 1)])
def test_document_types_and_entities_are_refused(text: str, line: int) -> None:
    with pytest.raises(UnsupportedSBML, match="document type") as caught:
        read_sbml(text)
    assert caught.value.where.endswith(f"line {line}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<sbml>\n<model>\n</sbml>", 3),
        ("<sbml>\n&undefined;</sbml>", 2),
        ("", 1),
        ("not xml", 1),
        ("<a/>\n<b/>", 2),
        ("<sbml>\ud800</sbml>", 1),
    ],
)
def test_broken_text_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(UnsupportedSBML, match="not well-formed") as caught:
        read_sbml(text)
    assert caught.value.where == f"line {line}"


def test_depth_is_bounded() -> None:
    guard("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH)
    with pytest.raises(UnsupportedSBML, match="deeper"):
        guard("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1))


def test_size_is_bounded() -> None:
    with pytest.raises(UnsupportedSBML, match="bytes"):
        guard("<a>" + " " * MAX_BYTES + "</a>")


def test_a_comment_about_doctypes_is_no_doctype() -> None:
    guard("<a><!-- <!DOCTYPE x> --></a>")
