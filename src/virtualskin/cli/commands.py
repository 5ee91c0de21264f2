"""The commands: each calls one verb of the lab and prints what it says.

A command returns the exit status: 0 done, 1 done but something is contradicted or found under
`--strict`, 2 the call or the input is wrong. Errors are raised, and told by `outcome.py`.
The lab is imported when a command runs, so that `--help` and `--version` answer at once.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from virtualskin.cli.engine import engine
from virtualskin.cli.engine_bench import engine_bench
from virtualskin.cli.literature import literature, prisma
from virtualskin.cli.making import explain_batch, new
from virtualskin.cli.opening import TRIAL_UNIVERSES, open_lab
from virtualskin.cli.options import Options, with_options
from virtualskin.cli.printing import (
    print_document,
    print_items,
    print_json,
    print_lines,
    print_text,
    progress,
)
from virtualskin.cli.regimens import optimise, simulate
from virtualskin.cli.review import review

if TYPE_CHECKING:
    from virtualskin.lab import Finding, KnockOut, NumberCounts

app = typer.Typer(
    name="virtualskin",
    help="A virtual human skin on which trials of anti-ageing therapies can be run. "
    "Research, hypothesis ranking and trial planning; not medical advice.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
trial = typer.Typer(help="Simulate a trial.")
app.add_typer(trial, name="trial")
app.add_typer(review, name="review")
app.add_typer(engine, name="engine")
app.add_typer(literature, name="import")
engine.command("bench")(engine_bench)
app.command("new")(new)
app.command()(prisma)
app.command()(simulate)
app.command()(optimise)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Say the version and stop.")
    ] = False,
) -> None:
    """Say the version, or how to call."""
    if show_version:
        print_text(version("virtualskin"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        print_text(context.get_help())
        raise typer.Exit


@app.command("list")
@with_options
def list_items(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="What to list; without it, the kinds.")
    ] = "kinds",
    *,
    options: Options,
) -> int:
    """List mechanisms, drives, products, trials … that the catalogue holds."""
    items = open_lab(options).browse(kind, lang=options.lang)
    if options.as_json:
        print_json({"kind": kind, "items": items})
    else:
        print_items(kind, items)
    return 0


@app.command()
@with_options
def explain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="For example photodamage.k_repair; or batch.")
    ],
    more: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROCESS [ENGINEERING ...]]",
            help="For batch: a process, and what its cells were made to be.",
        ),
    ] = None,
    *,
    options: Options,
) -> int:
    """Follow a name: equation → row → source → grade → use; or a batch from cell to syringe."""
    from virtualskin.lab import explain_text

    if name == "batch":
        return explain_batch(open_lab(options), more or [], options)
    if more:
        raise typer.BadParameter(f"only batch takes more than one name, not {name}")
    found = open_lab(options).explain(name)
    if options.as_json:
        print_json(found.as_json())
    else:
        print_text(explain_text(found, options.lang))
    return 0


@app.command()
@with_options
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A folder of yours; else the catalogue.")
    ] = None,
    *,
    options: Options,
) -> int:
    """Find everything that is wrong with the catalogue, or with a folder laid on top of it."""
    from virtualskin.lab import BadInput

    findings = open_lab(options).check(folder)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    if options.as_json:
        print_json({"findings": [f.as_json() for f in findings]})
    else:
        _print_findings(findings)
    return 1 if findings and options.strict else 0


@app.command()
@with_options
def knockouts(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID ...]", help="Pathways, drives or mechanisms; all if none."),
    ] = None,
    *,
    options: Options,
) -> int:
    """Tell what each --knockout holds, and whether the skin without it stays at rest."""
    found = open_lab(options).knockouts(names or ())
    if options.as_json:
        print_json({"knockouts": [k.as_json() for k in found]})
    else:
        items = [knockout_item(k, options.lang) for k in found]
        print_items("knockouts", items)
    return 1 if options.strict and any(k.reason is not None for k in found) else 0


@app.command()
@with_options
def numbers(
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Renew the counted block of a Markdown page."),
    ] = None,
    *,
    options: Options,
) -> int:
    """Count how many numbers are measured, derived, calibrated, assumed and balanced."""
    from virtualskin.lab import numbers_markdown

    counts = open_lab(options).numbers()
    if write is not None:
        _renew(write, counts)
    if options.as_json:
        print_json(counts.as_json())
    else:
        print_text(numbers_markdown(counts, options.lang).rstrip("\n"))
    return 0


@app.command()
@with_options
def manual(
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="DIR", help="Write the pages, in both languages, there."),
    ] = None,
    *,
    options: Options,
) -> int:
    """What the review names, what stands for it, and every mechanism with its numbers."""
    from virtualskin.lab import manual_markdown, manual_pages

    told = open_lab(options).manual()
    if write is not None:
        print_lines([f"Written: {path.name}" for path in manual_pages(told, write)])
    elif options.as_json:
        print_json(told.as_json())
    else:
        print_text(manual_markdown(told, options.lang).rstrip("\n"))
    return 0


@app.command()
@with_options
def robustness(
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="How many skins.")] = 300,
    *,
    options: Options,
) -> int:
    """Draw every number with a spread at CV 100 %, age each skin once, and say which fail and why.

    Always with the population solver, since a skin that fails is asked of the reference solver too.
    """
    from virtualskin.lab import robustness_table

    with progress() as report:
        found = open_lab(options).robustness(
            draws, seed=options.seed, workers=options.workers, progress=report
        )
    if options.as_json:
        print_json(found.as_json())
    else:
        print_text(robustness_table(found, options.lang))
    return 1 if options.strict and found.failures else 0


@app.command()
@with_options
def calibrate(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan of evidence/fits.")],
    only_judge: Annotated[
        bool, typer.Option("--judge", help="Judge the numbers as they are; fit nothing.")
    ] = False,
    *,
    options: Options,
) -> int:
    """Fit a plan's numbers to its targets (minutes); `--out` keeps the fitted tables."""
    from virtualskin.lab import targets_json, targets_table

    with progress() as report:
        judged = open_lab(options).calibrate(
            plan,
            refit=not only_judge,
            workers=options.workers,
            progress=report,
            out=options.out,
        )
    if options.as_json:
        print_json(targets_json(judged))
    else:
        print_text(targets_table(judged, options.lang))
    return 1 if options.strict and not all(j.met for j in judged) else 0


@app.command()
@with_options
def export(
    form: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="sbml, sbgn, map or picture; bibtex; nanopub or csv; forest."
        ),
    ],
    model: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="skin, the model with all products; references as bibtex; claims as nanopub, "
            "csv; for a forest a pool.",
        ),
    ],
    spreadsheet: Annotated[
        bool, typer.Option("--spreadsheet", help="csv: with the mark Excel needs, no formulas.")
    ] = False,
    *,
    options: Options,
) -> int:
    """Hand out the model, its papers, its claims or a forest plot in formats of other programs.

    To standard output, or with `--out` to a file or into a folder.
    """
    made = open_lab(options).export(
        form, model, lang=options.lang, out=options.out, spreadsheet=spreadsheet
    )
    if options.as_json:
        print_json(made.as_json())
    elif made.file is None:
        print_document(made.text)
    else:
        print_text(f"Written: {made.file}")
    return 0


@app.command()
@with_options
def compare(
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="[ID ...]", help="Facts; all if none is named.")
    ] = None,
    *,
    options: Options,
) -> int:
    """Hold the model against facts of physiology, beside three baselines."""
    from virtualskin.lab import facts_table

    lab = open_lab(options)
    with progress() as report:
        run = lab.compare(
            facts or (),
            universes=1 if options.universes is None else options.universes,
            seed=options.seed,
            workers=options.workers,
            progress=report,
            out=options.out,
            lang=options.lang,
        )
    if options.as_json:
        print_json(run.as_json())
    else:
        print_text(facts_table(run.result, options.lang))
    if options.out is not None:
        print_lines([f"Report: {os.path.join(options.out, 'report.html')}"])
    return 1 if options.strict and not all(j.met for j in run.result.judged) else 0


@trial.command("run")
@with_options
def trial_run(
    design: Annotated[
        str, typer.Argument(metavar="ID|FILE", help="A trial of the catalogue, or a YAML file.")
    ],
    *,
    options: Options,
) -> int:
    """Simulate a published trial or a planned design, and hold it against what was published."""
    from virtualskin.lab import trial_table

    lab = open_lab(options)
    with progress() as report:
        run = lab.run_trial(
            design,
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
    if options.as_json:
        print_json(run.as_json())
    else:
        print_text(trial_table(run.result, options.lang))
    if options.out is not None:
        report_file = os.path.join(options.out, "report.html")
        print_lines([f"Report: {report_file}"])
    return 1 if options.strict and "contradicted" in run.result.summary else 0


def knockout_item(found: KnockOut, lang: str) -> dict[str, object]:
    """One line of the list of knock-outs."""
    reason = "" if found.reason is None else found.reason.get(lang)
    drives = len(found.held) + len(found.fixed)
    days = f"{found.slowest_return_days:.4g}"
    told = {"id": found.id, "title": reason, "kind": found.kind, "drives": drives}
    return {**told, "stable": found.stable, "slowest_return_days": days}


def _renew(page: Path, counts: NumberCounts) -> None:
    from virtualskin.lab import SkinError, with_numbers

    try:
        text = page.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SkinError(
            f"Cannot read the page {page.name!r} ({error}).", code="no_page", where="--write"
        ) from error
    page.write_text(with_numbers(text, counts), "utf-8", newline="\n")


def _print_findings(findings: tuple[Finding, ...]) -> None:
    from virtualskin.lab import report_lines

    if not findings:
        print_text("Nothing found.")
        return
    for line in report_lines(findings):
        print_text(line)
    print_text(f"{len(findings)} warning(s), no error.")
