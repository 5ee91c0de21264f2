"""People: prefixes agree, all are of the cohort, a phototype lets its share of light through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from virtualskin.biology import Number
from virtualskin.ground import BadInput, Catalogue, Spread, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import Cohort, People, Phototypes, draw_people, read_cohort

DOSES = yaml.safe_load((SHIPPED / "population/phototypes.yaml").read_text(encoding="utf-8"))
COHORT = SHIPPED / "population/cohorts/adult_face.yaml"


def number(varies: str) -> Number:
    """A number that differs between people."""
    row = read_cohort(Catalogue.open(), "adult_face").sun
    return Number("m.k", "m_k", row, 2.0, "1", Spread.parse(varies), None, "", None)


def test_the_first_ten_of_a_hundred_are_the_ten_of_ten(
    cohort: Cohort, phototypes: Phototypes
) -> None:
    few, many = (draw_people(cohort, phototypes, n, seed=5) for n in (10, 100))
    assert many.age[:10].tolist() == few.age.tolist()
    assert many.sex[:10] == few.sex
    assert many.phototype[:10] == few.phototype
    assert many.transmission[:10].tolist() == few.transmission.tolist()
    assert many.sun_score[:10].tolist() == few.sun_score.tolist()
    few.scores("b"), few.scores("a")
    assert many.scores("a")[:10].tolist() == few.scores("a").tolist()
    varying = number("lognormal(cv=0.5)")
    assert many.personal(varying, 2.0)[:10].tolist() == few.personal(varying, 2.0).tolist()


def test_another_seed_is_other_people(cohort: Cohort, phototypes: Phototypes) -> None:
    one, two = (draw_people(cohort, phototypes, 10, seed=s) for s in (1, 2))
    assert not np.isin(one.age, two.age).any()


@pytest.fixture(scope="module")
def crowd(cohort: Cohort, phototypes: Phototypes) -> People:
    return draw_people(cohort, phototypes, 4000, seed=9)


def test_ages_are_even_between_the_bounds(crowd: People) -> None:
    bounds = yaml.safe_load(COHORT.read_text(encoding="utf-8"))["age"]
    low, high = bounds["min"], bounds["max"]
    assert low <= crowd.age.min() < low + 1
    assert high - 1 < crowd.age.max() <= high
    # mean and spread of an even distribution, five standard errors
    width = (high - low) / np.sqrt(12)
    assert crowd.age.mean() == pytest.approx((low + high) / 2, abs=5 * width / np.sqrt(4000))
    assert crowd.age.std() == pytest.approx(width, rel=0.05)


def test_shares_are_those_of_the_cohort(crowd: People) -> None:
    record = yaml.safe_load(COHORT.read_text(encoding="utf-8"))
    wanted = {name: row["value"] for name, row in record["phototypes"].items()}
    assert set(crowd.phototype) == set(wanted)
    for name, share in wanted.items():
        slack = 5 * np.sqrt(share * (1 - share) / 4000)
        assert crowd.phototype.count(name) / 4000 == pytest.approx(share, abs=slack)
    women = record["women"]["value"]
    assert crowd.sex.count("F") / 4000 == pytest.approx(
        women, abs=5 * np.sqrt(women * (1 - women) / 4000)
    )
    assert set(crowd.sex) == {"F", "M"}


def test_who_somebody_is_says_nothing_of_the_rest(crowd: People) -> None:
    woman = np.array([s == "F" for s in crowd.sex], dtype=float)
    table = np.array([crowd.age, woman, crowd.transmission, crowd.sun_score])
    beside = np.corrcoef(table)[~np.eye(4, dtype=bool)]
    assert np.abs(beside).max() < 5 / np.sqrt(4000)


@pytest.mark.parametrize("name", ["I", "II", "III", "IV", "V", "VI"])
def test_transmission_is_the_ratio_of_the_erythema_doses(
    cohort: Cohort, phototypes: Phototypes, name: str
) -> None:
    table = {k: v["value"] for k, v in DOSES["minimal_erythema_dose"].items()}
    expected = table[DOSES["reference"]] / table[name]
    assert phototypes.transmission(name) == pytest.approx(expected, rel=1e-15)
    share = cohort.women.model_copy(update={"value": 1.0})
    everyone = cohort.model_copy(update={"phototypes": {name: share}})
    drawn = draw_people(everyone, phototypes, 3, seed=1)
    assert drawn.phototype == (name,) * 3
    assert drawn.transmission.tolist() == pytest.approx([expected] * 3, rel=1e-15)


def test_darker_skin_lets_less_through(phototypes: Phototypes) -> None:
    order = [phototypes.transmission(n) for n in ("I", "II", "III", "IV", "V", "VI")]
    assert order == sorted(order, reverse=True)


def test_a_number_without_spread_is_the_same_for_all(crowd: People) -> None:
    assert set(crowd.personal(number(""), 3.5).tolist()) == {3.5}


def test_people_spread_around_the_median_of_their_universe(crowd: People) -> None:
    values = crowd.personal(number("lognormal(cv=0.5)"), 7.0)
    scores = crowd.scores("m_k")
    width = np.sqrt(np.log(1 + 0.5**2))
    assert values.tolist() == pytest.approx((7.0 * np.exp(width * scores)).tolist(), rel=1e-12)


def test_an_unknown_cohort() -> None:
    with pytest.raises(UnknownName, match="adult_face"):
        read_cohort(Catalogue.open(), "adult_fase")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("III: {value: 0.5", "III: {value: 0.6", "sum to 1.1, not 1"),
        ("women: {value: 0.85", "women: {value: 85", "between 0 and 1"),
        ("{min: 30, max: 70}", "{min: 70, max: 30}", "above max"),
        ("{min: 30, max: 70}", "{min: .nan, max: 30}", ""),
        ("  III: {", "  VII: {", "'I', 'II'"),
        ("cv=0.6", "sd=0.6", "lognormal takes cv"),
    ],
)
def test_a_cohort_that_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = COHORT.read_text(encoding="utf-8")
    assert old in text
    folder = tmp_path / "population" / "cohorts"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_cohort(Catalogue.open(tmp_path), "mine")
    assert any(says in f.message for f in caught.value.findings)
    assert all(f.file == "population/cohorts/mine.yaml" and f.row for f in caught.value.findings)


def test_a_cohort_without_phototypes(cohort: Cohort) -> None:
    with pytest.raises(ValidationError):
        Cohort.model_validate({**cohort.model_dump(), "phototypes": {}})
