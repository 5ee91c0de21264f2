"""A regimen search on a terminal: the front, how sure it is, and what moves what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.notation import DASH, plain, share, signed, unit_sign
from virtualskin.report.simulation import failures
from virtualskin.report.terminal import closing_lines
from virtualskin.report.words import Words, words
from virtualskin.trial.search_goals import Worth
from virtualskin.trial.search_plan import Cost, Effect, Goal, Limit, MakingCost, VisibleDays, Visits
from virtualskin.trial.search_result import Candidate, SearchResult

STAR = "★"
REGIMEN_WIDTH = 27


def search_table(result: SearchResult, lang: str = "en") -> Group:
    """What a search says, for a terminal.

    Args:
        result: the search.
        lang: "en" or "zh".
    """
    say = words(lang)
    parts: list[RenderableType] = []
    if failed := failures(result.failed, result.solved, say):
        parts.append(RichText(f"! {failed}", style="bold red"))
    parts += [RichText(result.plan.title.get(lang), style="bold"), RichText(scope(result, say))]
    heading = say("search.front" if result.front else "search.nobody")
    parts += [RichText(""), RichText(heading, style="bold"), _front(result, say)]
    parts += [RichText(line) for line in notes(result, say)]
    parts += [RichText(""), RichText(say("search.beyond"), style="bold")]
    for number, candidate in numbered(result):
        told = beyond(candidate, say)
        parts.append(RichText(f"  {number}{say('colon')}{told}"))
    parts += [RichText(""), RichText(say("search.moves"), style="bold"), _moves(result, say)]
    parts += [RichText(say("search.moves_note")), RichText("")]
    parts += [RichText(line) for line in _small_print(result, say)]
    return Group(*parts)


def scope(result: SearchResult, say: Words) -> str:
    """How much was tried, and on whom."""
    return say(
        "search.scope",
        tried=len(result.candidates),
        screened=result.screened_on,
        universes=result.stamp.universes,
        confirmed=len(result.confirmed),
        people=result.stamp.people,
    )


def shown(result: SearchResult) -> Sequence[Candidate]:
    """The front; where nothing keeps all limits, what was confirmed."""
    return result.front or result.confirmed


def numbered(result: SearchResult) -> list[tuple[str, Candidate]]:
    """Each shown candidate with the number it has in table and pictures."""
    return [
        (f"{place}{STAR if c.number == result.compromise else ''}", c)
        for place, c in enumerate(shown(result), start=1)
    ]


def regimen_lines(candidate: Candidate, result: SearchResult, say: Words) -> list[str]:
    """A regimen in words: product and route, dose and depth, days."""
    r = candidate.regimen
    choice = next(p for p in result.plan.products if p.product == r.product)
    amount = say("search.own_dose")
    if r.dose is not None and choice.dose is not None:
        unit = unit_sign(result.dose_units[r.product])
        amount = say("search.dose", dose=f"{r.dose:.2g}", unit=unit).rstrip()
    if r.depth_mm is not None:
        amount += say("list_joint") + say("search.depth", depth=f"{r.depth_mm:g}")
    when = say("search.once")
    if r.every_days is not None:
        when = say("search.series", sessions=r.sessions, days=f"{r.every_days:g}")
    if r.maintenance_days is not None:
        upkeep = say("search.upkeep", sessions=r.maintenance, days=f"{r.maintenance_days:g}")
        when += say("list_joint") + upkeep
    return [say("search.product", product=r.product, route=r.route), amount, when]


def worth_lines(goal: Goal | Limit, worth: Worth, say: Words) -> list[str]:
    """A worth in words: median, interval, and the device's share where it was taken off."""
    if not isinstance(goal.of, Effect | VisibleDays | MakingCost):
        return [plain(worth.median)]
    if isinstance(goal.of, VisibleDays | MakingCost):
        low, high = plain(worth.lo90), plain(worth.hi90)
        return [plain(worth.median), f"({low}, {high})"]
    places = 2
    low, high = signed(worth.lo90, places=places), signed(worth.hi90, places=places)
    lines = [f"{signed(worth.median, places=places)} %", f"({low}, {high})"]
    if worth.device is not None:
        lines.append(say("search.device", change=f"{signed(worth.device, places=places)} %"))
    return lines


def goal_title(goal: Goal, result: SearchResult, say: Words) -> str:
    """A goal with its unit and direction."""
    match goal.of:
        case Effect():
            unit = say("search.per_cent")
        case VisibleDays():
            unit = say("search.days")
        case Visits():
            unit = say("search.visits")
        case Cost():
            unit = "" if result.plan.prices is None else result.plan.prices.currency
        case MakingCost():
            unit = say("search.dollars")
        case _:
            unit = say("search.dose_unit")
    return say(f"search.goal.{goal.better}", title=goal.title.get(say.lang), unit=unit)


def limit_line(limit: Limit, say: Words) -> str:
    """A limit in words."""
    title = limit.title.get(say.lang)
    if limit.at_most is not None:
        return say("search.at_most", title=title, bound=f"{limit.at_most:g}")
    return say("search.at_least", title=title, bound=f"{limit.at_least:g}")


def beyond(candidate: Candidate, say: Words) -> str:
    """Where a candidate extrapolates, in one line."""
    told = [text.get(say.lang) for text in candidate.beyond]
    return say("list_joint").join(told) or say("search.within")


def notes(result: SearchResult, say: Words) -> Iterator[str]:
    """How to read the table of the front."""
    yield say("search.intervals")
    if result.compromise is not None:
        yield say("search.middle")
    for goal in result.plan.goals:
        if isinstance(goal.of, Effect) and goal.of.against == "baseline":
            yield goal.title.get(say.lang) + say("colon") + say("search.baseline")
    for told in (*result.plan.goals, *result.plan.limits):
        if isinstance(told.of, MakingCost):
            yield told.title.get(say.lang) + say("colon") + say("search.making")


def influence_rows(result: SearchResult, say: Words) -> list[list[str]]:
    """One line a dimension: how it goes with each goal."""
    known = {(i.dimension, i.measure): i for i in result.influences}
    rows: list[list[str]] = []
    for dimension in result.dimensions:
        row = [say(f"dimension.{dimension}")]
        for goal in result.plan.goals:
            one = known[dimension, goal.id]
            if one.correlation is not None:
                row.append(signed(one.correlation, places=2))
            else:
                row.append(DASH if one.share is None else share(one.share))
        rows.append(row)
    return rows


def share_text(value: float | None, say: Words) -> str:
    """A share of universes; a dash where there is none."""
    return DASH if value is None else say("search.of_universes", share=share(value))


def _front(result: SearchResult, say: Words) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column(say("search.number"), no_wrap=True)
    table.add_column(say("search.regimen"), overflow="fold", min_width=REGIMEN_WIDTH)
    for goal in result.plan.goals:
        table.add_column(goal_title(goal, result, say), overflow="fold")
    for key in ("front_share", "feasible_share"):
        table.add_column(say(f"search.{key}"), overflow="fold")
    for number, candidate in numbered(result):
        table.add_row(
            number,
            "\n".join(regimen_lines(candidate, result, say)),
            *("\n".join(worth_lines(g, candidate.worth[g.id], say)) for g in result.plan.goals),
            share_text(candidate.front_share, say),
            share_text(candidate.feasible_share, say),
            end_section=True,
        )
    return table


def _moves(result: SearchResult, say: Words) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column(say("search.dimension"))
    for goal in result.plan.goals:
        table.add_column(goal.title.get(say.lang), justify="right", overflow="fold")
    for row in influence_rows(result, say):
        table.add_row(*row)
    return table


def _small_print(result: SearchResult, say: Words) -> Iterator[str]:
    if result.plan.limits:
        limits = say("list_joint").join(limit_line(m, say) for m in result.plan.limits)
        yield say("search.limits") + say("colon") + limits
    if result.left_out:
        yield say("search.left_out") + say("colon")
        yield from (f"  {pair}{say('colon')}{why.get(say.lang)}" for pair, why in result.left_out)
    if result.plan.prices is not None:
        yield say("search.prices") + say("colon") + result.plan.prices.note.get(say.lang)
    if result.rejected_universes:
        yield say("note.rejected", count=result.rejected_universes)
    yield from closing_lines(result, say)
