"""How products are made: `explain batch`, and `new product`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from virtualskin.cli.literature import write_sheet
from virtualskin.cli.opening import open_lab
from virtualskin.cli.options import Options, with_options
from virtualskin.cli.printing import (
    print_document,
    print_items,
    print_json,
    print_lines,
    print_text,
)

if TYPE_CHECKING:
    from virtualskin.lab import Lab

UNIVERSES = 50


def explain_batch(lab: Lab, names: Sequence[str], options: Options) -> int:
    """Show a batch; without a name, the processes there are."""
    from virtualskin.lab import batch_table

    if not names:
        items = lab.browse("manufacturing", lang=options.lang)
        if options.as_json:
            print_json({"kind": "manufacturing", "items": items})
        else:
            print_items("manufacturing", items)
        return 0
    universes = UNIVERSES if options.universes is None else options.universes
    page = lab.batch(names[0], names[1:], universes=universes, seed=options.seed)
    if options.as_json:
        print_json(page.as_json())
    else:
        print_text(batch_table(page, options.lang))
    return 0


@with_options
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="product, or sheet.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="For example my_exosomes; a sheet's FILE.xlsx.")
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A certificate: item,method,value,unit,sd,n,note as CSV, or YAML.",
        ),
    ] = None,
    like: Annotated[
        str,
        typer.Option(metavar="TABLE", help="For a sheet: lab_effects, or clinical_outcomes."),
    ] = "lab_effects",
    *,
    options: Options,
) -> int:
    """Make a product record from a certificate, or a stub whose blanks fail the check.

    To standard output, or with `--out` into a folder that `check` and `--catalog` read.
    `new sheet FILE.xlsx` writes an empty extraction sheet instead.
    """
    if kind == "sheet":
        return write_sheet(name, like, options)
    from virtualskin.lab import report_lines

    made = open_lab(options).new(kind, name, source=source, out=options.out)
    print_lines(report_lines(made.findings))
    if made.missing and not options.as_json:
        print_lines(["Not stated:", *(f"  □ {gap[options.lang]}" for gap in made.missing)])
    if options.as_json:
        print_json(made.as_json())
    elif made.file is None:
        print_document(made.text)
    else:
        print_text(f"Written: {made.file.as_posix()}")
    return 1 if options.strict and (made.findings or made.missing) else 0
