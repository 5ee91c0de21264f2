"""A review run, as a short pipe: group claims, draw donors, solve each experiment, judge, count."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version

from virtualskin.engine import Workers, solver_version
from virtualskin.review.arms import Experiment, experiments_of
from virtualskin.review.claim import Claim
from virtualskin.review.claim_result import ClaimResult, ReviewResult, ReviewStamp
from virtualskin.review.claim_shelf import ClaimShelf
from virtualskin.review.donors import Size, Stock, draw
from virtualskin.review.judging import Judge, clock_of, observed
from virtualskin.review.solving import Room

Told = Callable[[str, int, int], None]


def run_review(
    shelf: ClaimShelf,
    stock: Stock,
    *,
    ids: Sequence[str] = (),
    size: Size | None = None,
    workers: int | None = None,
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
    found: dict[str, ClaimResult] = {}
    rejected = 0
    if chosen:
        with Workers(workers) as pool:
            progress("universes", 0, 1)
            draws = draw(stock, size, pool)
            progress("universes", 1, 1)
            rejected, done = draws.rejected, 0
            for setting in dict.fromkeys(e.setting for e in chosen):
                here = [e for e in everything.values() if e.setting == setting]
                room = Room.of(stock, setting, here, draws, size, pool)
                for e in (e for e in chosen if e.setting == setting):
                    found |= {r.claim.id: r for r in _experiment(room, e)}
                    done += 1
                    progress("experiments", done, len(chosen))
    results = tuple(found.get(c.id) or _not_run(c) for c in claims)
    return ReviewResult(_stamp(stock, size), results, rejected, command)


def _experiment(room: Room, e: Experiment) -> Iterable[ClaimResult]:
    donors = room.donors
    clock, names = clock_of(e, room.stock.rules), observed(e)
    arms = room.course(e, clock.days, names)
    losses = room.losses(e, clock.days, names)
    return Judge(
        e,
        clock,
        names,
        arms,
        losses,
        people=len(donors.people),
        setting=donors.setting,
        skin=donors.skin,
        rules=room.stock.rules,
    ).results()


def _not_run(claim: Claim) -> ClaimResult:
    """A claim that is not run: out of scope, not testable, or still to be checked."""
    status = claim.scope.status
    if status == "out_of_scope":
        return ClaimResult(claim, "out_of_scope", claim.scope.reason)
    return ClaimResult(claim, "not_testable", claim.scope.reason)


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
