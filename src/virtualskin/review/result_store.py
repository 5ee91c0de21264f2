"""Results of experiments kept on disk, so that unchanged claims answer at once.

One JSON file an experiment, named by a key over all it depends on: the model and its numbers, the
code, the size of the run and the records of its own claims. A word changed elsewhere in the review
leaves it standing; a number changed anywhere in the model does not.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from virtualskin.engine import made_by
from virtualskin.ground import Catalogue, cache_folder
from virtualskin.review.arms import Experiment
from virtualskin.review.check_rules import RULES as CHECK_RULES
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check import Checked
from virtualskin.review.claim_result import Beside, ClaimResult, Curve, Shown
from virtualskin.review.claim_rules import FILE
from virtualskin.review.donors import Size
from virtualskin.review.verdict import Loss

MODEL = ("biology", "therapy", "population", "units.tsv", FILE, CHECK_RULES)
CHECKED = TypeAdapter(Checked)


def usual_folder() -> Path | None:
    """Where results are kept: in the user's cache folder, or in what `VIRTUALSKIN_CACHE` names."""
    return cache_folder("review")


@dataclass(frozen=True)
class Kept:
    """Results of one experiment.

    Args:
        results: one a claim.
        rejected: draws that its run set aside as not being skin.
    """

    results: tuple[ClaimResult, ...]
    rejected: int


@dataclass(frozen=True)
class ResultStore:
    """A folder of results.

    Args:
        folder: where; None keeps nothing.
    """

    folder: Path | None

    def read(self, key: str, claims: Mapping[str, Claim]) -> Kept | None:
        """Results of one experiment; None if they are not there or cannot be read.

        Args:
            key: from `key_of`.
            claims: by id, those of the experiment.
        """
        if self.folder is None:
            return None
        try:
            told = json.loads((self.folder / f"{key}.json").read_text("utf-8"))
            results = tuple(_result(row, claims) for row in told["results"])
            return Kept(results, int(told["rejected"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a torn or foreign file is as good as none: the experiment is run

    def write(self, key: str, kept: Kept) -> None:
        """Keep results; a folder that cannot be written to keeps none.

        Args:
            key: from `key_of`.
            kept: results of one experiment.
        """
        rows = [_row(result) for result in kept.results]
        self._write(key, json.dumps({"rejected": kept.rejected, "results": rows}))

    def read_check(self, key: str) -> Checked | None:
        """What the check of a claim found; None if it is not there or cannot be read.

        Args:
            key: from `key_of_check`.
        """
        if self.folder is None:
            return None
        try:
            return CHECKED.validate_json((self.folder / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def write_check(self, key: str, checked: Checked) -> None:
        """Keep what a check found.

        Args:
            key: from `key_of_check`.
            checked: what it found.
        """
        self._write(key, CHECKED.dump_json(checked).decode())

    def _write(self, key: str, text: str) -> None:
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.folder, suffix=".part", delete=False
            ) as file:
                file.write(text)
            Path(file.name).replace(self.folder / f"{key}.json")
        except OSError:
            return


def key_of(e: Experiment, switched: Sequence[str], model: str, size: Size) -> str:
    """What the results of an experiment depend on.

    Args:
        e: the experiment, with the records of its claims.
        switched: everything that the equations of its setting can switch.
        model: from `model_hash`.
        size: of the run.
    """
    parts: list[object] = [model, _code(), asdict(size), made_by(size.backend)]
    parts += [platform.machine().lower(), sorted(switched), e.id, e.setting, e.kind, e.held]
    parts += [[a.id, repr(a)] for a in e.arms.values()]
    parts += [r.claim.model_dump(mode="json") for r in e.readings]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def key_of_check(claim: Claim, model: str, size: Size) -> str:
    """What the check of a claim depends on.

    Args:
        claim: the claim.
        model: from `model_hash`, the evidence included.
        size: of the run.
    """
    parts = [model, _code(), asdict(size), claim.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def model_hash(catalogue: Catalogue, more: Sequence[str] = ()) -> str:
    """SHA-256 of everything of the catalogue that a run of claims depends on beside the claims.

    Args:
        catalogue: the folders.
        more: further parts of it.
    """
    digest = hashlib.sha256()
    for root in catalogue.roots:
        digest.update(b"root")
        for part in (*MODEL, *more):
            top = root / part
            files = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
            for path in files:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _code() -> str:
    """SHA-256 of the program itself: a version alone says nothing while it is being written."""
    digest = hashlib.sha256()
    top = Path(__file__).parents[1]
    for path in sorted(top.rglob("*.py")):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _row(result: ClaimResult) -> dict[str, Any]:
    return {
        "claim": result.claim.id,
        "verdict": result.verdict,
        "reason": result.reason,
        "threshold": result.threshold,
        "effect": None if result.effect is None else asdict(result.effect),
        "reversed": result.reversed,
        "mechanism": result.mechanism,
        "knockout": [asdict(loss) for loss in result.knockout],
        "beside": [asdict(one) for one in result.beside],
        "curves": [asdict(curve) for curve in result.curves],
        "flags": list(result.flags),
        "solved": result.solved,
        "folds": list(result.folds),
    }


def _result(row: dict[str, Any], claims: Mapping[str, Claim]) -> ClaimResult:
    effect = row["effect"]
    return ClaimResult(
        claim=claims[row["claim"]],
        verdict=row["verdict"],
        reason=row["reason"],
        threshold=row["threshold"],
        effect=None if effect is None else Shown(**effect),
        reversed=row["reversed"],
        mechanism=row["mechanism"],
        knockout=tuple(
            Loss(tuple(k["pathways"]), k["log_fold"], k["share_lost"]) for k in row["knockout"]
        ),
        beside=tuple(Beside(**one) for one in row["beside"]),
        curves=tuple(
            Curve(c["arm"], *(tuple(c[n]) for n in ("days", "median", "lo90", "hi90")))
            for c in row["curves"]
        ),
        flags=tuple(row["flags"]),
        solved=row["solved"],
        folds=tuple(row["folds"]),
    )
