"""The options every command takes, declared once.

A command that draws nobody takes `--people` and its like too, so that one set of flags fits all
commands; there they change nothing.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

import typer

Language: TypeAlias = Literal["en", "zh"]
Solver: TypeAlias = Literal["roadrunner", "population", "reference"]
RUN = "How much to simulate"
OUTPUT = "What to hand back"


class Stopped(Exception):
    """The person stopped the command; raised in place of KeyboardInterrupt, which typer takes."""


@dataclass(frozen=True)
class Options:
    """What may stand behind any command.

    Args:
        catalog: a folder read on top of the shipped catalogue.
        people: size of the pool of virtual people.
        universes: draws of our ignorance; None for the command's own number.
        seed: master seed.
        workers: processes; None for all cores.
        knockout: pathways, drives or mechanisms to knock out.
        backend: which solver; None for the command's own.
        out: folder for results.
        lang: language of tables and reports.
        as_json: one JSON document on standard output.
        strict: exit 1 if something is contradicted or found.
        cluster: address of a Dask scheduler, for `engine run`; refused by the others.
        resume: continue what is in `out`, for `engine run` and `optimise`; refused by
            the others.
    """

    catalog: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder laid out like the catalogue, read on top."),
    ] = None
    people: Annotated[
        int, typer.Option(metavar="N", rich_help_panel=RUN, help="Size of the pool of people.")
    ] = 60
    universes: Annotated[
        int | None,
        typer.Option(
            metavar="U",
            rich_help_panel=RUN,
            help="Draws of our ignorance: 4 for people, 1 (the catalogue's own numbers) for "
            "facts, if not given.",
        ),
    ] = None
    seed: Annotated[
        int, typer.Option(metavar="S", rich_help_panel=RUN, help="Same seed, same bytes.")
    ] = 1
    workers: Annotated[
        int | None,
        typer.Option(metavar="W", rich_help_panel=RUN, help="Processes; all cores if not given."),
    ] = None
    knockout: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            rich_help_panel=RUN,
            help="A pathway or drive to hold at the control's course, or a mechanism whose drives "
            "to hold at 1 (mechanism:ID where a pathway has the same name). May be given again.",
        ),
    ] = None
    backend: Annotated[
        Solver | None,
        typer.Option(
            rich_help_panel=RUN,
            help="Solver: population, many people at once in machine code; roadrunner; or "
            "reference, the slow second.",
        ),
    ] = None
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", rich_help_panel=OUTPUT, help="Folder for report and results."),
    ] = None
    lang: Annotated[
        Language, typer.Option(rich_help_panel=OUTPUT, help="Language of tables and reports.")
    ] = "en"
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            rich_help_panel=OUTPUT,
            help="One JSON document on standard output, all else on standard error.",
        ),
    ] = False
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            rich_help_panel=OUTPUT,
            help="Exit 1 if something is contradicted or found.",
        ),
    ] = False
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            rich_help_panel=RUN,
            help="A Dask scheduler, tcp://HOST:PORT (`engine run` only).",
        ),
    ] = None
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            rich_help_panel=RUN,
            help="Continue a run that was stopped (`engine run` and `optimise` only).",
        ),
    ] = False


def with_options(command: Callable[..., int]) -> Callable[..., int]:
    """A command that takes its own arguments and, bundled as `options`, those every command takes.

    Args:
        command: a function whose last parameter is `options`.
    """
    hints = get_type_hints(Options, include_extras=True)
    named = inspect.Parameter.KEYWORD_ONLY
    signature = inspect.signature(command, eval_str=True)
    own = [p.replace(kind=named) for n, p in signature.parameters.items() if n != "options"]
    shared = [
        inspect.Parameter(f.name, named, default=f.default, annotation=hints[f.name])
        for f in fields(Options)
    ]

    def run(**given: Any) -> int:
        options = Options(**{f.name: given.pop(f.name) for f in fields(Options)})
        try:
            status = command(**given, options=options)
            sys.stdout.flush()
        except KeyboardInterrupt as error:
            raise Stopped from error
        except BrokenPipeError:
            # The reader of our output has gone; what it wanted it has, and nothing must complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return status

    parameters = [*own, *shared]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    vars(run)["__signature__"] = inspect.Signature(parameters)
    return run
