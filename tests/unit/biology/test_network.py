"""The map of tiny_skin, edge by edge, against what its files say."""

from __future__ import annotations

import json

import pytest

from virtualskin.biology import Edge, Network, Skin, network
from virtualskin.biology.network import drive_sign


@pytest.fixture(scope="module")
def made(tiny_skin: Skin) -> Network:
    return network(tiny_skin)


@pytest.fixture(scope="module")
def edges(made: Network) -> dict[str, Edge]:
    return {e.id: e for e in made.edges}


def test_every_quantity_and_process_is_a_node(made: Network) -> None:
    kinds = {n.id: n.kind for n in made.nodes}
    assert kinds == {
        "cell": "state", "signal": "state", "fibre": "state", "fragment": "state",
        "light_seen": "accumulator", "light": "input", "exposure": "variable", "whole": "variable",
        "renewal.birth": "process", "renewal.loss": "process", "signalling.secretion": "process",
        "signalling.decay": "process", "signalling.counting": "process",
        "turnover.synthesis": "process", "turnover.cutting": "process",
        "turnover.removal": "process", "thickness": "observable",
    }  # fmt: skip


def test_a_node_says_where_it_is_and_what_it_counts(made: Network) -> None:
    fragment = next(n for n in made.nodes if n.id == "fragment")
    assert (fragment.compartment, fragment.reference, fragment.meaning) == (
        "dermis", 0.25, "young skin",
    )  # fmt: skip
    thickness = next(n for n in made.nodes if n.id == "thickness")
    assert (thickness.reference, thickness.title["zh"], thickness.unit) == (50.0, "厚度", "um")


@pytest.mark.parametrize(
    ("drive", "source", "target", "sign"),
    [
        ("signal_cuts", "signal", "turnover.cutting", 1),
        ("fragments_signal", "fragment", "signalling.secretion", 1),
        ("fibre_feeds", "fibre", "renewal.birth", 1),
        ("fragments_block", "fragment", "turnover.synthesis", -1),
        ("signal_clears", "signal", "turnover.removal", 1),
        ("fibre_shades", "fibre", "exposure", 1),
        ("thickness_whole", "whole", "thickness", 1),
    ],
)
def test_a_drive_is_a_signed_edge(
    edges: dict[str, Edge], drive: str, source: str, target: str, sign: int
) -> None:
    edge = edges[drive]
    assert (edge.kind, edge.source, edge.target, edge.sign) == ("drive", source, target, sign)


@pytest.mark.parametrize("form", ["power", "linear", "rise", "fall", "hill"])
def test_a_negative_gain_turns_the_sign(tiny_skin: Skin, form: str) -> None:
    """Held against the factor itself a little above the reference."""
    drive = next(d for d in tiny_skin.library.drives.values() if d.form == form)
    for gain in (0.1, -0.1):
        numbers = {**tiny_skin.values, drive.numbers["gain"].flat: gain}
        assert drive_sign(drive, numbers) == (-1 if (gain > 0) == (form == "fall") else 1)
    assert drive_sign(drive, {**tiny_skin.values, drive.numbers["gain"].flat: 0.0}) == 0


def test_what_a_law_reads_is_an_edge_and_its_own_reactant_is_not(edges: dict[str, Edge]) -> None:
    laws = {e.id: e.sign for e in edges.values() if e.kind == "law"}
    assert laws == {
        "cell>signalling.secretion": 1, "cell>turnover.synthesis": 1, "light>exposure": 1,
        "exposure>signalling.counting": 1, "fibre>whole": 1, "fragment>whole": 1,
    }  # fmt: skip


def test_flows(edges: dict[str, Edge]) -> None:
    flows = {e.id: (e.sign, e.stoichiometry) for e in edges.values() if "s" in e.kind[-1]}
    assert flows["fibre>turnover.cutting"] == (-1, 1.0)
    assert flows["turnover.cutting>fragment"] == (1, 1.0)
    assert len([e for e in edges.values() if e.kind == "consumes"]) == 4
    assert len([e for e in edges.values() if e.kind == "produces"]) == 5


def test_an_edge_says_what_it_rests_on(edges: dict[str, Edge]) -> None:
    loss = edges["cell>renewal.loss"].basis
    assert (loss.origin, loss.source, loss.dois) == ("measured", "mine:r1", ("doi:10.1000/one",))
    assert loss.grade != "none"
    assert edges["signal_cuts"].basis.grade == "none"
    assert edges["signal_cuts"].pathways == ("tension",)
    assert edges["signal_cuts"].numbers == {"gain": 0.5}


def test_the_document_is_closed(made: Network) -> None:
    document = json.loads(json.dumps(made.as_json()))
    ids = {n["id"] for n in document["nodes"]}
    assert {e[end] for e in document["edges"] for end in ("source", "target")} <= ids
    assert document["counts"]["edges"] == len(document["edges"])
    assert document["compartments"] == ["dermis"]
    (tension,) = document["pathways"]
    assert tension["drives"] == ["signal_cuts", "fragments_signal"]
