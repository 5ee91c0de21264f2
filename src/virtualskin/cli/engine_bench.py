"""`virtualskin engine bench`: the engine beside other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from virtualskin.cli.options import Options, with_options
from virtualskin.cli.printing import print_json, print_text, progress


@with_options
def engine_bench(
    *,
    peers: Annotated[
        bool, typer.Option("--peers", help="All peers that are installed, not only libRoadRunner.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A short run on few people; the figures are rough.")
    ] = False,
    scenario: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="synth70_A, skin_ageing, ...; may be given again."),
    ] = None,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the manual's page there.")
    ] = None,
    options: Options,
) -> int:
    """Measure speed against peers at equal achieved error; --people is who is judged at most."""
    from virtualskin.lab import bench_engine, bench_table

    with progress() as report:
        found = bench_engine(
            peers=peers,
            quick=quick,
            people=options.people,
            scenarios=scenario or (),
            out=options.out,
            write=write,
            progress=lambda what, done, total: report("bench", done, total),
        )
    if options.as_json:
        print_json(found.as_json())
    else:
        print_text(bench_table(found))
    return 0
