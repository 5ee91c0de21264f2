"""A small trial of four arms, run once for all tests that look at its result."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import Therapies, load_therapies, load_treated_skin
from virtualskin.trial import (
    RunSettings,
    TrialResult,
    TrialShelf,
    read_design,
    read_trials,
    run_trial,
)

PARK = yaml.safe_load((SHIPPED / "trial/published/park2023_hacs.yaml").read_text(encoding="utf-8"))
SEED = 1
# arm → what differs from the shipped product arm
ARMS: dict[str, dict[str, Any]] = {
    "exo": {"product": "adsc_exo_hacs", "dose": 1.0e10},
    "saline": {"product": "saline"},
    "zero": {"product": "adsc_exo_hacs", "dose": 0},
    "none": {"product": "nothing", "route": "topical"},
}
NOTHING = {
    "id": "nothing", "title": {"en": "Nothing", "zh": "无"}, "kind": "control", "components": [],
    "settings": [], "note": {"en": "Nothing is done.", "zh": "不作任何处理"},
}  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """The shelves, with one more product, and a folder with the study file."""

    catalogue: Catalogue
    skin: Skin
    therapies: Therapies
    trials: TrialShelf
    study: Path

    def run(self, name: str = "", *, without: tuple[str, ...] = (), **settings: Any) -> TrialResult:
        """Run the study of four arms, less some of them, or a trial by name."""
        design, file = read_design(name or str(self.study), self.catalogue, self.trials)
        arms = tuple(a for a in design.arms if a.id not in without)
        design = design.model_copy(update={"arms": arms})
        sizes = {"people": 4, "universes": 1, "replicates": 30, "seed": SEED, "workers": 1}
        return run_trial(
            design, file, catalogue=self.catalogue, skin=self.skin, therapies=self.therapies,
            shelf=self.trials, settings=RunSettings(**{**sizes, **settings}),
        )  # fmt: skip


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    products = folder / "mine" / "therapy" / "products"
    products.mkdir(parents=True)
    (products / "nothing.yaml").write_text(yaml.safe_dump(NOTHING), encoding="utf-8")
    arm = {**PARK["arms"][0], "sessions": 1, "every": "none"}
    study = {
        **PARK,
        "id": "small",
        "kind": "planned",
        "design": {**PARK["design"], "n": 6, "visits_weeks": [0, 1, 2]},
        "cohort": {"age": {"min": 30, "max": 32}, "sex": "F", "phototype": ["III", "IV"]},
        "arms": [{**arm, "id": name, **changes} for name, changes in ARMS.items()],
        "control": "saline",
        "outcomes": [],
        "adverse": [],
    }
    path = folder / "small.yaml"
    path.write_text(json.dumps(study), encoding="utf-8")  # JSON is YAML without aliases
    catalogue = Catalogue.open(folder / "mine")
    skin = load_treated_skin(catalogue)
    return Bench(catalogue, skin, load_therapies(catalogue), read_trials(catalogue), path)


@pytest.fixture(scope="session")
def result(bench: Bench) -> TrialResult:
    return bench.run()


@pytest.fixture(scope="session")
def truth() -> Callable[[TrialResult, str], Any]:
    """True readings of one arm as an array: endpoint, week, universe and person."""

    def of(result: TrialResult, arm: str) -> Any:
        table = result.people[result.people["arm"] == arm]
        return table.pivot_table(
            index=["endpoint", "week", "universe"], columns="person", values="true", dropna=False
        ).to_numpy()

    return of
