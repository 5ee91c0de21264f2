"""Everything that can be put into skin: every product by every route, and the negative controls.

One person, the reference one, is given each admissible pair once, all in one batch on the model
that collects what leaves the skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from virtualskin.biology import Account, Skin, accounted
from virtualskin.engine import Doses, Program, System, read_sbml, solve
from virtualskin.ground import Catalogue, SkinError
from virtualskin.review.scenario import load_scenarios
from virtualskin.therapy import (
    Plan,
    Therapies,
    Treatment,
    load_therapies,
    load_treated_skin,
    make_plan,
)

THERAPIES = load_therapies(Catalogue.open())
PAIRS = [(p.id, r.id) for p in THERAPIES.products for r in THERAPIES.routes]
GIVEN = [
    (p, r) for p, r in PAIRS if THERAPIES.refused(THERAPIES.product(p), THERAPIES.route(r)) is None
]
REFUSED = [pair for pair in PAIRS if pair not in set(GIVEN)]
# Products with something active in a vehicle, and the routes some of them are given by.
DOSED = [
    p.id for p in THERAPIES.products if {c.role for c in p.components} == {"active", "vehicle"}
]  # fmt: skip
WET = [r.id for r in THERAPIES.routes if any((p, r.id) in GIVEN for p in DOSED)]
DAYS = np.array([0.0, 1.0, 7.0, 28.0])


@dataclass(frozen=True)
class Given:
    """Courses of a batch of plans.

    Args:
        names: states, accumulators among them.
        values: (rows, days, states).
        given: row → component → amount.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    given: list[dict[str, float]]

    def of(self, row: int, name: str) -> NDArray[np.float64]:
        return self.values[row, :, self.names.index(name)]

    def of_all(self, name: str) -> NDArray[np.float64]:
        """Last reading of every row."""
        return self.values[:, -1, self.names.index(name)]


def median(number) -> float:
    return number.value


def run(skin: Skin, system: System, plans: list[Plan], days: NDArray[np.float64]) -> Given:
    """Every plan on one reference person each."""
    rows, times, states, amounts, given = [], [], [], [], []
    for row, plan in enumerate(plans):
        mine: dict[str, float] = {}
        for event in plan.events:
            amount = float(event.value(median))
            rows.append(row)
            times.append(event.day)
            states.append(event.state)
            amounts.append(amount)
            if event.component is not None:
                mine[event.component] = mine.get(event.component, 0.0) + amount
        given.append(mine)
    doses = Doses(np.array(rows), np.array(times), tuple(states), np.array(amounts))
    names = {name for plan in plans for name in plan.settings}
    parameters = {
        name: np.array([
            float(p.settings[name].value(median)) if name in p.settings else skin.values[name]
            for p in plans
        ])
        for name in names
    }  # fmt: skip
    start = [skin.initial.get(s, 0.0) for s in system.states]
    course = solve(
        system,
        Program(times=days, observe=system.states, rtol=1e-7, atol=1e-10, periods=skin.periods),
        parameters={
            **{k: np.full(len(plans), v) for k, v in skin.values.items() if k in system.parameters},
            **parameters,
        },
        initial=np.tile(start, (len(plans), 1)),
        doses=doses,
        backend="population",
        workers=1,
    )
    assert all(s.ok for s in course.status), {s.reason for s in course.status if not s.ok}
    return Given(system.states, course.values, given)


@pytest.fixture(scope="module")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture(scope="module")
def system(skin: Skin) -> System:
    accounts = [Account(c.id, c.states, c.cleared) for c in THERAPIES.components]
    return read_sbml(accounted(skin.structure, skin.library, accounts).sbml)


def plan(skin: Skin, product: str, route: str, therapies: Therapies = THERAPIES, **told) -> Plan:
    return make_plan(skin, therapies, [Treatment(product, route, (0.0,), **told)])


@pytest.fixture(scope="module")
def once(skin: Skin, system: System) -> Given:
    return run(skin, system, [plan(skin, *pair) for pair in GIVEN], DAYS)


def row(product: str, route: str) -> int:
    return GIVEN.index((product, route))


def test_there_is_something_of_everything() -> None:
    """Every product has a way in, and every route carries something."""
    assert {p for p, _ in GIVEN} == set(THERAPIES.products.records)
    assert {r for _, r in GIVEN} == set(THERAPIES.routes.records)
    assert len(GIVEN) + len(REFUSED) == len(PAIRS)


def test_every_pair_runs_and_stays_finite(once: Given) -> None:
    assert np.isfinite(once.values).all()
    assert once.values.min() > -1e-6


@pytest.mark.parametrize(("product", "route"), REFUSED)
def test_an_inadmissible_pair_is_refused_with_the_reason(
    skin: Skin, product: str, route: str
) -> None:
    with pytest.raises(SkinError) as caught:
        plan(skin, product, route)
    reason = THERAPIES.refused(THERAPIES.product(product), THERAPIES.route(route))
    assert reason is not None
    assert reason.en in caught.value.message
    assert caught.value.hint.startswith("It is given by ")


@pytest.mark.parametrize("component", list(THERAPIES.components.records))
def test_mass_is_kept_from_syringe_to_skin_blood_and_loss(once: Given, component: str) -> None:
    """Given and made, less what was there: in the skin, cleared, or lost, at every time."""
    held = [once.names.index(s) for s in THERAPIES.component(component).states]
    cleared, lost, made = (
        once.names.index(f"{k}_{component}") for k in ("cleared", "lost", "made")
    )
    inside = once.values[:, :, held].sum(axis=2)
    given = np.array([mine.get(component, 0.0) for mine in once.given])[:, None]
    gone = once.values[:, :, cleared] + once.values[:, :, lost]
    # a dose at time 0 is not yet in the reading of time 0
    got = (inside + gone - once.values[:, :, made])[:, 1:] - inside[:, :1]
    assert got == pytest.approx(np.broadcast_to(given, got.shape), rel=1e-5, abs=1e-6)


def test_intact_skin_keeps_vesicles_out_of_the_dermis(once: Given) -> None:
    """A little into epidermis and follicles, next to nothing into the dermis."""
    on = row("adsc_exo", "topical")
    dose = once.given[on]["vesicle"]
    day = 1
    epidermis, dermis = (once.of(on, f"vesicle_{layer}")[day] for layer in ("epidermis", "dermis"))
    cells = once.of(on, "vesicle_cell")[day]
    assert 0.001 * dose < epidermis < 0.05 * dose
    assert dermis + cells < 0.001 * dose
    needled = row("adsc_exo", "microneedling")
    assert once.of(needled, "vesicle_dermis")[day] > 20 * dermis


@pytest.mark.parametrize("route", WET)
def test_no_dose_is_the_vehicle_exactly(skin: Skin, system: System, route: str) -> None:
    """Every product at a dose of nothing gives saline's course by the same route, bit by bit."""
    products = [p for p in DOSED if (p, route) in GIVEN]
    zero = [plan(skin, p, route, dose=0.0) for p in products]
    got = run(skin, system, [plan(skin, "saline", route), *zero], DAYS)
    biology = [i for i, s in enumerate(got.names) if s in skin.structure.states]
    for index in range(1, len(zero) + 1):
        assert got.values[index][:, biology].tobytes() == got.values[0][:, biology].tobytes()


@pytest.mark.parametrize(
    ("device", "route"),
    [
        ("device_mn", "microneedling"),
        ("device_rfmn", "rf_microneedling"),
        ("device_fco2", "fractional_co2"),
        ("device_laser_nonablative", "nonablative_laser"),
        ("device_rf", "radiofrequency"),
        ("device_hifu", "focused_ultrasound"),
    ],
)
def test_a_device_works_without_a_product(once: Given, device: str, route: str) -> None:
    on = row(device, route)
    assert once.given[on] == {}
    rest = once.of(on, "repair_fibroblast")[0]
    assert once.of(on, "repair_fibroblast")[2] > rest + 0.05
    assert once.of(on, "collagen1_new")[3] > once.of(on, "collagen1_new")[0]


def test_longer_needles_bring_more_into_the_dermis(skin: Skin, system: System) -> None:
    """The same dose through the same pores: what enters divides between epidermis and dermis."""
    plans = [plan(skin, "adsc_exo", "microneedling", depth_mm=d) for d in (0.25, 0.5, 2.0)]
    early = np.array([0.0, 0.01])
    got = run(skin, system, plans, early)
    deep = [got.of(i, "vesicle_dermis")[1] + got.of(i, "vesicle_cell")[1] for i in range(3)]
    both = [deep[i] + got.of(i, "vesicle_epidermis")[1] for i in range(3)]
    assert deep[0] < deep[1] < deep[2] < both[2]
    follicles = got.of(1, "vesicle_surface")[1] * 0.2 * 0.01
    share = [d / (b - follicles) for d, b in zip(deep, both, strict=True)]
    assert share == pytest.approx([1 / 3, 1 / 2, 4 / 5], abs=0.02)


def test_hypoxic_cells_give_more_vegf(once: Given) -> None:
    """Five times as much by the row; their growth factors a third more."""
    plain, hypoxic = (row(f"adsc_cells{end}", "intradermal") for end in ("", "_hypoxia"))
    day = 1
    vegf = once.of(hypoxic, "vegf_given")[day] / once.of(plain, "vegf_given")[day]
    assert vegf == pytest.approx(4.97, rel=0.05)
    assert 1.1 < once.of(hypoxic, "mitogen")[day] / once.of(plain, "mitogen")[day] < 1.6


def test_products_in_any_order_share_a_skin(skin: Skin, system: System) -> None:
    """Three treatments drawn at random, each on its own day; their mass is kept together."""
    draw = np.random.default_rng(5)
    plans: list[Plan] = []
    while len(plans) < 40:
        picked = [GIVEN[i] for i in draw.integers(0, len(GIVEN), 3)]
        told = [Treatment(p, r, (float(day),)) for day, (p, r) in enumerate(picked)]
        try:
            plans.append(make_plan(skin, THERAPIES, told))
        except SkinError as error:
            assert error.code == "routes_disagree"
    got = run(skin, system, plans, np.array([0.0, 28.0]))
    assert np.isfinite(got.values).all()
    for component in THERAPIES.components:
        held = [got.names.index(s) for s in component.states]
        inside = got.values[:, :, held].sum(axis=2)
        cleared, lost, made = (
            got.of_all(f"{k}_{component.id}") for k in ("cleared", "lost", "made")
        )
        kept = inside[:, 1] - inside[:, 0] + cleared + lost - made
        given = [mine.get(component.id, 0.0) for mine in got.given]
        assert kept == pytest.approx(given, rel=1e-5, abs=1e-6), component.id


def test_a_vein_brings_little_to_the_skin(once: Given) -> None:
    drip, injection = row("adsc_exo", "intravenous"), row("adsc_exo", "intradermal")
    assert once.of(drip, "vesicle_dermis")[1] < 1e-3 * once.of(injection, "vesicle_dermis")[1]
    assert once.of(drip, "cleared_vesicle")[1] > 0.9 * once.given[drip]["vesicle"]


def test_a_gel_holds_what_a_liquid_loses(once: Given) -> None:
    gel, liquid = row("adsc_exo", "hydrogel_depot"), row("adsc_exo", "subcutaneous")
    assert once.of(gel, "vesicle_depot")[2] > 0.2 * once.given[gel]["vesicle"]
    assert once.of(liquid, "vesicle_depot")[2] < 0.01 * once.given[liquid]["vesicle"]


@pytest.mark.parametrize(
    ("route", "person", "share", "days"),
    [
        ("hydrogel_depot_chitosan", "gel_chitosan", 0.86, 2.0),  # HG-03
        ("hydrogel_depot_mineral", "gel_mineral", 0.90, 5.5),  # HG-05, HG-06: nine tenths is empty
        ("hydrogel_depot", "gel", 0.90, 14.0),  # HG-02
    ],
)
def test_each_gel_gives_off_at_the_pace_of_its_row(
    once: Given, route: str, person: str, share: float, days: float
) -> None:
    """Through the depot; and the facts judge the gel that the route gives."""
    on = row("adsc_exo", route)
    left = once.of(on, "vesicle_depot")[1] / once.given[on]["vesicle"]
    assert 1 - left**days == pytest.approx(share, abs=0.01)
    pace = next(s.amount.value for s in THERAPIES.route(route).settings if s.input == "k_depot")
    scenario = load_scenarios(Catalogue.open()).scenarios[person]
    assert scenario.inputs == {"k_depot": pace}


def test_a_cover_keeps_pores_open(once: Given) -> None:
    opened, covered = (row("adsc_exo", f"microneedling{end}") for end in ("", "_covered"))
    assert once.of(covered, "pore")[1] > 5 * once.of(opened, "pore")[1]
    assert once.of(covered, "vesicle_dermis")[1] > once.of(opened, "vesicle_dermis")[1]


def test_fat_takes_better_with_stem_cells(once: Given) -> None:
    """The share that becomes fat of the face; 44 % without and 64 % with them in the table."""
    alone, helped = row("fat_graft", "graft"), row("fat_graft_svf", "graft")
    assert once.of(helped, "fat")[3] > once.of(alone, "fat")[3] > once.of(alone, "fat")[0]


def test_a_senolytic_clears_most_senescent_cells(once: Given) -> None:
    senescent = once.of(row("senolytic", "oral"), "senescent")
    assert 0.2 < senescent[2] / senescent[0] < 0.5


def test_sunscreen_keeps_light_off_for_hours(once: Given) -> None:
    film = once.of(row("sunscreen", "topical"), "sunscreen")
    assert film[1] < 0.01
