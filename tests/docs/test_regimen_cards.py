"""Are the cards on regimens true? Their files can be run, and their commands have these flags."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import yaml

from virtualskin.biology import Skin
from virtualskin.cli.commands import app
from virtualskin.ground import Catalogue
from virtualskin.population import read_plausibility
from virtualskin.therapy import load_therapies, load_treated_skin
from virtualskin.trial import Scenario, SearchPlan, Shelves, plan_findings, read_trials
from virtualskin.trial.place import skin_at
from virtualskin.trial.scenario import scenario_findings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "how-to"
CARDS = [FOLDER / "regimens.md", FOLDER / "regimens.zh.md"]


@pytest.fixture(scope="module")
def shelves() -> Shelves:
    catalogue = Catalogue.open()
    skin: Skin = load_treated_skin(catalogue)
    return Shelves(catalogue, skin, load_therapies(catalogue), read_trials(catalogue))


def blocks(card: Path, kind: str) -> list[str]:
    text = card.read_text(encoding="utf-8")
    return re.findall(rf"^```yaml {kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("card", CARDS, ids=lambda p: p.name)
def test_every_file_of_a_card_can_be_run(shelves: Shelves, card: Path) -> None:
    ages = read_plausibility(shelves.catalogue, shelves.skin)
    scenarios = [Scenario.model_validate(yaml.safe_load(b)) for b in blocks(card, "scenario")]
    assert [s.setting for s in scenarios] == [None, None, "fibroblast_culture"]
    for scenario in scenarios:
        place = skin_at(shelves.skin, scenario.setting).setting
        assert scenario_findings(scenario, card.name, shelves.therapies, ages, place) == []
        assert set(scenario.quantities) <= set(shelves.skin.library.observables)
        assert set(scenario.inputs) <= set(shelves.skin.library.numbers)
    (plan,) = (SearchPlan.model_validate(yaml.safe_load(b)) for b in blocks(card, "search"))
    assert plan_findings(plan, card.name, shelves, ages) == []


@pytest.mark.parametrize("card", CARDS, ids=lambda p: p.name)
def test_every_flag_of_a_card_exists(card: Path) -> None:
    commands = typer.main.get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    text = card.read_text(encoding="utf-8").replace("\\\n", " ")
    calls = re.findall(r"^virtualskin (\w+) (.*)$", text, re.MULTILINE)
    assert len(calls) >= 3
    for name, arguments in calls:
        known = {flag for parameter in commands[name].params for flag in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known


def test_both_languages_show_the_same_files() -> None:
    for kind in ("scenario", "search"):
        assert blocks(CARDS[0], kind) == blocks(CARDS[1], kind)
