"""Claims as a flat table: one row a claim, every field a column, both languages side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, get_args

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
        flat = dict(_cells(claim.model_dump(), ""))
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
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a)) is not None), None)


def _cells(told: Mapping[str, Any], before: str) -> Iterable[tuple[str, str]]:
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from _cells(value, f"{before}{name}_")
        elif isinstance(value, list | tuple):
            if any(isinstance(v, Mapping) for v in value):
                for lang in LANGUAGES:
                    yield f"{before}{name}_{lang}", JOINT.join(v[lang] for v in value)
            else:
                yield f"{before}{name}", JOINT.join(map(str, value))
        else:
            text = "" if value is None else str(value)
            yield f"{before}{name}", ("no", "yes")[value] if isinstance(value, bool) else text


def _plain(cell: str) -> str:
    """Text that no spreadsheet computes; a number stays one."""
    if cell.startswith(COMMANDS):
        try:
            float(cell)
        except ValueError:
            return f"'{cell}"
    return cell
