"""A run as a folder: the report, the people, the result as JSON, and the command that repeats it.

Each file is written beside its place and moved there, so a reader never meets half a file. The
bytes depend on the result alone.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from virtualskin.ground import SkinError
from virtualskin.report.document import trial_html
from virtualskin.trial.result import TrialResult

MARK = "command.txt"


def people_csv(result: TrialResult) -> str:
    """The person-level table as CSV: one row for each person, universe, arm, endpoint and visit.

    Args:
        result: the run; numbers are written with 6 significant digits, missing ones left empty.
    """
    return str(result.people.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def json_text(document: object) -> str:
    """One JSON document; a number that is not finite is null, since JSON has no other word."""
    return json.dumps(_finite(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def claim_folder(folder: Path) -> None:
    """See that results may be written to a folder, before anything is computed.

    A new or empty folder is ours, and so is one that holds an earlier run.

    Raises:
        SkinError: if it is a file, or a folder with other things in it.
    """
    if folder.exists() and not folder.is_dir():
        raise SkinError(
            f"{folder.name!r} is a file; results need a folder.",
            code="not_a_folder",
            where="--out",
            hint="Name a new folder.",
        )
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise SkinError(
            f"The folder {folder.name!r} holds something else than an earlier run.",
            code="foreign_folder",
            where="--out",
            hint="Name a new or an empty folder; nothing was written.",
        )


def write_trial(
    result: TrialResult,
    folder: Path,
    lang: str = "en",
    *,
    document: Mapping[str, object] | None = None,
    **page: Any,
) -> list[Path]:
    """Write a run.

    Args:
        result: the run.
        folder: where to; made if it does not exist. An earlier run in it is replaced.
        lang: language of the report.
        document: the JSON document, where it tells more than the result does.
        page: what `trial_html` takes beside: findings, counts, references.

    Returns:
        The files written.

    Raises:
        SkinError: if the folder holds something else, or cannot be written to.
    """
    claim_folder(folder)
    return write_files(
        folder,
        {
            "report.html": trial_html(result, lang, **page),
            "people.csv": people_csv(result),
            "result.json": json_text(result.as_json() if document is None else document),
            MARK: result.command.rstrip("\n") + "\n",
        },
    )


def write_files(
    folder: Path, texts: Mapping[str, str | bytes], *, where: str = "--out"
) -> list[Path]:
    """Write texts into a folder, each in one step.

    Args:
        folder: where to; made if it does not exist.
        texts: name below the folder → text, or bytes of a file that is none.
        where: what named the folder, for the error.

    Raises:
        SkinError: with the system's reason if one cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / name, text) for name, text in texts.items()]
    except OSError as error:
        raise SkinError(
            f"Cannot write to the folder {folder.name!r}: {error.strerror}.",
            code="cannot_write",
            where=where,
            hint="Name a folder that you may write to, on a disk with space left.",
        ) from error


def _write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def _finite(node: object) -> object:
    if isinstance(node, Mapping):
        return {str(k): _finite(v) for k, v in node.items()}
    if isinstance(node, list | tuple):
        return [_finite(v) for v in node]
    if isinstance(node, float) and not math.isfinite(node):
        return None
    return node
