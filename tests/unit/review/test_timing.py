"""Does a stress come when its record says, and is a record that no run could follow refused?"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from virtualskin.ground import BadInput, Catalogue, SkinError
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import GivenStress, read_claims
from virtualskin.review.arms import stress_before
from virtualskin.review.timing import YEAR, Further, Lasting, Life, Pulses, day_of

HOUR = 1 / 24
STRESS: dict[str, Any] = {
    "kind": "uvb", "dose": 30, "unit": "mJ/cm^2", "schedule": {"en": "once", "zh": "一次"},
    "given": "before",
}  # fmt: skip


def stress(**more: Any) -> GivenStress:
    return GivenStress.model_validate({**STRESS, **more})


def test_days_count_from_the_start_and_what_lies_before_has_a_minus_sign() -> None:
    assert day_of("start") == 0.0
    assert day_of("36h") == pytest.approx(1.5)
    assert day_of("-8w") == -56.0
    for odd in ("", "-", "--1h", "-start", "soon", "0d", "-0d", "1", "nan d", "infy"):
        with pytest.raises(ValueError, match="duration"):
            day_of(odd)


@pytest.mark.parametrize(
    ("record", "end", "days"),
    [
        ({"first": "start"}, 1.0, [0.0]),
        ({"first": "-49h", "every": "24h", "count": 3}, 2.0, [-49 / 24, -25 / 24, -1 / 24]),
        ({"first": "1d", "every": "1d", "count": 4}, 3.0, [1.0, 2.0]),
        ({"first": "start", "then_every": "1d"}, 3.0, [0.0, 1.0, 2.0]),
        ({"first": "-1d", "every": "1d", "count": 2, "then_every": "2d"}, 5.0, [-1, 0, 2, 4]),
        ({"first": "3d", "then_every": "1d"}, 1.0, []),
        ({"first": "-2d", "then_every": "1d"}, 0.0, [-2.0, -1.0]),
    ],
)
def test_pulses_come_when_they_are_said_to(
    record: dict[str, Any], end: float, days: list[float]
) -> None:
    assert Pulses.model_validate(record).days(end) == pytest.approx(days)


@given(
    st.integers(-40, 40).filter(bool), st.integers(1, 30), st.integers(2, 9), st.integers(1, 30),
    st.floats(0, 40),
)  # fmt: skip
def test_pulses_are_in_order_and_none_before_the_end_is_left_out(
    first: int, every: int, count: int, then: int, end: float
) -> None:
    sign = "-" if first < 0 else ""
    made = Pulses(first=f"{sign}{abs(first)}h", every=f"{every}h", count=count,
                  then_every=f"{then}h")  # fmt: skip
    days = made.days(end)
    assert list(days) == sorted(days) and all(day < end for day in days)
    last = first + every * (count - 1)
    wanted = [first + every * k for k in range(count)]
    wanted += range(last + then, last + then * 2000, then)
    sure = [h for h in wanted if h < end * 24 - 1e-6]  # an hour that is the end itself may go
    assert len(sure) <= len(days) <= len(sure) + 1
    assert list(days[: len(sure)]) == pytest.approx([h * HOUR for h in sure])


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"first": "soon"},
        {"first": "start", "count": 0},
        {"first": "start", "count": 3},
        {"first": "start", "every": "1d"},
        {"first": "start", "every": "0d", "count": 2},
        {"first": "start", "every": "-1d", "count": 2},
        {"first": "start", "every": "daily", "count": 2},
        {"first": "start", "then_every": "0h"},
        {"first": "start", "then_every": "daily"},
        {"first": "start", "count": "1"},
        {"first": "start", "last": "2d"},
    ],
)
def test_pulses_that_no_run_can_give_are_refused(record: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Pulses.model_validate(record)


def test_a_level_has_its_days_and_ends_after_it_begins() -> None:
    assert Lasting(first="-1w").days == (-7.0, math.inf)
    assert Lasting(first="-1w", until="start").days == (-7.0, 0.0)
    pairs = [("1d", "1d"), ("1d", "start"), ("start", "-1d"), ("start", "late"), ("later", "")]
    for first, until in pairs:
        with pytest.raises(ValidationError):
            Lasting(first=first, until=until)


def test_a_life_has_its_light_before_and_after() -> None:
    made = Life.model_validate({"light": 0.3, "until": "55y", "then": 0.1})
    assert made.age == pytest.approx(55)
    assert made.afterwards == 0.1
    assert Life(light=0.3, until="660w").afterwards == 0.3
    assert Life(light=0.3, until="55y", then=0.0).afterwards == 0.0, "none at all is not as before"
    for odd in ({"light": -0.1, "until": "55y"}, {"light": 0.3}, {"light": 0.3, "until": "old"},
                {"light": 0.3, "until": "55y", "then": -1.0}):  # fmt: skip
        with pytest.raises(ValidationError):
            Life.model_validate(odd)


def test_a_second_stress_has_a_dose() -> None:
    with pytest.raises(ValidationError):
        Further(kind="uva", dose=0.0, unit="J/cm^2", pulses=Pulses(first="start"))


def test_a_stress_has_one_course() -> None:
    pulses, level = {"first": "start"}, {"first": "start"}
    assert stress(pulses=pulses).timed and stress(level=level).timed
    assert not stress().timed
    assert stress(kind="arrest").timed, "arrested cells are so from the start"
    with pytest.raises(ValidationError, match="one only"):
        stress(pulses=pulses, level=level)
    with pytest.raises(ValidationError, match="are lived"):
        stress(life={"light": 0.1, "until": "55y"})
    assert stress(kind="daylight", life={"light": 0.1, "until": "55y"}).timed


def test_how_long_before_the_start_a_stress_begins() -> None:
    assert stress_before(None) == 0.0
    assert stress_before(stress(kind="arrest")) == 0.0
    assert stress_before(stress(kind="ageing", life={"light": 0.0, "until": "75y"})) == 0.0
    assert stress_before(stress(pulses={"first": "2d"})) == 0.0
    twice = {"first": "-49h", "every": "24h", "count": 2}
    assert stress_before(stress(pulses=twice)) == pytest.approx(49 / 24)
    assert stress_before(stress(level={"first": "-8w"})) == 56.0
    assert stress_before(stress(level={"first": "1d"})) == 0.0
    with pytest.raises(SkinError) as caught:
        stress_before(stress())
    assert "pulses" in caught.value.hint


def test_every_stress_of_the_shelf_that_is_run_has_its_course() -> None:
    """And ends: a claim reads something within a life, and a pulse comes before its end."""
    for claim in read_claims(Catalogue.open()).claims:
        given = claim.stressor
        if claim.scope.status != "in_scope" or given is None:
            continue
        assert 0 <= stress_before(given) < YEAR, claim.id
        if given.pulses is not None:
            assert given.pulses.days(YEAR), claim.id
        if given.life is not None:
            assert given.dose is not None and 0 < given.life.age < 120, claim.id


BAD = [
    ("pulses: {first: start}", "pulses: {first: soon}", "stressor.pulses"),
    ("pulses: {first: start}", "pulses: {first: start, count: 0}", "stressor.pulses.count"),
    ("pulses: {first: start}", "pulses: {first: start, last: 2d}", "stressor.pulses.last"),
    ("pulses: {first: start}", "level: {first: 2d, until: 1d}", "stressor.level"),
    ("pulses: {first: start}", "life: {light: 0.1, until: 55y}", "stressor"),
    ("dose: 1,", "dose: -1,", "stressor.also.0.dose"),
    ("also: [{kind: matrix_fragments", "also: [{sort: matrix_fragments", "stressor.also.0.kind"),
]


@pytest.mark.parametrize(("sound", "odd", "column"), BAD, ids=[odd for _, odd, _ in BAD])
def test_a_course_that_cannot_be_is_told_with_field_and_example(
    tmp_path, sound: str, odd: str, column: str
) -> None:
    file = "review/claims/s5_3_01.yaml"
    text = (SHIPPED / file).read_text("utf-8")
    assert sound in text
    (tmp_path / "review/claims").mkdir(parents=True)
    (tmp_path / file).write_text(text.replace(sound, odd, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        read_claims(Catalogue.open(tmp_path))
    mine = [f for f in caught.value.findings if f.file == file]
    assert column in [f.column for f in mine], mine
    assert all("pulses: {first: -1h}" in f.hint for f in mine), mine


def test_a_stress_in_scope_without_a_course_is_told(tmp_path) -> None:
    file = "review/claims/s5_3_01.yaml"
    text = (SHIPPED / file).read_text("utf-8")
    (tmp_path / "review/claims").mkdir(parents=True)
    (tmp_path / file).write_text(text.replace("  pulses: {first: start}\n", "", 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        read_claims(Catalogue.open(tmp_path))
    (mine,) = [f for f in caught.value.findings if f.file == file]
    assert "`pulses`, `level` or `life`" in mine.message
