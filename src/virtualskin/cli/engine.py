"""The commands of the engine by itself: any SBML model, no skin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from virtualskin.cli.options import Options, Stopped, with_options
from virtualskin.cli.printing import print_json, print_text, progress

engine = typer.Typer(help="Run any SBML model.")
ASKED = "What to ask of the model"


@engine.callback()
def root() -> None:
    """Run any SBML model."""


@engine.command("run")
@with_options
def engine_run(  # noqa: PLR0913 - the flags, one by one
    model: Annotated[Path, typer.Argument(metavar="MODEL.xml", help="An SBML file.")],
    *,
    times: Annotated[
        str,
        typer.Option(
            metavar="TIMES",
            rich_help_panel=ASKED,
            help="Output times in the model's unit: 1,7,28 or FIRST:LAST:COUNT.",
        ),
    ] = "",
    observe: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            rich_help_panel=ASKED,
            help="States, rules, reactions or parameters, by commas; all states if not given.",
        ),
    ] = "",
    vary: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=ASKED,
            help="Table of parameters that vary: parameter, cv (lognormal, mean kept), model.",
        ),
    ] = None,
    cv: Annotated[
        float | None,
        typer.Option(metavar="CV", rich_help_panel=ASKED, help="Spread of rows without cv."),
    ] = None,
    doses: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=ASKED,
            help="Table of doses in NONMEM's columns, tab-separated or .csv; ID from 1, or no ID "
            "for everyone.",
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            rich_help_panel=ASKED,
            help="A parameter's value for all. May be given again.",
        ),
    ] = None,
    rtol: Annotated[
        float, typer.Option(metavar="X", rich_help_panel=ASKED, help="Relative tolerance.")
    ] = 1e-6,  # not science: solver tolerance
    atol: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            rich_help_panel=ASKED,
            help="Absolute tolerance; a thousandth of the relative if not given.",
        ),
    ] = None,
    period: Annotated[
        list[float] | None,
        typer.Option(
            metavar="P",
            rich_help_panel=ASKED,
            help="Period of a pulsed input, so that no pulse is stepped over.",
        ),
    ] = None,
    options: Options,
) -> int:
    """Solve a population of an SBML model, chunk by chunk, into DIR/courses.zarr (needs --out)."""
    from virtualskin.lab import run_model

    try:
        with progress() as report:
            run = run_model(
                model,
                out=options.out,
                people=options.people,
                times=times,
                observe=observe,
                vary=vary,
                cv=cv,
                doses=doses,
                fixed=fixed or (),
                rtol=rtol,
                atol=atol,
                periods=period or (),
                seed=options.seed,
                backend=options.backend or "population",
                workers=options.workers,
                cluster=options.cluster,
                resume=options.resume,
                progress=report,
            )
    except KeyboardInterrupt as error:
        raise Stopped("Finished chunks are kept; the same call with --resume goes on.") from error
    if options.as_json:
        print_json(run.as_json())
    else:
        print_text(run.text())
    return 1 if options.strict and run.failed else 0


@engine.command("conformance")
@with_options
def engine_conformance(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of the SBML Test Suite.")],
    *,
    options: Options,
) -> int:
    """Solve every case of an SBML Test Suite folder and hold it against the expected course."""
    from virtualskin.lab import conformance, conformance_table

    with progress() as report:
        found = conformance(
            folder,
            backend=options.backend or "reference",
            workers=options.workers,
            progress=lambda done, total: report("cases", done, total),
        )
    if options.as_json:
        print_json(found.as_json())
    else:
        print_text(conformance_table(found, options.lang))
    amiss = found.of("wrong") or found.of("not_repeatable")
    return 1 if options.strict and amiss else 0
