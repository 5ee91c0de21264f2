"""The manual of products as Markdown: generated from the catalogue, never written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtualskin.ground import Text
from virtualskin.report.folder import write_files
from virtualskin.report.words import Words, words
from virtualskin.therapy import HazardLine, RegulationLine

EMPTY = "–"
RENEW = "python -m virtualskin.lab.products_page docs/manual"


@dataclass(frozen=True, slots=True)
class Cargo:
    """One component or load of a product.

    Args:
        name: what it is called.
        into: state of a component, or input of a load.
        dose: amount with unit, each session and cm² of skin.
        varies: spread between people.
        uncertain: our ignorance.
        reported: whether somebody states the dose; False draws from a prior.
    """

    name: Text
    into: str
    dose: str
    varies: str
    uncertain: str
    reported: bool


@dataclass(frozen=True, slots=True)
class ProductHazard:
    """A hazard of a product, and the routes by which it has it and these counts."""

    line: HazardLine
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a product cannot be given by some routes."""

    routes: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """Everything that is told of one product.

    Args:
        id: its id.
        title: for people.
        kind: what sort of thing it is.
        tissue: where the material is from; `none` without.
        donor: autologous, allogeneic or none.
        cargo: components and loads.
        engineering: what was done to cargo or cells, by id.
        manufacturing: how it is made, by id; empty if not named.
        given_by: routes that can carry it.
        refused: the others, with the reason.
        hazards: what may harm.
        regulation: what each market asks.
        review: sections of the review.
        trials: trials that gave it, each with its arm.
        note: what is modelled of it and what is not.
    """

    id: str
    title: Text
    kind: str
    tissue: str
    donor: str
    cargo: tuple[Cargo, ...]
    engineering: Mapping[str, Text]
    manufacturing: Mapping[str, Text]
    given_by: tuple[str, ...]
    refused: tuple[Refusal, ...]
    hazards: tuple[ProductHazard, ...]
    regulation: tuple[RegulationLine, ...]
    review: tuple[str, ...]
    trials: tuple[str, ...]
    note: Text


@dataclass(frozen=True, slots=True)
class HazardSheet:
    """A hazard with everything that was counted of it.

    Args:
        line: the hazard with all its counts.
        shown: how far a run shows it.
        notes: what a reader must know of single counts, each with its row.
        sources: rows and documents that name it.
    """

    line: HazardLine
    shown: Text
    notes: tuple[Text, ...]
    sources: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class RegulationSheet:
    """A regulation record: what it says, and which products it concerns."""

    line: RegulationLine
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductBook:
    """Everything the page of products tells."""

    routes: tuple[tuple[str, Text], ...]
    products: tuple[ProductSheet, ...]
    hazards: tuple[HazardSheet, ...]
    regulation: tuple[RegulationSheet, ...]


def product_pages(book: ProductBook, folder: Path) -> list[Path]:
    """Write the page in both languages into a folder that may hold others.

    Args:
        book: what it tells.
        folder: where to; made if it does not exist.

    Returns:
        The files written.
    """
    texts = {
        "products.md": products_markdown(book),
        "products.zh.md": products_markdown(book, "zh"),
    }
    return write_files(folder, texts)


def products_markdown(book: ProductBook, lang: str = "en") -> str:
    """The page of products.

    Args:
        book: what it tells.
        lang: "en" or "zh".
    """
    say = words(lang)
    lines = ["# " + say("products.title"), "", f"<!-- {RENEW} -->", "", say("products.intro"), ""]
    lines += [say("products.renew", command=f"`{RENEW}`"), "", *_head(say("products.matrix"))]
    lines += [say("products.matrix_intro"), "", *_matrix(book, say)]
    for sheet in book.products:
        lines += ["", *_product(sheet, say)]
    lines += ["", *_head(say("products.hazards")), say("products.hazards_intro")]
    for hazard in book.hazards:
        lines += ["", *_hazard(hazard, say)]
    lines += ["", *_head(say("products.regulation")), say("products.not_advice"), ""]
    for record in book.regulation:
        lines += list(_regulation(record, say))
    return "\n".join(lines).rstrip("\n") + "\n"


def _matrix(book: ProductBook, say: Words) -> Iterator[str]:
    yield _row([say("products.product"), *(f"`{route}`" for route, _ in book.routes)])
    yield f"|---|{':---:|' * len(book.routes)}"
    for sheet in book.products:
        marks = ["●" if route in sheet.given_by else EMPTY for route, _ in book.routes]
        yield _row([f"[`{sheet.id}`](#{sheet.id})", *marks])
    yield ""
    for route, title in book.routes:
        yield f"- `{route}`: {title.get(say.lang)}"


def _product(sheet: ProductSheet, say: Words) -> Iterator[str]:
    yield from _place(sheet.id)
    yield from _head(sheet.title.get(say.lang))
    yield f"`{sheet.id}`. {sheet.note.get(say.lang)}"
    yield ""
    if sheet.cargo:
        yield from _cargo(sheet, say)
    yield _said(say, "products.kind", sheet.kind)
    yield _said(say, "products.tissue", sheet.tissue)
    yield _said(say, "products.donor", sheet.donor)
    yield _said(say, "products.engineering", _titled(sheet.engineering, say))
    yield _said(say, "products.manufacturing", _titled(sheet.manufacturing, say))
    yield _said(say, "products.given_by", _ids(sheet.given_by))
    for refusal in sheet.refused:
        why = f"{_ids(refusal.routes)}{_colon(say)}{refusal.reason.get(say.lang)}"
        yield _said(say, "products.refused", why)
    yield _said(say, "products.review", ", ".join(sheet.review) or EMPTY)
    yield _said(say, "products.trials", _ids(sheet.trials))
    yield from ("", _bold(say("products.hazards")), "")
    yield from _hazards_of(sheet, say)
    yield from ("", _bold(say("products.regulation")), "", say("products.not_advice"), "")
    for line in sheet.regulation:
        told = line.title if line.record else line.says
        yield f"- {_where(line, say)}{_colon(say)}{_link(told.get(say.lang), line.record)}"


def _hazards_of(sheet: ProductSheet, say: Words) -> Iterator[str]:
    """Hazards with their counts route by route, then in one line those that nobody counted."""
    joint, comma = ("；", "、") if say.lang == "zh" else ("; ", ", ")
    counted: dict[str, list[str]] = {}
    for hazard in sheet.hazards:
        line = hazard.line
        told = [c.brief.get(say.lang) for c in line.counts]
        told += [p.says.get(say.lang) for p in line.pooled]
        found = counted.setdefault(_link(line.title.get(say.lang), line.hazard), [])
        if told:
            found.append(f"{_ids(hazard.routes)} {joint.join(told)}")
    for link, told in counted.items():
        if told:
            yield f"- {link}{_colon(say)}{joint.join(told)}"
    silent = [link for link, told in counted.items() if not told]
    if silent:
        yield _said(say, "products.no_count", comma.join(silent))
    if not sheet.hazards:
        yield "- " + say("products.no_hazard")


def _cargo(sheet: ProductSheet, say: Words) -> Iterator[str]:
    heads = [
        say("products.component"),
        say("products.into"),
        say("products.dose"),
        say("products.varies"),
        say("products.uncertain"),
        say("products.reported"),
    ]
    yield _row(heads)
    yield f"|{'---|' * len(heads)}"
    for cargo in sheet.cargo:
        known = say("products.yes") if cargo.reported else say("products.prior")
        cells = [cargo.name.get(say.lang), f"`{cargo.into}`", cargo.dose, cargo.varies]
        yield _row([*cells, cargo.uncertain, known])
    yield ""


def _hazard(sheet: HazardSheet, say: Words) -> Iterator[str]:
    lang, line = say.lang, sheet.line
    yield from _place(line.hazard)
    yield from _head(line.title.get(lang), 3)
    seen = say("products.no_mechanism") if line.seen_as is None else f"`{line.seen_as}`."
    yield _said(say, "products.in_model", f"{seen} {sheet.shown.get(lang)}")
    yield _said(say, "products.severity", line.severity.get(lang))
    for count in line.counts:
        yield f"- {count.event}{_colon(say)}{count.says.get(lang)}"
    yield from (f"- {pool.says.get(lang)}" for pool in line.pooled)
    if not line.counts:
        yield "- " + say("products.no_count")
    yield from (f"- {note.get(lang)}" for note in sheet.notes)
    yield from (_said(say, "products.source", s.get(lang)) for s in sheet.sources)


def _regulation(sheet: RegulationSheet, say: Words) -> Iterator[str]:
    line = sheet.line
    yield from _place(line.record)
    yield from _head(sheet.line.title.get(say.lang), 3)
    yield f"{_where(line, say)}{_colon(say)}{line.says.get(say.lang)}"
    yield ""
    yield _said(say, "products.source", line.source.get(say.lang))
    yield _said(say, "products.concerns", _ids(sheet.products))
    yield ""


def _head(title: str, level: int = 2) -> tuple[str, str]:
    return f"{'#' * level} {title}", ""


def _place(name: str) -> tuple[str, str]:
    return f'<a id="{name}"></a>', ""


def _said(say: Words, key: str, told: str) -> str:
    return f"- {_bold(say(key))}{_colon(say)}{told}"


def _bold(text: str) -> str:
    return f"**{text}**"


def _where(line: RegulationLine, say: Words) -> str:
    return f"{line.market_title.get(say.lang)}, {line.topic_title.get(say.lang)}"


def _link(text: str, place: str) -> str:
    return f"[{text}](#{place})" if place else text


def _colon(say: Words) -> str:
    return "：" if say.lang == "zh" else ": "


def _titled(things: Mapping[str, Text], say: Words) -> str:
    told = [f"{title.get(say.lang)} (`{name}`)" for name, title in things.items()]
    return ", ".join(told) or EMPTY


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"`{n}`" for n in names) or EMPTY


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
