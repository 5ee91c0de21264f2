"""A simulation on a terminal: what was given, and each reading at a few visits."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.notation import DASH, plain, signed_interval, unit_sign
from virtualskin.report.terminal import closing_lines
from virtualskin.report.words import Words, words
from virtualskin.therapy import Treatment
from virtualskin.trial.simulate import Moment, Simulation

VISITS = 4
FEW_FAILURES = 0.01
SMALL, LARGE = 1e-3, 1e6
PARTS = ("given", "in_skin", "cleared", "lost")
COLUMNS = ("quantity", "week", "reading", "change", "alone")


def simulation_table(result: Simulation, lang: str = "en") -> Group:
    """What a simulation says, for a terminal.

    Args:
        result: the simulation.
        lang: "en" or "zh".
    """
    say = words(lang)
    parts: list[RenderableType] = []
    if failed := failures(result.failed, result.solved, say):
        parts.append(RichText(f"! {failed}", style="bold red"))
    parts.append(RichText(title_of(result, say), style="bold"))
    parts += [RichText(f"  {line}") for line in given(result, say)]
    parts.append(RichText(say("simulation.scope", people=result.stamp.people,
                              universes=result.stamp.universes)))  # fmt: skip
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for key in COLUMNS:
        table.add_column(say(f"simulation.{key}"), overflow="fold")
    for row in visits(result):
        table.add_row(*cells(result, row, say))
    parts += [RichText(""), table, RichText(""), RichText(say("simulation.intervals"))]
    if result.balance:
        parts += [RichText(""), _balance(result, say), RichText("")]
    parts += [RichText(line) for line in small_print(result, say)]
    return Group(*parts)


def title_of(result: Simulation, say: Words) -> str:
    """The scenario's title, or who is simulated and for how long."""
    scenario = result.scenario
    if scenario.title is not None:
        return scenario.title.get(say.lang)
    return say("simulation.title", person=person_of(result, say), weeks=f"{scenario.weeks:g}")


def person_of(result: Simulation, say: Words) -> str:
    """Setting, age, sex and phototype in words; the cohort where nothing is said of them."""
    person, told = result.scenario.person, list[str]()
    if result.setting is not None:
        told.append(result.setting.title.get(say.lang))
    ages = person.ages
    if ages is not None:
        years = f"{ages.min:g}" if ages.min == ages.max else f"{ages.min:g}{DASH}{ages.max:g}"
        told.append(say("simulation.age", years=years))
    if person.sex is not None:
        told.append(say(f"sex.{person.sex}"))
    if person.phototype is not None:
        told.append(say("simulation.phototype", phototype=person.phototype))
    return say("list_joint").join(told) or result.cohort


def given(result: Simulation, say: Words) -> list[str]:
    """One line a course of treatment; one that says so if there is none."""
    if result.scenario.doses is not None:
        return [say("simulation.dose_table")]
    lines = [treatment_line(t, say) for t in result.treatments]
    return lines or [say("simulation.untreated")]


def treatment_line(treatment: Treatment, say: Words) -> str:
    """Product, route and days of one course, with dose and depth where they are stated."""
    days = ", ".join(f"{day:g}" for day in treatment.days)
    parts = [say("simulation.course", product=treatment.product, route=treatment.route, days=days)]
    if treatment.dose is not None:
        parts.append(say("simulation.dose", dose=f"{treatment.dose:.3g}"))
    if treatment.depth_mm is not None:
        parts.append(say("simulation.depth", depth=f"{treatment.depth_mm:g}"))
    return say("list_joint").join(parts)


def visits(result: Simulation) -> Iterator[Moment]:
    """A few rows of each quantity, evenly spread, and where it is farthest from its start."""
    end = result.rows[-1].day if result.rows else 0.0
    for name in result.quantities:
        mine = [row for row in result.rows if row.quantity == name]
        wanted = [end * part / VISITS for part in range(1, VISITS + 1)]
        shown = [min(mine, key=lambda row, day=day: abs(row.day - day)) for day in wanted]
        start = mine[0].reading.median
        shown.append(max(mine, key=lambda row, start=start: abs(row.reading.median - start)))
        yield from sorted(dict.fromkeys(shown), key=lambda row: row.day)


def cells(result: Simulation, row: Moment, say: Words) -> tuple[str, ...]:
    """One row of the table."""
    reading, unit = row.reading, unit_sign(row.unit)
    middle, low, high = (written(v) for v in (reading.median, reading.lo90, reading.hi90))
    told = f"{middle} ({low}, {high}) {unit}"
    return (
        result.titles[row.quantity].get(say.lang),
        f"{row.day / 7:.3g}",
        told.rstrip(),
        signed_interval(row.change_pct, "%"),
        signed_interval(row.untreated_pct, "%"),
    )


def balance_rows(result: Simulation) -> list[list[str]]:
    """One line a component, with its unit: given, in skin, cleared, lost."""
    rows: list[list[str]] = []
    for name, told in result.balance.items():
        unit = unit_sign(str(told.get("unit", "1")))
        amounts = [told.get(part) for part in PARTS]
        numbers = [written(a) if isinstance(a, float) else DASH for a in amounts]
        rows.append([f"{name} ({unit})" if unit else name, *numbers])
    return rows


def written(value: float) -> str:
    """Three digits; with an exponent where a reading is very small or very large."""
    usual = value == 0 or not math.isfinite(value) or SMALL <= abs(value) < LARGE
    return plain(value) if usual else f"{value:.2e}"


def failures(failed: int, asked: int, say: Words) -> str:
    """A warning if more than 1 % of people could not be solved; else nothing."""
    if failed <= FEW_FAILURES * asked:
        return ""
    return say("failures", failed=failed, asked=asked, percent=f"{100 * failed / asked:.0f} %")


def _balance(result: Simulation, say: Words) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column(say("simulation.balance"))
    for part in PARTS:
        table.add_column(say(f"balance.{part}"), justify="right")
    for row in balance_rows(result):
        table.add_row(*row)
    return table


def small_print(result: Simulation, say: Words) -> Iterator[str]:
    """What was assumed, what this is for, and what the run depends on."""
    if result.not_reported:
        yield say("simulation.priors") + say("colon")
        yield from (f"  · {text.get(say.lang)}" for text in result.not_reported)
    if result.rejected_universes:
        yield say("note.rejected", count=result.rejected_universes)
    yield from closing_lines(result, say)
