"""Which drawn skins fail and why, as a table."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table

from virtualskin.population import Robustness
from virtualskin.report.words import words


def robustness_table(found: Robustness, lang: str = "en") -> Group:
    """Failures by reason, and the numbers that tell failed skins from others.

    Args:
        found: from `check_robustness`.
        lang: "en" or "zh".
    """
    say = words(lang)
    asked = found.stress
    title = say(
        "robustness.title",
        failed=found.failed,
        astray=found.astray,
        draws=asked.draws,
        share=f"{100 * found.share:.2g}",  # not science: per cent
    )
    how = say(
        "robustness.how",
        numbers=found.numbers,
        cv=f"{asked.cv:.0%}",
        youngest=f"{asked.youngest:g}",
        oldest=f"{asked.oldest:g}",
        seed=asked.seed,
    )
    reasons = Table(title=title, caption=how, box=None)
    for key in ("kind", "reason"):
        reasons.add_column(say(f"robustness.{key}"))
    reasons.add_column(say("robustness.draws"), justify="right")
    for kind, reason, count in found.reasons:
        reasons.add_row(say(f"robustness.{kind.replace(' ', '_')}"), reason, str(count))
    if not found.telling:
        return Group(reasons)
    telling = Table(title=say("robustness.telling"), box=None)
    telling.add_column(say("robustness.number"))
    telling.add_column("t", justify="right")
    for name, t in found.telling:
        telling.add_row(name, f"{t:.1f}")
    return Group(reasons, telling)
