"""The controls of the scoring run what they say they run."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.biology import read_settings, read_stressors
from virtualskin.ground import Catalogue
from virtualskin.review import Claim, ClaimShelf, read_claims
from virtualskin.review.donors import Stock
from virtualskin.review.scoring_controls import only_acts_by, random_pairs
from virtualskin.therapy.safety import read_safety


@pytest.fixture(scope="module")
def shelf() -> ClaimShelf:
    return read_claims(Catalogue.open())


@pytest.fixture(scope="module")
def stock(shipped) -> Stock:
    catalogue = shipped.catalogue
    return Stock.of(
        shipped.skin, shipped.therapies, read_settings(catalogue), read_stressors(catalogue),
        read_safety(catalogue),
    )  # fmt: skip


@pytest.fixture(scope="module")
def effects(shelf: ClaimShelf) -> list[Claim]:
    return [c for c in shelf.chosen() if c.scope.status == "in_scope" and c.intervention]


def test_pairs_are_what_nobody_claims(stock: Stock, effects: list[Claim]) -> None:
    said: dict[str, set[str]] = {}
    for c in effects:
        said.setdefault(c.experiment, set()).update({str(c.readout), *c.beside})
    pairs = list(random_pairs(effects, stock, 1))
    assert len(pairs) == stock.rules.scoring.pairs == len({p.id for p in pairs})
    for pair in pairs:
        assert pair.readout not in said[pair.experiment], pair.readout
        assert pair.readout in {*stock.settings.records[pair.setting].reads,
                                *stock.skin.library.observables}  # fmt: skip
    share_up = np.mean([p.direction == "up" for p in pairs])
    assert 0.35 < share_up < 0.65, "the coin is fair"
    assert len({p.experiment for p in pairs}) > 20, "not one experiment over and over"
    again = [(p.readout, p.direction) for p in random_pairs(effects, stock, 1)]
    assert again == [(p.readout, p.direction) for p in pairs]
    assert again != [(p.readout, p.direction) for p in random_pairs(effects, stock, 2)]


def test_a_product_of_several_things_says_nothing_of_uptake(
    stock: Stock, effects: list[Claim]
) -> None:
    acting = stock.rules.scoring.acting
    fed = {c.intervention.product for c in effects if only_acts_by(acting, c, stock)}
    assert fed, "nothing is tried without uptake"
    for name in fed:
        assert {e.component for e in stock.therapies.product(name).active} == {acting}


def test_a_turned_arrow_slows_by_what_it_sped_up(stock: Stock) -> None:
    folder = stock.rules.scoring.drives
    other = stock.skin.turned(folder)
    turned = [d for d in other.library.drives.values() if d.turned]
    assert turned
    assert all(d.file.startswith(f"{folder}/") for d in turned)
    assert len(turned) == sum(
        d.file.startswith(f"{folder}/") for d in stock.skin.library.drives.values()
    )
    for drive in turned:
        upright = stock.skin.library.drives[drive.id].formula("x", "r")
        assert drive.formula("x", "r") == f"1 / ({upright})"
    assert other.values == stock.skin.values, "the person at rest stays the same"
    assert other.structure.sbml != stock.skin.structure.sbml
