"""`virtualskin review`: the review's claims, run, shown as cards, and counted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from virtualskin.cli.opening import open_lab
from virtualskin.cli.options import Options, with_options
from virtualskin.cli.printing import print_document, print_json, print_lines, print_text, progress

if TYPE_CHECKING:
    from virtualskin.lab import ReviewRun

UNIVERSES = 10  # not science: size of a run
review = typer.Typer(help="Run the review: every claim as an experiment with a verdict.")
Claims = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID ...]", help="Claims (`virtualskin list claims`); all if none is named."
    ),
]


def _run(ids: list[str], options: Options, *, out: bool = True) -> ReviewRun:
    lab = open_lab(options)
    with progress() as report:
        return lab.review(
            ids,
            people=options.people,
            universes=UNIVERSES if options.universes is None else options.universes,
            seed=options.seed,
            workers=options.workers,
            backend=options.backend or "population",
            progress=report,
            out=options.out if out else None,
            lang=options.lang,
        )


@review.command("run")
@with_options
def run(ids: Claims = None, *, options: Options) -> int:
    """Run claims and judge them; all of them take some minutes, once."""
    from virtualskin.lab import review_table

    made = _run(ids or [], options)
    if options.as_json:
        print_json(made.as_json())
    else:
        print_text(review_table(made.result, options.lang, made.causes))
    if options.out is not None:
        print_lines([f"Report: {os.path.join(options.out, 'report.html')}"])
    return 1 if options.strict and made.result.coverage["contradicted"] else 0


@review.command("card")
@with_options
def card(
    name: Annotated[str, typer.Argument(metavar="ID", help="A claim (`virtualskin list claims`).")],
    *,
    options: Options,
) -> int:
    """Show one claim: meaning, sources, experiment, verdict, knock-outs, contradictions."""
    made = _run([name], options)
    if options.as_json:
        found = made.of(name)
        rows = {row["id"]: row for row in made.as_json()["claims"]}
        print_json({**rows[found.claim.id], "record": made.explained(found).as_json()})
    else:
        print_document(made.card(name, options.lang))
    if options.out is not None:
        page = os.path.join(options.out, f"{made.of(name).claim.id}.html")
        print_lines([f"Card: {page}"])
    return 1 if options.strict and made.of(name).verdict == "contradicted" else 0


@review.command("contradictions")
@with_options
def contradictions(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME ...]",
            help="Contradictions (`virtualskin list contradictions`); all if none is named.",
        ),
    ] = None,
    *,
    options: Options,
) -> int:
    """Run both sides of each contradiction of the literature: when does which hold?"""
    from virtualskin.lab import contradictions_table

    lab = open_lab(options)
    with progress() as report:
        made = lab.contradictions(
            names or [],
            people=options.people,
            universes=UNIVERSES if options.universes is None else options.universes,
            seed=options.seed,
            workers=options.workers,
            backend=options.backend or "population",
            progress=report,
            out=options.out,
            lang=options.lang,
        )
    if options.as_json:
        print_json(made.as_json())
    else:
        print_text(contradictions_table(made.result, options.lang, made.bench.claims.seen))
    if options.out is not None:
        print_lines([f"Page: {os.path.join(options.out, 'contradictions.html')}"])
    wrong = any(
        side.verdict == "contradicted"
        for held in made.result.results
        for side in held.sides.values()
    )
    return 1 if options.strict and wrong else 0


@review.command("controls")
@with_options
def controls(*, options: Options) -> int:
    """Try the scoring itself: without uptake, on random pairs, with product arrows turned round."""
    lab = open_lab(options)
    with progress() as report:
        made = lab.scoring_controls(
            people=options.people,
            universes=UNIVERSES if options.universes is None else options.universes,
            seed=options.seed,
            workers=options.workers,
            backend=options.backend or "population",
            progress=report,
        )
    if options.as_json:
        print_json(made.as_json())
    else:
        print_document(made.table(options.lang))
    return 1 if options.strict and not made.sound else 0


@review.command("coverage")
@with_options
def coverage(*, options: Options) -> int:
    """Count claims by verdict, with the wholes they are parts of."""
    from virtualskin.lab import coverage_table

    made = _run([], options, out=False)
    if options.as_json:
        print_json({"stamp": made.as_json()["stamp"], "coverage": dict(made.result.coverage)})
    else:
        print_text(coverage_table(made.result, options.lang))
    return 1 if options.strict and made.result.coverage["contradicted"] else 0
