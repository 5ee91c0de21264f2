"""Facts compared with the model as lines of text, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.notation import DASH, plain, share, unit_sign
from virtualskin.report.words import Words, words
from virtualskin.review import Comparison, Judged, Score

SHORT = 12
COLUMNS = ("fact", "wanted", "model", "sign", "inside", "fitted")
SCORES = ("n", "met", "sign", "gmfe", "within_1_5", "within_2", "inside_90", "interval")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact, as text.

    Args:
        judged: the fact and what the model says.
        wanted: the number with its tolerance, the interval or the trend.
        model: the model's value, with its 90 % interval where there is one.
        sign: whether a ratio goes where it should; a dash for a number that is no ratio.
        inside: whether the model lies within the tolerance.
        fitted: whether a fit has used the fact.
    """

    judged: Judged
    wanted: str
    model: str
    sign: str
    inside: str
    fitted: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Agreement over some facts, as text.

    Args:
        name: which facts, or which baseline.
        cells: one for each of `SCORES`.
        kind: `group` for facts, `baseline` for a baseline, `beside` for the model beside it.
    """

    name: str
    cells: tuple[str, ...]
    kind: str


def fact_lines(made: Comparison, say: Words) -> Iterator[tuple[str, list[FactLine]]]:
    """Modules in the order of reports: id and the lines of its facts."""
    for module in made.modules:
        lines = [_line(j, made, say) for j in made.judged if j.fact.module == module]
        if lines:
            yield module, lines


def score_lines(made: Comparison, say: Words) -> list[ScoreLine]:
    """All facts, those a fit has used and those it has not, then module by module."""
    groups = [
        (say("facts.all"), made.score()),
        (say("facts.group_fitted"), made.score(lambda j: j.fact.id in made.fitted)),
        (say("facts.group_unfitted"), made.score(lambda j: j.fact.id not in made.fitted)),
    ]
    for module, title in made.modules.items():
        score = made.score(lambda j, module=module: j.fact.module == module)
        groups.append((title.get(say.lang), score))
    return [ScoreLine(name, score_cells(s), "group") for name, s in groups if s.n]


def baseline_lines(made: Comparison, say: Words) -> list[ScoreLine]:
    """Each baseline that applies to anything, with the model on the same facts below it."""
    lines: list[ScoreLine] = []
    for name, against in made.baselines.items():
        title = say("facts.left_out", name=say(f"facts.baseline.{name}"), count=against.left_out)
        lines.append(ScoreLine(title, score_cells(against.score), "baseline"))
        if against.score.n:
            lines.append(ScoreLine(say("facts.beside"), score_cells(against.model), "beside"))
    return lines


def score_cells(score: Score) -> tuple[str, ...]:
    """A score's numbers, in the order of `SCORES`."""
    shares = (score.within_1_5, score.within_2, score.inside_90)
    return (
        str(score.n),
        str(score.met),
        _share(score.sign_agreement),
        DASH if score.gmfe is None else f"{score.gmfe:.2f}",
        *(_share(one) for one in shares),
        DASH if score.interval_score is None else plain(score.interval_score),
    )


def scores_shown(made: Comparison) -> tuple[str, ...]:
    """Columns of the scores: those of intervals only where there are several universes."""
    return SCORES if made.stamp.universes > 1 else SCORES[:6]


def facts_table(made: Comparison, lang: str = "en") -> Group:
    """A comparison for a terminal: facts by module, then scores, then baselines.

    Args:
        made: the comparison.
        lang: "en" or "zh".
    """
    say = words(lang)
    parts: list[RenderableType] = [_facts(made, say), RichText("")]
    parts += [_scores(made, say, score_lines(made, say), say("facts.scores")), RichText("")]
    parts.append(_scores(made, say, baseline_lines(made, say), say("facts.baselines")))
    parts.append(RichText(say("facts.small_print", fold=f"{made.fold:.2f}")))
    if made.failed or made.rejected:
        parts.append(RichText(say("facts.failed", failed=made.failed, rejected=made.rejected)))
    stamp = made.stamp
    parts.append(RichText(say("facts.stamp", catalogue=stamp.catalogue[:SHORT], code=stamp.code,
                              seed=stamp.seed, universes=stamp.universes,
                              backend=stamp.backend)))  # fmt: skip
    return Group(*parts)


def _facts(made: Comparison, say: Words) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for key in COLUMNS:
        right = key in {"wanted", "model"}
        table.add_column(say(f"facts.{key}"), justify="right" if right else "left",
                         overflow="fold")  # fmt: skip
    for module, lines in fact_lines(made, say):
        table.add_row(RichText(made.modules[module].get(say.lang), style="bold"))
        for line in lines:
            style = "" if line.judged.met else "yellow"
            cells = (line.wanted, line.model, line.sign, line.inside, line.fitted)
            table.add_row(f"  {line.judged.fact.id}", *cells, style=style)
    return table


def _scores(made: Comparison, say: Words, lines: list[ScoreLine], title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD,
                  show_edge=False, pad_edge=False, header_style="bold")  # fmt: skip
    table.add_column("", overflow="fold")
    shown = scores_shown(made)
    for key in shown:
        table.add_column(say(f"facts.score.{key}"), justify="right", overflow="fold")
    for line in lines:
        style = "dim" if line.kind == "beside" else ""
        table.add_row(line.name, *line.cells[: len(shown)], style=style)
    return table


def _line(j: Judged, made: Comparison, say: Words) -> FactLine:
    agrees = j.wanted.sign_agrees(j.model)
    sign = DASH if agrees is None else say("facts.yes") if agrees else say("facts.no")
    low, high = j.ends
    model = plain(j.model)
    if made.stamp.universes > 1:
        model = f"{model} ({plain(low)}, {plain(high)})"
    return FactLine(
        j,
        wanted_text(j, say),
        f"{model}{_unit(j)}",
        sign,
        say("facts.yes") if j.met else say("facts.no"),
        say("facts.is_fitted") if j.fact.id in made.fitted else DASH,
    )


def wanted_text(j: Judged, say: Words) -> str:
    """What is wanted, as readers write it: `0.32 ×1.35`, `150 to 350 µm`, `↑ up ×1.2`."""
    wanted = j.wanted
    if j.fact.trend is not None:
        size = _tolerance(j.fact.trend.smallest)
        return say(f"facts.trend.{j.fact.trend.direction}", size=size)
    if wanted.value is None and wanted.low <= 0:  # nothing here can be negative
        return say("facts.at_most", high=f"{wanted.high:g}") + _unit(j)
    if wanted.value is None:
        return say("facts.interval", low=f"{wanted.low:g}", high=f"{wanted.high:g}") + _unit(j)
    return f"{wanted.value:g} {_tolerance(wanted.text)}{_unit(j)}"


def _tolerance(text: str) -> str:
    return text.replace("x", "×").replace("+", "±")


def _unit(j: Judged) -> str:
    sign = "" if j.fact.over is not None else unit_sign(j.fact.unit)
    return f"\u00a0{sign}" if sign else ""


def _share(value: float | None) -> str:
    return DASH if value is None else share(value)
