"""Write down what the model says of every fact: `python tests/facts/renew_facts.py`.

Run it when a number has moved on purpose; the change then shows in `facts.tsv`, and CHANGELOG.md
says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from virtualskin.lab import Lab
from virtualskin.review import Judged

GOLDEN = Path(__file__).with_name("facts.tsv")
DIGITS = 5


def golden_text(judged: Sequence[Judged]) -> str:
    """One line a fact, sorted by name: whether it is met, and the model's value."""
    lines = [
        f"{j.fact.id}\t{'met' if j.met else 'missed'}\t{j.model:.{DIGITS}g}"
        for j in sorted(judged, key=lambda j: j.fact.id)
    ]
    return "\n".join(["fact\tverdict\tmodel", *lines]) + "\n"


def read_golden() -> dict[str, tuple[bool, float]]:
    """Fact → whether it was met, and the value."""
    rows = [line.split("\t") for line in GOLDEN.read_text("utf-8").splitlines()[1:]]
    return {name: (verdict == "met", float(model)) for name, verdict, model in rows}


if __name__ == "__main__":
    GOLDEN.write_text(golden_text(Lab.open().compare().result.judged), "utf-8")
