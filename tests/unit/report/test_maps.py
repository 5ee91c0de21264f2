"""SBGN-ML and the picture of a small map written by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from libsbgnpy import validate
from libsbgnpy.schematron import validate_schematron

from virtualskin.biology import Edge, Network, Node
from virtualskin.biology.network import Basis, Module
from virtualskin.report import map_picture, sbgn_ml
from virtualskin.report.map_picture import Arrow, arrows
from virtualskin.report.sbgn import layout

BASIS = Basis("assumed", "", "none", (), "why")


def node(name: str, kind: str, mechanism: str, place: str = "dermis") -> Node:
    return Node(name, kind, mechanism, place, None, "1", 1.0, "", {}, ())  # pyright: ignore


def edge(source: str, target: str, kind: str = "drive", sign: int = 1) -> Edge:
    name = f"{source}>{target}"
    return Edge(name, kind, source, target, sign, "", {}, None, BASIS, ())  # pyright: ignore


@pytest.fixture
def network() -> Network:
    nodes = (
        node("uv", "input", "light", ""), node("lesion", "state", "light", "epidermis"),
        node("light.repair", "process", "light", "epidermis"), node("mmp", "state", "matrix"),
        node("matrix.synthesis", "process", "matrix"), node("matrix.loss", "process", "matrix"),
        node("wrinkle", "observable", "", ""),
    )  # fmt: skip
    edges = (
        edge("lesion", "matrix.synthesis"), edge("uv", "matrix.loss"),
        edge("mmp", "light.repair", sign=-1), edge("mmp", "wrinkle"),
        edge("matrix.synthesis", "mmp", "produces"), edge("mmp", "matrix.loss", "consumes", -1),
        edge("lesion", "light.repair", "consumes", -1),
    )  # fmt: skip
    modules = (
        Module("light", "Light.", "m", "person", {"en": "Light & sun", "zh": "日光"}),
        Module("matrix", "Matrix.", "m", None, {}),
    )
    return Network(modules, nodes, edges, (), ("epidermis", "dermis"))


def test_sbgn_is_valid(network: Network, tmp_path: Path) -> None:
    file = tmp_path / "map.sbgn"
    file.write_text(sbgn_ml(network), encoding="utf-8")
    assert validate(file) == []
    assert validate_schematron(file) == []


def test_the_validator_can_fail(network: Network, tmp_path: Path) -> None:
    file = tmp_path / "map.sbgn"
    file.write_text(sbgn_ml(network).replace("positive influence", "love", 1), encoding="utf-8")
    assert validate(file)


def test_every_edge_is_an_arc_that_shows_the_influence(network: Network) -> None:
    root = Xml.fromstring(sbgn_ml(network))
    arcs = {
        (a.get("source"), a.get("target")): a.get("class")
        for a in root.iter()
        if a.tag.endswith("}arc")
    }
    assert len(arcs) == len(network.edges)
    assert arcs["node_lesion", "node_matrix__synthesis"] == "positive influence"
    assert arcs["node_mmp", "node_light__repair"] == "negative influence"
    # A process raises what it makes and lowers what it takes.
    assert arcs["node_matrix__synthesis", "node_mmp"] == "positive influence"
    assert arcs["node_matrix__loss", "node_mmp"] == "negative influence"


def test_no_two_nodes_overlap_and_each_lies_in_its_band(network: Network) -> None:
    many = replace(
        network,
        nodes=tuple(
            replace(n, id=f"{n.id}{i}", mechanism=f"{n.mechanism}{i % 9}" if n.mechanism else "")
            for i in range(40)
            for n in network.nodes
        ),
    )
    places, bands = layout(many)
    assert len(places) == 40 * len(network.nodes)
    for one, other in combinations(places.values(), 2):
        apart = one.x + one.w <= other.x or other.x + other.w <= one.x
        assert apart or one.y + one.h <= other.y or other.y + other.h <= one.y
    for n in many.nodes:
        if n.compartment:
            band, place = bands[n.compartment], places[n.id]
            assert band.x <= place.x
            assert place.x + place.w <= band.x + band.w
            assert band.y <= place.y
            assert place.y + place.h <= band.y + band.h


def test_an_influence_on_a_loss_turns_round(network: Network) -> None:
    """Light makes MMP (a drive on synthesis) and wastes it (a drive on loss): both ways, two."""
    assert set(arrows(network)) == {
        Arrow("light", "matrix", 0, 2),
        Arrow("matrix", "light", 1, 1),  # it holds up a repair that takes lesions away
    }


def test_what_a_process_makes_or_takes_elsewhere_is_an_arrow(network: Network) -> None:
    """Repair here also makes what matrix owns and takes some of it: it raises and lowers it."""
    makes = replace(network, edges=(edge("light.repair", "mmp", "produces"),))
    takes = replace(network, edges=(edge("mmp", "light.repair", "consumes", -1),))
    both = replace(network, edges=(*makes.edges, *takes.edges))
    assert arrows(makes) == (Arrow("light", "matrix", 1, 1),)
    assert arrows(takes) == (Arrow("light", "matrix", -1, 1),)
    assert arrows(both) == (Arrow("light", "matrix", 0, 2),)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_has_every_mechanism_and_arrow(network: Network, lang: str) -> None:
    text = map_picture(network, lang)
    root = Xml.fromstring(text)
    words = [t.text for t in root.iter() if t.tag.endswith("}text")]
    assert ("Light & sun" if lang == "en" else "日光") in words
    assert "matrix" in words, "without a short title its name stands"
    assert "1" in " ".join(w or "" for w in words if w and "1" in w), "readings it moves"
    titles = {t.text for t in root.iter() if t.tag.endswith("}title")}
    assert {"light → matrix (2)", "matrix → light (1)"} <= titles
    assert map_picture(network, lang) == text
