"""A review run as one page, and a claim as its card."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.ground import Text
from virtualskin.report.claim_drawing import course_drawing, loss_drawing
from virtualskin.report.claims import (
    COLUMNS,
    PARTS,
    STYLES,
    claim_line,
    effect_words,
    fold_words,
    is_miss,
    sections,
)
from virtualskin.report.contradiction_page import PAGE, contradictions_html
from virtualskin.report.contradictions import held_lines, outcome_words
from virtualskin.report.document import environment
from virtualskin.report.explanation import Explanation, explain_text
from virtualskin.report.folder import MARK, claim_folder, json_text, write_files
from virtualskin.report.notation import DASH, share
from virtualskin.report.words import Words, words
from virtualskin.review import ClaimResult, ContradictionsResult, ReviewResult
from virtualskin.review.contradictions_seen import Seen
from virtualskin.review.run_contradictions import Held


def review_html(
    made: ReviewResult,
    lang: str = "en",
    causes: Mapping[str, Text] | None = None,
    cards: Collection[str] = (),
    *,
    sides: ContradictionsResult | None = None,
) -> str:
    """A run as one self-contained HTML file.

    Args:
        made: the run.
        lang: "en" or "zh".
        causes: claim → suspected cause of its miss.
        cards: claims whose cards lie beside the page, as `ID.html`.
        sides: the contradictions that bear on them, whose page lies beside.
    """
    say = words(lang)
    causes = causes or {}
    chapters = [
        (section, [claim_line(r, say, causes) for r in results])
        for section, results in sections(made.results)
    ]
    misses = [claim_line(r, say, causes) for r in made.results if is_miss(r)]
    return (
        environment()
        .get_template("review.html.j2")
        .render(
            made=made,
            say=say,
            lang=_tag(lang),
            chapters=chapters,
            columns=COLUMNS,
            parts=PARTS,
            misses=misses,
            cards=cards,
            held=[] if sides is None else list(held_lines(sides, say)),
            stamp=asdict(made.stamp),
            command=made.command,
        )
    )


def card_html(
    result: ClaimResult,
    explained: Explanation,
    made: ReviewResult,
    lang: str = "en",
    *,
    causes: Mapping[str, Text] | None = None,
    title: Callable[[str], str] = str,
    near: Sequence[Held] = (),
) -> str:
    """A claim's card as one self-contained HTML file.

    Args:
        result: the claim and its verdict.
        explained: what the catalogue says of it.
        made: the run it is from.
        lang: "en" or "zh".
        causes: claim → suspected cause of its miss.
        title: pathway → its name.
        near: contradictions that bear on it, whose page lies beside.
    """
    say = words(lang)
    return (
        environment()
        .get_template("card.html.j2")
        .render(
            line=claim_line(result, say, causes or {}),
            result=result,
            explained=explained,
            say=say,
            lang=_tag(lang),
            told=lang,
            course=course_drawing(result, say),
            losses=loss_drawing(result, say, title),
            rows=knockout_rows(result, say, title),
            beside=beside_rows(result, say),
            threshold=DASH if result.threshold is None else fold_words(result.threshold, say),
            effect=effect_words(result.effect, say),
            near=[(one, outcome_words(one, say)) for one in near],
            stamp=asdict(made.stamp),
            command=made.command,
        )
    )


def card_text(
    result: ClaimResult,
    explained: Explanation,
    lang: str = "en",
    causes: Mapping[str, Text] | None = None,
    title: Callable[[str], str] = str,
) -> Group:
    """A claim's card for a terminal.

    Args:
        result: the claim and its verdict.
        explained: what the catalogue says of it.
        lang: "en" or "zh".
        causes: claim → suspected cause of its miss.
        title: pathway → its name.
    """
    say = words(lang)
    line = claim_line(result, say, causes or {})
    parts: list[RenderableType] = [RichText(f"{line.code}  {line.says}", style="bold")]
    style = STYLES.get(result.verdict, "dim")
    told = line.verdict if result.effect is None else f"{line.verdict} · {line.effect}"
    parts.append(RichText(told, style=style))
    if result.effect is not None:
        parts.append(RichText(say("claims.agreeing", share=line.agree)))
    if result.mechanism == "refuted":
        parts.append(RichText(say("claims.wrong_reason"), style="red"))
    if line.cause:
        parts.append(RichText(f"{say('facts.suspected')}: {line.cause}"))
    for heading, head, rows in (
        ("claims.knockouts", ("claims.pathway", "claims.left", "claims.share_lost"),
         knockout_rows(result, say, title)),
        ("claims.besides", ("claims.says", "claims.effect", "claims.ways"),
         beside_rows(result, say)),
    ):  # fmt: skip
        if rows:
            table = Table(box=SIMPLE_HEAD, title=say(heading), title_justify="left", pad_edge=False)
            for key in head:
                table.add_column(say(key), overflow="fold")
            for row in rows:
                table.add_row(*row)
            parts.append(table)
    parts += [RichText(f"• {say(f'claims.flag.{flag}')}") for flag in result.flags]
    return Group(*parts, RichText(""), explain_text(explained, lang))


def knockout_rows(
    result: ClaimResult, say: Words, title: Callable[[str], str] = str
) -> list[tuple[str, str, str]]:
    """What each loss leaves: pathways, effect left, share lost."""
    return [
        (
            " + ".join(title(name) for name in loss.pathways),
            fold_words(loss.log_fold, say) if loss.log_fold == loss.log_fold else DASH,
            DASH if loss.share_lost is None else share(loss.share_lost),
        )
        for loss in result.knockout
    ]


def beside_rows(result: ClaimResult, say: Words) -> list[tuple[str, str, str]]:
    """What is shown and not scored: what, effect, share of universes up and down."""
    return [
        (
            say(f"claims.beside.{one.kind}", what=one.what),
            DASH if one.log_fold is None else fold_words(one.log_fold, say),
            say("claims.shares", up=share(one.share_up), down=share(one.share_down)),
        )
        for one in result.beside
    ]


def write_review(
    made: ReviewResult,
    folder: Path,
    lang: str = "en",
    *,
    causes: Mapping[str, Text] | None = None,
    cards: Mapping[str, str] | None = None,
    document: Mapping[str, object] | None = None,
    sides: ContradictionsResult | None = None,
    seen: Seen | None = None,
) -> list[Path]:
    """Write a run to a folder: page, cards, JSON and the command that repeats it.

    Args:
        made: the run.
        folder: where to; made if it does not exist. An earlier run in it is replaced.
        lang: language of the page.
        causes: claim → suspected cause of its miss.
        cards: claim → its card's page.
        document: the JSON document, where it tells more than the run does.
        sides: the contradictions that bear on its claims, where these were run too.
        seen: which of them held in the run that was looked at.

    Raises:
        SkinError: if the folder holds something else, or cannot be written to.
    """
    claim_folder(folder)
    pages = {f"{name}.html": page for name, page in (cards or {}).items()}
    if sides is not None:
        pages[PAGE] = contradictions_html(sides, lang, seen=seen, cards=cards or ())
    return write_files(
        folder,
        {
            "report.html": review_html(made, lang, causes, cards or (), sides=sides),
            **pages,
            "result.json": json_text(document or made.as_json()),
            MARK: made.command.rstrip("\n") + "\n",
        },
    )


def _tag(lang: str) -> str:
    return "zh-Hans" if lang == "zh" else "en"
