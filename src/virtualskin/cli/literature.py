"""A user's own literature: `import references`, `import sheet`, `new sheet` and `prisma`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from virtualskin.cli.opening import open_lab
from virtualskin.cli.options import Options, with_options
from virtualskin.cli.printing import print_json, print_lines, print_text

literature = typer.Typer(help="Bring literature of your own into a folder that --catalog reads.")
Into = Annotated[
    Path, typer.Option("--into", metavar="DIR", help="Your folder, laid out like the catalogue.")
]


@literature.callback()
def root() -> None:
    """Bring literature of your own into a folder that --catalog reads."""


@literature.command("references")
@with_options
def references(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="RIS, BibTeX, CSL-JSON, PubMed XML, CNKI text."),
    ],
    *,
    into: Into,
    looked_up: Annotated[
        str,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="Day the exports were made: what PubMed says of retractions held then.",
        ),
    ] = "",
    options: Options,
) -> int:
    """Add exports of databases and reference managers, each paper once, by DOI and then title."""
    from virtualskin.lab import import_table, report_lines

    made = open_lab(options).import_references(files, into, looked_up=looked_up)
    print_lines(report_lines(made.findings))
    if options.as_json:
        print_json(made.as_json())
    else:
        print_text(import_table(made.files, options.lang))
        print_text("\n".join(f"Written: {(into / name).as_posix()}" for name in made.written))
    return 1 if options.strict and made.findings else 0


@literature.command("sheet")
@with_options
def sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A workbook (.xlsx) or CSV file.")],
    *,
    into: Into,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Id of the dataset; the file's name if not given.")
    ] = "",
    options: Options,
) -> int:
    """Make an extraction sheet (see `new sheet`) a dataset of your folder, every row whole."""
    from virtualskin.lab import report_lines

    made = open_lab(options).import_sheet(file, into, name=name)
    print_lines(report_lines(made.findings))
    if options.as_json:
        print_json(made.as_json())
    else:
        print_text(f"{made.dataset}: {made.rows} rows like {made.like}, {made.excluded} excluded")
        print_text(f"Written: {(into / made.written).as_posix()}")
    return 1 if options.strict and made.findings else 0


@with_options
def prisma(*, options: Options) -> int:
    """Count a search as PRISMA 2020 does: found, duplicates, screened, excluded why, included.

    With `--catalog` your folder; with `--out` the flow diagram in both languages.
    """
    from virtualskin.lab import prisma_table

    counts = open_lab(options).prisma(out=options.out)
    if options.as_json:
        print_json(counts.as_json())
    else:
        print_text(prisma_table(counts, options.lang))
    if options.out is not None:
        print_lines([f"Diagram: {(options.out / f'prisma.{options.lang}.svg').as_posix()}"])
    return 0


def write_sheet(name: str, like: str, options: Options) -> int:
    """Write an empty extraction sheet, in the folder of `--out` if that is given."""
    file = Path(name) if options.out is None else options.out / name
    written = open_lab(options).new_sheet(file, like=like)
    if options.as_json:
        print_json({"file": written.as_posix(), "like": like})
    else:
        print_text(f"Written: {written.as_posix()}")
    return 0
