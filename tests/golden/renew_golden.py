"""Write the golden tables anew. Whoever does names what moved in CHANGELOG.md."""

from __future__ import annotations

import csv
from pathlib import Path

from virtualskin.lab import TrialRun, load

TABLE = Path(__file__).with_name("demo.tsv")
TRIAL, PEOPLE, UNIVERSES, SEED = "park2023_hacs", 6, 1, 1
COLUMNS = ("arm", "endpoint", "week", "unit", "baseline", "value", "change_pct", "tolerance")
TOLERANCE = "1e-4"


def demo_run() -> TrialRun:
    """The main job of `make demo`, on fewer people."""
    return load().run_trial(TRIAL, people=PEOPLE, universes=UNIVERSES, seed=SEED)


def rows(run: TrialRun) -> list[dict[str, str]]:
    """The table's rows, as text."""
    found: list[dict[str, str]] = []
    for row in run.as_json()["rows"]:
        change = row["change_pct"]
        numbers = {
            "baseline": row["baseline"],
            "value": row["value"],
            "change_pct": None if change is None else change["median"],
        }
        found.append(
            {
                **{key: str(row[key]) for key in ("arm", "endpoint", "week", "unit")},
                **{k: "" if v is None else f"{v:.8g}" for k, v in numbers.items()},
                "tolerance": TOLERANCE,
            }
        )
    return found


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(demo_run()))
