"""The commands that treat a skin: one regimen followed over time, and a search over many."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from virtualskin.cli.opening import TRIAL_UNIVERSES, open_lab
from virtualskin.cli.options import Options, Stopped, with_options
from virtualskin.cli.printing import print_json, print_lines, print_text, progress

WHO, WHAT = "Whose skin", "What is given"


@with_options
def simulate(  # noqa: PLR0913 - one argument a flag
    scenario: Annotated[
        Path | None,
        typer.Argument(metavar="[SCENARIO.yaml]", help="Person and courses; else flags say them."),
    ] = None,
    *,
    age: Annotated[
        float | None, typer.Option(metavar="YEARS", rich_help_panel=WHO, help="Age.")
    ] = None,
    sex: Annotated[
        str | None, typer.Option(metavar="F|M", rich_help_panel=WHO, help="Sex.")
    ] = None,
    phototype: Annotated[
        str | None, typer.Option(metavar="I..VI", rich_help_panel=WHO, help="Phototype.")
    ] = None,
    setting: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            rich_help_panel=WHO,
            help="Where: a wound, a mouse, a dish (`list settings`); the face if not given.",
        ),
    ] = None,
    product: Annotated[
        str | None,
        typer.Option(metavar="ID", rich_help_panel=WHAT, help="Product; untreated without."),
    ] = None,
    route: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            rich_help_panel=WHAT,
            help="Route; needed where a product has several. In a dish: medium.",
        ),
    ] = None,
    sessions: Annotated[
        int | None, typer.Option(metavar="N", rich_help_panel=WHAT, help="Sessions; 1.")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="21d", rich_help_panel=WHAT, help="Time between sessions."),
    ] = None,
    dose: Annotated[
        float | None,
        typer.Option(
            metavar="D", rich_help_panel=WHAT, help="Per session and cm2, in the record's unit."
        ),
    ] = None,
    depth: Annotated[
        float | None, typer.Option(metavar="MM", rich_help_panel=WHAT, help="Depth of needles, mm.")
    ] = None,
    weeks: Annotated[
        float | None,
        typer.Option(metavar="W", help="How long the skin is followed; 24, in a dish 1."),
    ] = None,
    quantity: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Observable or state to read. May be given again."),
    ] = None,
    doses_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Write what everyone received in NONMEM columns."),
    ] = None,
    options: Options,
) -> int:
    """Follow the skin of one kind of person, treated by any plan or left alone."""
    from virtualskin.lab import simulation_table

    lab = open_lab(options)
    with progress() as report:
        run = lab.simulate(
            scenario,
            age=age,
            sex=sex,
            phototype=phototype,
            setting=setting,
            product=product,
            route=route,
            sessions=sessions,
            every=every,
            dose=dose,
            depth_mm=depth,
            weeks=weeks,
            quantities=quantity or (),
            people=options.people,
            universes=TRIAL_UNIVERSES if options.universes is None else options.universes,
            seed=options.seed,
            workers=options.workers,
            knockout=options.knockout or (),
            backend=options.backend or "population",
            progress=report,
            out=options.out,
            lang=options.lang,
        )
    if doses_out is not None:
        run.write_doses(doses_out)
    if options.as_json:
        print_json(run.as_json())
    else:
        print_text(simulation_table(run.result, options.lang))
        if run.hazards:
            print_text("\n".join(["", *run.hazard_lines(options.lang)]))
    if options.out is not None:
        print_lines([f"Report: {os.path.join(options.out, 'report.html')}"])
    return 0


@with_options
def optimise(
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help="A plan of the catalogue, or a YAML file.")
    ],
    candidates: Annotated[
        int | None,
        typer.Option(metavar="C", help="Regimens tried; the plan's number if not given."),
    ] = None,
    *,
    options: Options,
) -> int:
    """Search regimens for several goals under limits: the front, how sure, how far beyond data."""
    from virtualskin.lab import SkinError, search_table

    if options.knockout:
        raise SkinError(
            "A search cannot knock anything out.",
            code="not_offered",
            where="--knockout",
            hint="Search first; then `simulate` a regimen of the front with --knockout.",
        )
    lab = open_lab(options, resumes=True)
    try:
        with progress() as report:
            run = lab.optimise(
                plan,
                candidates=candidates,
                people=options.people,
                universes=TRIAL_UNIVERSES if options.universes is None else options.universes,
                seed=options.seed,
                workers=options.workers,
                backend=options.backend or "population",
                progress=report,
                out=options.out,
                resume=options.resume,
                lang=options.lang,
            )
    except KeyboardInterrupt as error:
        kept = "Batches that were finished are kept; the same call with --resume goes on."
        raise Stopped(kept if options.out is not None else "") from error
    if options.as_json:
        print_json(run.as_json())
    else:
        print_text(search_table(run.result, options.lang))
    if options.out is not None:
        print_lines([f"Report: {os.path.join(options.out, 'report.html')}"])
    return 0
