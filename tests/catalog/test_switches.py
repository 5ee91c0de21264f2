"""One model with switches: is it the plain skin with none thrown, and the knock-out with one?

Rates are compared at states drawn at random about the rest, treated and comparator apart, so that
no step of a solver hides a difference; one course is solved as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from virtualskin.biology import COPY, Skin, Structure, read_settings
from virtualskin.engine import Doses, Program, System, read_sbml, solve
from virtualskin.engine.vector_field import VectorField
from virtualskin.ground import UnknownName

Floats = NDArray[np.float64]
PEOPLE = 6
LAMP = 30.0
READ = ("inflammasome", "il1b", "il6", "ap1_epidermis")
OPEN = {"hold_": 0.0, "off_": 0.0, "runs_": 1.0}  # a switch that is not thrown


@pytest.fixture(scope="module")
def dish(shipped) -> Skin:
    return shipped.skin.in_setting(read_settings(shipped.catalogue).records["keratinocyte_culture"])


@pytest.fixture(scope="module")
def pathways(dish: Skin) -> tuple[str, ...]:
    """One pathway of drives alone, one that stops a process too, and two that live in the dish."""
    shelf = dish.library.pathways
    plain = next(n for n, p in shelf.items() if p.drives and not p.stopped)
    stops = next(n for n, p in shelf.items() if p.drives and p.stopped)
    return tuple(dict.fromkeys((plain, stops, "inflammasome", "nf_kb")))


@dataclass(frozen=True)
class Field:
    """Rates of a structure, with every number of the skin as its double."""

    system: System
    field: VectorField

    @classmethod
    def of(cls, structure: Structure) -> Field:
        system = read_sbml(structure.sbml)
        return cls(system, VectorField(system, np.full(len(system.states), 1e-12)))

    def rates(
        self, skin: Skin, at: Mapping[str, Floats], thrown: Mapping[str, float] | None = None
    ) -> dict[str, Floats]:
        """State → (PEOPLE,) its rate."""
        known: dict[str, float] = {}
        for name in self.system.parameters:
            usual = skin.values.get(name.removeprefix(COPY))
            still = next((v for prefix, v in OPEN.items() if name.startswith(prefix)), None)
            known[name] = usual if usual is not None else 0.0 if still is None else still
        unknown = set(thrown or {}) - set(known)
        assert not unknown, unknown
        known |= thrown or {}
        parameters = np.tile([known[n] for n in self.system.parameters], (PEOPLE, 1))
        states = np.stack([at[n] for n in self.system.states], axis=1)
        return dict(zip(self.system.states, self.field.rates(states, parameters).T, strict=True))


@pytest.fixture(scope="module")
def at(dish: Skin) -> dict[str, Floats]:
    """States of the treated skin and of its comparator, far apart."""
    random = np.random.default_rng(7)
    found: dict[str, Floats] = {}
    for prefix in ("", COPY):
        for name in dish.structure.states:
            found[prefix + name] = dish.initial[name] * np.exp(random.uniform(-1, 1, PEOPLE))
            found[prefix + name] += 0.1 * random.uniform(0, 1, PEOPLE)
    return found


@pytest.fixture(scope="module")
def plain(dish: Skin) -> Field:
    return Field.of(dish.structure)


@pytest.fixture(scope="module")
def single(dish: Skin, pathways: tuple[str, ...]) -> Field:
    return Field.of(dish.switchable(pathways))


@pytest.fixture(scope="module")
def twin(dish: Skin, pathways: tuple[str, ...]) -> Field:
    return Field.of(dish.switchable(pathways, twin=True))


def same(found: Mapping[str, Floats], wanted: Mapping[str, Floats], *, exact: bool = False) -> None:
    for name, value in wanted.items():
        if exact:
            assert np.array_equal(found[name], value), name
        else:
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def other_side(of: Mapping[str, Floats]) -> dict[str, Floats]:
    return {n.removeprefix(COPY): v for n, v in of.items() if n.startswith(COPY)}


def test_with_no_switch_thrown_it_is_the_plain_skin_bit_for_bit(
    dish: Skin, plain: Field, single: Field, twin: Field, at: dict[str, Floats]
) -> None:
    mine, theirs = plain.rates(dish, at), plain.rates(dish, other_side(at))
    assert any(np.any(v) for v in mine.values()) and mine.keys() == set(dish.structure.states)
    same(single.rates(dish, at), mine, exact=True)
    both = twin.rates(dish, at)
    same(both, mine, exact=True)
    same(other_side(both), theirs, exact=True)


def test_held_it_is_the_skin_assembled_so(
    dish: Skin, pathways: tuple[str, ...], plain: Field, twin: Field, at: dict[str, Floats]
) -> None:
    theirs = plain.rates(dish, other_side(at))
    moved = 0
    for name in pathways:
        structure = dish.knocked_out([name])
        wanted = Field.of(structure).rates(dish, at)
        found = twin.rates(dish, at, dish.thrown([name], held=True))
        same(found, wanted)
        if not dish.library.pathways[name].stopped:
            same(other_side(found), theirs, exact=True)
            moved += any(np.any(found[n] != v) for n, v in plain.rates(dish, at).items())
    assert moved, "a pathway of which nothing lives in this dish shows nothing"


def test_fixed_it_is_the_skin_with_its_drives_at_one(
    dish: Skin, pathways: tuple[str, ...], single: Field, at: dict[str, Floats]
) -> None:
    for name in pathways:
        held, fixed = dish.drives_of([name])
        thrown = dish.thrown([name], held=False)
        assert not any(n.startswith("hold_") for n in thrown)
        if not dish.library.pathways[name].stopped:
            wanted = Field.of(dish.knocked_out([], off=held | fixed))
            same(single.rates(dish, at, thrown), wanted.rates(dish, at))


def test_what_is_stopped_does_not_run_on_either_side(shipped) -> None:
    skin: Skin = shipped.skin
    name, pathway = next((n, p) for n, p in skin.library.pathways.items() if p.stopped)
    twin = read_sbml(skin.switchable([name], twin=True).sbml)
    for process in pathway.stopped:
        owner, _, symbol = process.partition(".")
        switch = f"runs_{owner}_{symbol}"
        assert skin.thrown([name], held=True)[switch] == 0.0
        assert skin.thrown([name], held=False)[switch] == 0.0
        for side in ("", COPY):
            rate = twin.rules[f"{side}{owner}_{symbol}"]
            assert switch in str(rate), f"{side}{process} runs on"


def test_several_are_lost_together(dish: Skin, twin: Field, at: dict[str, Floats]) -> None:
    names = ("inflammasome", "nf_kb")
    wanted = Field.of(dish.knocked_out(names)).rates(dish, at)
    same(twin.rates(dish, at, dish.thrown(names, held=True)), wanted)


def solved(
    structure: Structure, skin: Skin, lit: Sequence[str], thrown: Mapping[str, float], *, read
) -> dict[str, Floats]:
    system = read_sbml(structure.sbml)
    usual = {p: skin.values[p] for p in system.parameters if p in skin.values}
    start = [skin.initial[s.removeprefix(COPY)] for s in system.states]
    doses = [Doses.for_everyone(1, times=[0.5], state=s, amount=LAMP) for s in lit]
    joined = Doses(
        np.concatenate([d.person for d in doses]), np.concatenate([d.time for d in doses]),
        tuple(s for d in doses for s in d.state), np.concatenate([d.amount for d in doses]),
    )  # fmt: skip
    program = Program(np.linspace(0, 3, 7), tuple(read), rtol=1e-9, atol=1e-12)
    course = solve(
        system, program, parameters=usual | thrown, initial=np.array([start]), doses=joined,
        workers=1, backend="population",
    )  # fmt: skip
    assert course.ok.all()
    return {name: course.of(name)[0] for name in read}


@pytest.mark.slow
def test_the_comparators_side_of_a_twin_runs_the_comparators_course(dish: Skin) -> None:
    """Treated is lit, its comparator is not; then both are, by a lamp of their own each."""
    names = ("inflammasome",)
    twin = dish.switchable(names, twin=True)
    both = (*READ, *(COPY + n for n in READ))
    held = dish.thrown(names, held=True)
    lit = solved(dish.structure, dish, ["lamp_uvb"], {}, read=READ)
    assert lit["il1b"][-1] > 1.05 * lit["il1b"][0]
    found = solved(twin, dish, ["lamp_uvb"], held, read=both)
    for name in READ:
        rest = dish.initial[name]
        assert found[COPY + name] == pytest.approx(np.full(7, rest), rel=1e-7), name
    assembled = solved(dish.knocked_out(names), dish, ["lamp_uvb"], {}, read=both)
    for name in both:
        assert found[name] == pytest.approx(assembled[name], rel=1e-7), name
    assert found["il1b"][-1] < lit["il1b"][-1], "without the inflammasome less comes"
    alike = solved(twin, dish, ["lamp_uvb", f"{COPY}lamp_uvb"], held, read=both)
    for name in READ:
        assert alike[COPY + name] == pytest.approx(lit[name], rel=1e-6), name
        assert alike[name] == pytest.approx(lit[name], rel=1e-6), "held at its own course"


def test_the_comparator_can_have_numbers_of_its_own(
    dish: Skin, plain: Field, at: dict[str, Floats]
) -> None:
    name = next(n for n in ("glucose_in_medium", "sed_per_day") if n in dish.library.numbers)
    twin = Field.of(dish.switchable(["inflammasome"], twin=True, own=[name]))
    assert COPY + name in twin.system.parameters and name in twin.system.parameters
    rest = twin.rates(dish, at)
    same(rest, plain.rates(dish, at), exact=True)
    mine = twin.rates(dish, at, {name: dish.values[name] + 3.0})
    same(other_side(mine), other_side(rest), exact=True)
    theirs = twin.rates(dish, at, {COPY + name: dish.values[name] + 3.0})
    for state in dish.structure.states:
        assert np.array_equal(theirs[state], rest[state]), state
    assert {n for n in rest if np.any(mine[n] != rest[n])} == {
        n.removeprefix(COPY) for n in rest if np.any(theirs[n] != rest[n])
    }


def test_a_name_that_is_nothing_is_refused(dish: Skin) -> None:
    with pytest.raises(UnknownName, match="inflammasom"):
        dish.switchable(["inflammasom"])
    with pytest.raises(UnknownName):
        dish.thrown(["inflammasom"], held=True)
    assert dish.thrown([], held=True) == {}


def test_a_skin_that_lacks_a_pathway_lacks_what_it_silences(shipped) -> None:
    """A share of each silenced process and variable is left, and all else is as it was."""
    record = read_settings(shipped.catalogue).records["fibroblast_culture"]
    dish = shipped.skin.in_setting(record)
    silencing = [n for n, p in dish.library.pathways.items() if p.silenced]
    assert silencing, "no pathway silences anything: nothing was tried"
    states = dish.structure.states
    here = {n: np.full(PEOPLE, dish.initial[n] * 1.3 + 0.01) for n in states}
    plain = Field.of(dish.structure).rates(dish, here)
    switchable = Field.of(dish.switchable(silencing))
    for name in silencing:
        none_lost = dish.lacking([name], 1.0)
        same(switchable.rates(dish, here, none_lost), plain, exact=True)
        half = switchable.rates(dish, here, dish.lacking([name], 0.5))
        gone = switchable.rates(dish, here, dish.lacking([name], 0.0))
        moved = [n for n in states if np.any(half[n] != plain[n])]
        assert moved, name
        if all("." in s and s.split(".")[1] in _processes(dish, s) for s in
               dish.library.pathways[name].silenced):  # fmt: skip
            for n in moved:  # a process enters a rate once: half of it is half of its part
                assert half[n] - gone[n] == pytest.approx(plain[n] - half[n], rel=1e-9), n


def _processes(skin: Skin, name: str) -> set[str]:
    return set(skin.library.mechanisms[name.split(".", maxsplit=1)[0]].owned("process"))


def test_a_pathway_that_silences_nothing_is_thrown_as_at_rest(dish: Skin) -> None:
    plain = [n for n, p in dish.library.pathways.items() if not p.silenced]
    assert dish.lacking(plain, 0.2) == dish.thrown(plain, held=False)
