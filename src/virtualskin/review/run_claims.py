"""A review run, as a short pipe: group claims, draw donors, solve each experiment, judge, count."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from virtualskin.engine import Workers, solver_version
from virtualskin.review.arms import Experiment, experiments_of
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check import CheckBench, Checked, check_claim, is_checked
from virtualskin.review.claim_result import ClaimResult, ReviewResult, ReviewStamp
from virtualskin.review.claim_shelf import ClaimShelf
from virtualskin.review.donors import Size, Stock, draw
from virtualskin.review.judging import Judge, clock_of, observed
from virtualskin.review.result_store import Kept, ResultStore, key_of, key_of_check, model_hash
from virtualskin.review.solving import Room

Told = Callable[[str, int, int], None]


def run_review(
    shelf: ClaimShelf,
    stock: Stock,
    *,
    ids: Sequence[str] = (),
    size: Size | None = None,
    workers: int | None = None,
    store: ResultStore | None = None,
    command: str = "",
    progress: Told = lambda stage, done, total: None,
) -> ReviewResult:
    """Run claims and judge them.

    Args:
        shelf: the claims.
        stock: what experiments are made of.
        ids: which claims; all of them if none is named.
        size: how large the run is.
        workers: threads; None for all cores. Never changes a result.
        store: where results are kept; by default none are.
        command: the command that repeats the run.
        progress: called with stage, done and total.

    Raises:
        UnknownName: for a claim that does not exist.
    """
    size = size or Size()
    claims = shelf.chosen(ids)
    young = stock.skin.values["reference_age"]
    known = stock.settings.records
    everything = experiments_of(shelf.chosen(), known, stock.therapies, stock.rules, young)
    wanted = {c.experiment for c in claims if c.scope.status == "in_scope"}
    chosen = [e for name, e in everything.items() if name in wanted]
    run = _Run(shelf, stock, size, store or ResultStore(None), list(everything.values()))
    found, rejected = run.results(chosen, workers, progress)
    found |= run.checks([c for c in claims if is_checked(c)], workers, progress)
    results = tuple(found[c.id] for c in claims)
    return ReviewResult(_stamp(stock, size), results, rejected, command)


@dataclass(frozen=True)
class _Run:
    """One run.

    Args:
        shelf: the claims.
        stock: what experiments are made of.
        size: how large.
        store: results of earlier runs.
        everything: every experiment there is; those of a setting share its equations.
    """

    shelf: ClaimShelf
    stock: Stock
    size: Size
    store: ResultStore
    everything: list[Experiment]

    def results(
        self, chosen: Sequence[Experiment], workers: int | None, progress: Told
    ) -> tuple[dict[str, ClaimResult], int]:
        """Results by claim, and how many draws were set aside."""
        model = model_hash(self.stock.catalogue)
        keys = {e.id: self._key(e, model) for e in chosen}
        claims = self.shelf.claims.records
        kept = {e.id: self.store.read(keys[e.id], claims) for e in chosen}
        found = {r.claim.id: r for one in kept.values() if one is not None for r in one.results}
        left = [e for e in chosen if kept[e.id] is None]
        done = len(chosen) - len(left)
        progress("experiments", done, len(chosen))
        if not left:
            return found, max((one.rejected for one in kept.values() if one is not None), default=0)
        with Workers(workers) as pool:
            draws = draw(self.stock, self.size, pool)
            for setting in dict.fromkeys(e.setting for e in left):
                here = self._of(setting)
                room = Room.of(self.stock, setting, here, draws, self.size, pool)
                for e in (e for e in left if e.setting == setting):
                    results = tuple(_experiment(room, e))
                    self.store.write(keys[e.id], Kept(results, draws.rejected))
                    found |= {r.claim.id: r for r in results}
                    done += 1
                    progress("experiments", done, len(chosen))
        return found, draws.rejected

    def checks(
        self, claims: Sequence[Claim], workers: int | None, progress: Told
    ) -> dict[str, ClaimResult]:
        """Results of claims that are not run: what their check finds, or why there is none."""
        model = model_hash(self.stock.catalogue, ("evidence",))
        keys = {c.id: key_of_check(c, model, self.size) for c in claims}
        known = {c.id: self.store.read_check(keys[c.id]) for c in claims}
        left = [c for c in claims if known[c.id] is None]
        done = len(claims) - len(left)
        if left:
            stock = self.stock
            with Workers(workers) as pool:
                bench = CheckBench(
                    stock.skin,
                    stock.therapies,
                    stock.safety,
                    universes=self.size.universes,
                    seed=self.size.seed,
                    workers=pool,
                )
                for claim in left:
                    checked = check_claim(claim, bench)
                    self.store.write_check(keys[claim.id], checked)
                    known[claim.id] = checked
                    done += 1
                    progress("checks", done, len(claims))
        return {c.id: _checked(c, one) for c in claims if (one := known[c.id]) is not None}

    def _of(self, setting: str) -> list[Experiment]:
        return [e for e in self.everything if e.setting == setting]

    def _key(self, e: Experiment, model: str) -> str:
        here = self._of(e.setting)
        switched = {n for x in here for loss in x.losses for n in loss}
        switched |= {n for x in here for arm in x.arms.values() for n in arm.off}
        given = {repr(t) for x in here for arm in x.arms.values() for t in arm.treatments}
        return key_of(e, sorted(switched | given), model, self.size)


def _experiment(room: Room, e: Experiment) -> Iterable[ClaimResult]:
    donors = room.donors
    clock, names = clock_of(e, room.stock.rules), observed(e)
    judge = Judge(
        e,
        clock,
        names,
        room.course(e, clock.days, names),
        people=len(donors.people),
        setting=donors.setting,
        skin=donors.skin,
        rules=room.stock.rules,
    )
    return judge.results(room.losses(e, clock.days, names, judge.at_stake()))


def _checked(claim: Claim, found: Checked) -> ClaimResult:
    """A claim that is not run; a verdict that a check gives needs no reason of its scope."""
    reason = "" if found.seen else claim.scope.reason
    return ClaimResult(claim, found.verdict, reason, mechanism="not_named", checked=found)


def _stamp(stock: Stock, size: Size) -> ReviewStamp:
    numerics = stock.rules.numerics
    return ReviewStamp(
        stock.catalogue.hash(),
        version("virtualskin"),
        size.seed,
        size.people,
        size.universes,
        solver_version(size.backend),
        platform.machine().lower(),
        numerics.rtol,
        numerics.atol,
    )
