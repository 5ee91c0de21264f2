"""Writing a fit back: values into the tables' rows, results into the plan.

Files are replaced whole and at once, so that a reader never sees half of one. What people wrote
above the plan's `results` stays as it is, comments included.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from virtualskin.biology import Number, Skin
from virtualskin.calibrate.fit import FitResult
from virtualskin.calibrate.plan import FOLDER, Moved, Plan, Reached, Results
from virtualskin.ground import Catalogue
from virtualskin.review import Judged

_HEAD = "\nresults:\n"
DIGITS = 4  # not science: significant digits of a stored model value
SHARE_DIGITS = 2


def results_of(judged: Sequence[Judged], numbers: Sequence[Moved]) -> Results:
    """The record of a fit, rounded as it is printed.

    Args:
        judged: every target.
        numbers: what the fit did to each free number.
    """
    reached = tuple(
        Reached(
            target=j.fact.id,
            wanted=j.wanted.text if j.wanted.value is None else j.wanted.value,
            tolerance="" if j.wanted.value is None else j.wanted.text,
            model=float(f"{j.model:.{DIGITS}g}"),
            met=j.met,
        )
        for j in judged
    )
    met = sum(r.met for r in reached)
    return Results(met=met, of=len(reached), targets=reached, numbers=tuple(numbers))


def moves(result: FitResult) -> list[Moved]:
    """What a fit did to each free number."""
    return [
        Moved(
            number=name,
            before=result.before[name],
            after=after,
            informed=round(result.informed[name], SHARE_DIGITS),
        )
        for name, after in result.after.items()
    ]


def write_fit(result: FitResult, skin: Skin, into: Path) -> list[Path]:
    """Put a fit's numbers into the tables and its results into the plan.

    Args:
        result: from `fit`.
        skin: the skin it was made with; its tables are the ones that are rewritten.
        into: a folder laid out like the catalogue; the shipped one, or one to be read on top of it.

    Returns:
        The files written.
    """
    catalogue = skin.library.catalogue
    named = {n.name: n for n in skin.library.numbers.values()}
    by_file: dict[str, list[tuple[Number, float]]] = {}
    for name, value in result.after.items():
        by_file.setdefault(named[name].file, []).append((named[name], value))
    written = [
        _replace(into / label, _with_values(catalogue.file(label), pairs))
        for label, pairs in by_file.items()
    ]
    results = results_of(result.judged, moves(result))
    return [*written, write_results(result.plan, results, catalogue, into)]


def write_results(plan: Plan, results: Results, catalogue: Catalogue, into: Path) -> Path:
    """Put results into the plan's file, in place of earlier ones."""
    label = f"{FOLDER}/{plan.id}.yaml"
    text = catalogue.file(label).read_text(encoding="utf-8")
    kept = text.split(_HEAD)[0].rstrip("\n")
    return _replace(into / label, f"{kept}\n{_HEAD}{_results_text(results)}")


def _with_values(path: Path, pairs: Iterable[tuple[Number, float]]) -> str:
    lines = path.read_text(encoding="utf-8").split("\n")
    column = [cell.strip() for cell in lines[0].split("\t")].index("value")
    for number, value in pairs:
        index = (number.line or 0) - 1
        cells = lines[index].split("\t")
        cells[column] = _plain(value)
        lines[index] = "\t".join(cells)
    return "\n".join(lines)


def _plain(value: float) -> str:
    """A number without an exponent, as people write it in a table."""
    text = f"{value:.15f}".rstrip("0").rstrip(".")  # not science: digits of a double
    return text if float(text) == value else repr(value)


def _results_text(results: Results) -> str:
    lines = [f"  met: {results.met}", f"  of: {results.of}", "  targets:"]
    for r in results.targets:
        wanted = f'"{r.wanted}"' if isinstance(r.wanted, str) else _plain(r.wanted)
        lines.append(
            f'    - {{target: "{r.target}", wanted: {wanted}, tolerance: "{r.tolerance}", '
            f"model: {_plain(r.model)}, met: {str(r.met).lower()}}}"
        )
    lines.append("  numbers:")
    for m in results.numbers:
        lines.append(
            f"    - {{number: {m.number}, before: {_plain(m.before)}, "
            f"after: {_plain(m.after)}, informed: {_plain(m.informed)}}}"
        )
    return "\n".join(lines) + "\n"


def _replace(path: Path, text: str) -> Path:
    """Write a file so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
    return path
