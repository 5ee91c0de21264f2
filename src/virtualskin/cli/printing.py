"""Standard output for what was asked, standard error for everything else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 120
STAGES = {
    "universes": "Drawing universes",
    "balance": "Balancing skins",
    "ageing": "Ageing skins",
    "sides": "Running the arms",
    "search": "Trying regimens",
    "confirm": "Confirming the best",
    "fit": "Fitting",
    "facts": "Running the facts",
    "bench": "Measuring",
    "cases": "Solving the cases",
    "people": "Solving people",
}


def print_json(document: object) -> None:
    """One JSON document, UTF-8 whatever the terminal's own encoding."""
    from virtualskin.lab import json_text

    _encode(sys.stdout, encoding="utf-8")
    sys.stdout.write(json_text(document))
    sys.stdout.flush()


def print_document(text: str) -> None:
    """A document as it is, UTF-8 whatever the terminal's own encoding."""
    _encode(sys.stdout, encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.flush()


def print_text(shown: RenderableType) -> None:
    """Something rich can draw; in colour on a terminal, plain into a file or pipe."""
    _encode(sys.stdout)
    text = Text(shown) if isinstance(shown, str) else shown
    console = _console(sys.stdout)
    console.print(text, soft_wrap=isinstance(shown, str))


def print_items(kind: str, items: Sequence[dict[str, object]]) -> None:
    """A list of a kind: a table on a terminal, tab-separated lines into a file or pipe."""
    if not items:
        print_text(f"No {kind} so far.")
        return
    columns = list(items[0])
    if not sys.stdout.isatty():
        _encode(sys.stdout)
        for item in items:
            sys.stdout.write("\t".join(_cell(item.get(c)) for c in columns) + "\n")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for item in items:
        table.add_row(*(Text(_cell(item.get(c))) for c in columns))
    print_text(table)


def print_lines(lines: Iterable[str]) -> None:
    """Lines on standard error."""
    _encode(sys.stderr)
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def progress() -> Generator[Callable[[str, int, int], None]]:
    """A function to tell progress to: bars on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks = {}
    with bars:

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield told


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _encode(stream: TextIO, encoding: str | None = None) -> None:
    """Make a stream write any character: as asked, or with a question mark where it cannot."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding=encoding, errors="strict" if encoding else "replace")
