"""Every form of a drive in the assembled model, against its formula written once more here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin


def saturating(x: float, half: float, n: float = 1.0) -> float:
    return x**n / (half**n + x**n)


# drive → (what it reads, its value at rest, what it multiplies, that rate at rest, its formula)
FORMS: dict[str, tuple[str, float, str, float, Callable[[float], float]]] = {
    "signal_cuts": ("signal", 2.0, "turnover_cutting", 0.05, lambda x: (x / 2.0) ** 0.5),
    "fragments_signal": (
        "fragment", 0.25, "signalling_secretion", 48.0, lambda x: (1 + 2 * x) / (1 + 2 * 0.25),
    ),
    "fibre_feeds": (
        "fibre", 1.0, "renewal_birth", 0.12345678901234566,
        lambda x: (1 + 3 * saturating(x, 0.5)) / (1 + 3 * saturating(1.0, 0.5)),
    ),
    "fragments_block": (
        "fragment", 0.25, "turnover_synthesis", 0.05,
        lambda x: (1 + 1.5 * saturating(0.25, 0.4)) / (1 + 1.5 * saturating(x, 0.4)),
    ),
    "signal_clears": (
        "signal", 2.0, "turnover_removal", 0.05,
        lambda x: (1 + 2 * saturating(x, 3.0, 2)) / (1 + 2 * saturating(2.0, 3.0, 2)),
    ),
    "fibre_shades": ("fibre", 1.0, "exposure", 2.0, lambda x: x / 1.0),
    "thickness_whole": ("fibre", 1.0, "thickness", 50.0, lambda x: ((x + 0.25) / 1.25) ** 0.5),
    "thickness_light_seen": ("light_seen", 0.0, "thickness", 50.0, lambda x: 1 + 0.1 * x),
}  # fmt: skip


@pytest.fixture
def runner(tiny_skin: Skin) -> RoadRunner:
    made = RoadRunner(tiny_skin.structure.sbml)
    made.setValue("light", 4.0)
    return made


def test_every_drive_of_the_tiny_skin_is_tried(tiny_skin: Skin) -> None:
    assert set(FORMS) == set(tiny_skin.library.drives)
    forms = {d.form for d in tiny_skin.library.drives.values()}
    assert forms == {"power", "linear", "rise", "fall", "hill", "fraction"}


@pytest.mark.parametrize("name", FORMS)
def test_a_drive_is_one_at_the_reference(runner: RoadRunner, name: str) -> None:
    assert runner.getValue(f"drive_{name}") == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize("factor", [0.0, 0.3, 2.5])
@pytest.mark.parametrize("name", FORMS)
def test_a_drive_follows_its_formula_and_multiplies_its_target(
    runner: RoadRunner, name: str, factor: float
) -> None:
    source, rest, target, base, formula = FORMS[name]
    x = rest * factor if rest else factor
    before = runner.getValue(target)
    assert before == pytest.approx(base, rel=1e-12)
    runner.setValue(source, x)
    assert runner.getValue(f"drive_{name}") == pytest.approx(formula(x), rel=1e-12)
    others = [d for d, form in FORMS.items() if form[0] == source and form[2] == target]
    if others == [name] and target not in {"turnover_removal"}:
        assert runner.getValue(target) == pytest.approx(base * formula(x), rel=1e-12)


def test_two_drives_of_one_process_multiply(tiny) -> None:
    row = "fibre_cuts\tfibre\tturnover.cutting\tlinear\tgain\t1\t1\t\t\tassumed\t\twhy\traises\n"
    path = tiny.root / "biology/drives/influences.tsv"
    path.write_text(path.read_text("utf-8") + row, encoding="utf-8")
    runner = RoadRunner(tiny.load().structure.sbml)
    runner.setValue("signal", 8.0)
    runner.setValue("fibre", 3.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05 * 3.0 * 2.0 * (1 + 3) / 2)


def test_a_fixed_drive_stays_at_one(tiny_skin: Skin) -> None:
    from virtualskin.biology.assemble import assemble

    structure = assemble(tiny_skin.library, dict(tiny_skin.values), off={"signal_cuts"})
    runner = RoadRunner(structure.sbml)
    runner.setValue("signal", 8.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05, rel=1e-12)
    assert runner.getValue("drive_signal_clears") == pytest.approx(
        FORMS["signal_clears"][4](8.0), rel=1e-12
    )
