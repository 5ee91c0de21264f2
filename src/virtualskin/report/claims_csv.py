"""Claims as a flat table: one row a claim, every field a column, both languages side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from virtualskin.ground import Text
from virtualskin.review import Claim

LANGUAGES = tuple(Text.model_fields)
JOINT = "; "
BOM = "\ufeff"  # what a spreadsheet needs to see that the file is UTF-8
COMMANDS = ("=", "+", "-", "@", "\t")  # what a spreadsheet would take for a formula


def claims_csv(
    claims: Iterable[Claim],
    sources: Mapping[str, Mapping[str, str]],
    *,
    verdicts: Mapping[str, str] | None = None,
    spreadsheet: bool = False,
) -> str:
    """The table.

    Args:
        claims: in the order of the rows.
        sources: id → further columns on its papers, the same ones for each claim.
        verdicts: id → verdict, where they were run; the column is left out if None.
        spreadsheet: mark the text as UTF-8 for spreadsheets, and keep them from computing it.
    """
    columns = list(_columns(Claim, ""))
    more = list(dict.fromkeys(name for told in sources.values() for name in told))
    last = [] if verdicts is None else ["verdict"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, "scope_en", "scope_zh", *more, *last])
    for claim in claims:
        flat = dict(_cells(claim.model_dump(mode="json"), "", frozenset(columns)))
        why = claim.scope.why
        row = [flat.get(c, "") for c in columns]
        row += ["", ""] if why is None else [why.en, why.zh]
        row += [sources[claim.id].get(c, "") for c in more]
        row += [] if verdicts is None else [verdicts.get(claim.id, "")]
        writer.writerow([_plain(cell) for cell in row] if spreadsheet else row)
    return (BOM if spreadsheet else "") + out.getvalue()


def _columns(model: type[BaseModel], before: str) -> Iterable[str]:
    """The columns of a record, those of what is nested in it included."""
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield f"{before}{name}"
        else:
            yield from _columns(inner, f"{before}{name}_")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The record nested in a field: one of one kind, or a list of texts; None for anything else."""
    found = set(_models(annotation))
    if len(found) != 1:
        return None
    (model,) = found
    listed = any(get_origin(a) is tuple for a in (annotation, *get_args(annotation)))
    return None if listed and model is not Text else model


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _cells(
    told: Mapping[str, Any], before: str, columns: Collection[str]
) -> Iterable[tuple[str, str]]:
    for name, value in told.items():
        whole = f"{before}{name}"
        nested = isinstance(value, Mapping) or (
            isinstance(value, list) and any(isinstance(v, Mapping) for v in value)
        )
        if nested and whole in columns:  # records of several kinds, or several of one
            yield whole, json.dumps(value, ensure_ascii=False)
        elif isinstance(value, Mapping):
            yield from _cells(value, f"{whole}_", columns)
        elif nested:
            for lang in LANGUAGES:
                yield f"{whole}_{lang}", JOINT.join(v[lang] for v in value)
        elif isinstance(value, list):
            yield whole, JOINT.join(map(str, value))
        else:
            text = "" if value is None else str(value)
            yield whole, ("no", "yes")[value] if isinstance(value, bool) else text


def _plain(cell: str) -> str:
    """Text that no spreadsheet computes; a number stays one."""
    if cell.startswith(COMMANDS):
        try:
            float(cell)
        except ValueError:
            return f"'{cell}"
    return cell
