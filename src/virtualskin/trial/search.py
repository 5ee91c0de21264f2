"""Search in batches by NSGA-II: ask for a batch, have it judged, tell, and so on, resumably.

Optuna proposes and keeps. Its sampler's random numbers would depend on how a search was cut, so
each candidate gets a sampler of its own, seeded by the search's seed and the candidate's number;
together with batches that are told whole before the next is asked, an interrupted search goes on
to the very candidates of an uninterrupted one. The journal is a text file of JSON lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from virtualskin.ground import SkinError, stream
from virtualskin.trial.regimen import Point

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.samplers import NSGAIISampler
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial, Trial

NUMBER, KEPT, ASKED = "candidate", "kept", "asked"
STUDY = "regimens"
WORST = 1e30  # not science: beyond any reading
MOST_SEED = 2**31  # not science: what a sampler takes as a seed
Direction: TypeAlias = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Scores:
    """What a candidate is worth.

    Args:
        goals: one number a goal; any that is not finite counts as a candidate that failed.
        excess: one number a limit, above 0 where it is broken.
        kept: whatever else is to be kept of it, as JSON.
    """

    goals: tuple[float, ...]
    excess: tuple[float, ...]
    kept: Any


@dataclass(frozen=True)
class Explored:
    """A candidate that was judged.

    Args:
        number: from 0, in the order asked.
        point: where in the space it lies.
        kept: what its judge kept.
    """

    number: int
    point: Point
    kept: Any


Judge: TypeAlias = Callable[[Sequence[Point]], Sequence[Scores]]


@dataclass(frozen=True)
class Search:
    """What is searched.

    Args:
        ranges: dimensions from 0 to 1.
        choices: dimensions without order → their values.
        directions: one a goal.
        candidates: how many in all.
        batch: how many at once.
        seed: master seed; same seed, same candidates.
        asked: fingerprint of all that candidates and scores depend on.
    """

    ranges: tuple[str, ...]
    choices: Mapping[str, Sequence[str]]
    directions: tuple[Direction, ...]
    candidates: int
    batch: int
    seed: int
    asked: str

    def opened(self, journal: Path | None = None, *, resume: bool = False) -> Study:
        """Where the search is kept.

        Args:
            journal: file that keeps what is found; None keeps nothing.
            resume: go on with what the journal holds; else it is begun anew.

        Raises:
            SkinError: if there is nothing to resume, or the journal is another search's.
        """
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        storage: BaseStorage = optuna.storages.InMemoryStorage()
        if journal is not None:
            storage = _kept_in(journal, resume=resume)
        study = optuna.create_study(
            storage=storage,
            study_name=STUDY,
            directions=list(self.directions),
            load_if_exists=True,
        )
        asked = study.user_attrs.get(ASKED)
        if asked is None:
            study.set_user_attr(ASKED, self.asked)
        elif asked != self.asked:
            raise SkinError(
                "The folder holds another search: plan, catalogue, seed or sizes differ.",
                code="other_search",
                where="--resume",
                hint="Repeat the call it was begun with, or name a new folder.",
            )
        return study

    def run(
        self,
        study: Study,
        judge: Judge,
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Explored]:
        """Every candidate, in the order asked.

        Args:
            study: from `opened`.
            judge: points → scores, each the same whatever other points stand beside it.
            progress: called with candidates judged and total.
        """
        known = self._judged(study)
        progress(len(known), self.candidates)
        while len(known) < self.candidates:
            generation = len(known) // self.batch
            last = min((generation + 1) * self.batch, self.candidates)
            # Parents are kept when first asked for, and handed out in another order from then on.
            self._sampler(0).get_parent_population(study, generation)
            asked = [self._ask(study, number) for number in range(len(known), last)]
            for trial, score in zip(asked, judge([t.params for t in asked]), strict=True):
                self._tell(study, trial, score)
            known = self._judged(study)
            progress(len(known), self.candidates)
        return [Explored(t.user_attrs[NUMBER], t.params, t.user_attrs[KEPT]) for t in known]

    def _space(self) -> dict[str, BaseDistribution]:
        from optuna.distributions import CategoricalDistribution, FloatDistribution

        space: dict[str, BaseDistribution] = {
            name: CategoricalDistribution(list(values)) for name, values in self.choices.items()
        }
        return space | {name: FloatDistribution(0.0, 1.0) for name in self.ranges}

    def _judged(self, study: Study) -> list[FrozenTrial]:
        """Candidates that were judged, in their order.

        Whatever was asked and not told when a process ended is set aside: its number is asked
        again, and comes to the same point.
        """
        from optuna.trial import TrialState

        known: dict[int, FrozenTrial] = {}
        for trial in study.get_trials(deepcopy=False):
            if trial.state == TrialState.COMPLETE:
                known[trial.user_attrs[NUMBER]] = trial
            elif trial.state == TrialState.RUNNING:
                study.tell(trial.number, state=TrialState.FAIL)
        return [known[number] for number in sorted(known)]

    def _ask(self, study: Study, number: int) -> Trial:
        """One more candidate, which depends on seed, number and earlier batches alone."""
        seed = int(stream(self.seed, "candidate", number).integers(MOST_SEED))
        study.sampler = self._sampler(seed)
        trial = study.ask(self._space())
        trial.set_user_attr(NUMBER, number)
        return trial

    def _sampler(self, seed: int) -> NSGAIISampler:
        from optuna.samplers import NSGAIISampler

        return NSGAIISampler(population_size=self.batch, seed=seed)

    def _tell(self, study: Study, trial: Trial, score: Scores) -> None:
        """Keep what a candidate is worth; one that failed is worth less than any other.

        It is told all the same, so that every batch is one generation.
        """
        good = all(math.isfinite(value) for value in (*score.goals, *score.excess))
        excess = score.excess if good else [WORST] * max(len(score.excess), 1)
        for place, value in enumerate(excess):
            trial.set_constraint(str(place), value)
        worst = [WORST if d == "minimize" else -WORST for d in self.directions]
        trial.set_user_attr(KEPT, score.kept)
        study.tell(trial, list(score.goals) if good else worst)


def _kept_in(journal: Path, *, resume: bool) -> BaseStorage:
    from optuna.storages import JournalStorage

    from virtualskin.trial.journal import Journal

    if resume and not journal.is_file():
        raise SkinError(
            "There is no search to go on with.",
            code="nothing_to_resume",
            where="--resume",
            hint="Name the folder of a search that was begun, or leave --resume out.",
        )
    if not resume:
        journal.unlink(missing_ok=True)
    elif journal.is_file():
        _mend(journal)
    return JournalStorage(Journal(journal))


def _mend(journal: Path) -> None:
    """Cut off half a line that a killed process has left at the end."""
    whole = journal.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        with journal.open("rb+") as file:
            file.truncate(end)
