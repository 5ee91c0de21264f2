"""Hazards and regulation against all products and routes: nothing is missing, nothing is zero."""

from __future__ import annotations

import re

import pytest

from virtualskin.ground import Catalogue
from virtualskin.lab.bench import Bench, set_up
from virtualskin.lab.product_sheets import product_book
from virtualskin.report.products import ProductBook, products_markdown
from virtualskin.therapy import regulation_of
from virtualskin.therapy.hazard import hazard_line
from virtualskin.therapy.regulation import DONOR_TOPICS, MARKETS, NOTHING_READ
from virtualskin.therapy.safety import Given, check_safety
from virtualskin.trial.endpoint import Reaction

# Rows of clinical_adverse that speak of what is not a product here.
NOT_OURS = {"clinical_adverse:39": "a surgical face-lift"}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return set_up(Catalogue.open())


@pytest.fixture(scope="module")
def book(bench: Bench) -> ProductBook:
    return product_book(bench)


def test_nothing_is_wrong_with_the_records(bench: Bench) -> None:
    """Every word of every rule, row, date and address; and every rule meets something."""
    therapies = bench.therapies
    given = Given.of(
        therapies.products, therapies.routes, lambda p, r: therapies.refused(p, r) is None
    )
    assert check_safety(bench.catalogue, given, bench.library, bench.evidence) == ()


def test_every_product_has_a_line_for_each_market_or_the_word_that_none_was_read(
    book: ProductBook,
) -> None:
    for sheet in book.products:
        for market in set(MARKETS) - {"international"}:
            lines = [x for x in sheet.regulation if x.market == market]
            assert lines, (sheet.id, market)
            for line in lines:
                assert bool(line.record) is bool(line.source), sheet.id
                assert line.record or line.says == NOTHING_READ


def test_every_record_of_a_kind_leads_to_its_document(bench: Bench) -> None:
    for record in bench.safety.regulation:
        line = regulation_of(
            [record], next(p for p in bench.therapies.products if record.concerns(p))
        )
        (mine,) = [x for x in line if x.record]
        document = record.document
        assert document.title in mine.source.en
        assert document.read_on in mine.source.en
        if document.key:
            assert document.key in bench.evidence.papers
        if document.seen == "secondary":
            assert "second hand" in mine.source.en


def test_each_hazard_is_that_of_a_product_by_a_route(book: ProductBook) -> None:
    found = {h.line.hazard for sheet in book.products for h in sheet.hazards if h.routes}
    assert found == {h.line.hazard for h in book.hazards}


def test_each_count_is_carried_over_to_a_product_by_a_route(book: ProductBook) -> None:
    used = {(h.line.hazard, c.row) for s in book.products for h in s.hazards for c in h.line.counts}
    known = {(h.line.hazard, c.row) for h in book.hazards for c in h.line.counts}
    assert used == known


def test_every_row_of_adverse_events_is_somewhere(bench: Bench) -> None:
    rows = {name for name in bench.evidence.readings if name.startswith("clinical_adverse:")}
    told = {c.row for h in bench.safety.hazards for c in h.counts}
    assert rows - told == set(NOT_OURS)


def test_no_count_of_none_is_printed_without_its_bound(book: ProductBook) -> None:
    """Wherever "0 of n" stands, what it leaves possible stands behind it; no bound is zero."""
    for lang, none in (("en", r"\b0 of (\d+)"), ("zh", r"(\d+) 人中 0 例")):
        text = products_markdown(book, lang)
        counts = re.findall(none + r"[,，]? ?(.{0,40})", text)
        assert len(counts) > 20
        for of, behind in counts:
            bound = re.search(r"(?:95 % (?:bound|上限)|at most|至多) ?([\d.]+) %", behind)
            assert bound or "并非为零" in behind or "is not zero" in behind, (of, behind)
            if bound:
                assert float(bound[1]) >= 100 * (1 - 0.05 ** (1 / int(of))) - 1e-9
        assert not re.search(r"(?<![\d.])0(?:\.0+)? %", text)


def test_a_hazard_nobody_counted_says_so(bench: Bench) -> None:
    for hazard in bench.safety.hazards:
        line = hazard_line(hazard, bench.evidence, ())
        assert "no count read: no bound" in line.says.en
        assert "safe" not in line.says.en


def test_the_donor_is_spoken_of_with_allogeneic_products_only(bench: Bench) -> None:
    asked = 0
    for product in bench.therapies.products:
        topics = {x.topic for x in regulation_of(bench.safety.regulation, product) if x.record}
        if product.source.donor == "allogeneic":
            assert topics >= DONOR_TOPICS, product.id
            asked += 1
        else:
            assert not topics & DONOR_TOPICS, product.id
    assert asked


def test_pathogens_are_a_hazard_of_allogeneic_products_only(book: ProductBook) -> None:
    for sheet in book.products:
        has = "pathogen_transmission" in {h.line.hazard for h in sheet.hazards}
        assert has is (sheet.donor == "allogeneic"), sheet.id


def test_liposuction_is_a_burden_of_autologous_fat_only(book: ProductBook) -> None:
    for sheet in book.products:
        has = "liposuction_burden" in {h.line.hazard for h in sheet.hazards}
        assert has is ((sheet.donor, sheet.tissue) == ("autologous", "adipose")), sheet.id


def test_live_cells_can_be_rejected_or_grow_and_nothing_else_can(
    bench: Bench, book: ProductBook
) -> None:
    """Except vesicles of a tumour, which nobody has followed either."""
    for sheet in book.products:
        product = bench.therapies.product(sheet.id)
        live = any(c.component == "stem_cell" for c in product.components)
        harms = {h.line.hazard for h in sheet.hazards}
        assert ("immune_rejection" in harms) is live, sheet.id
        assert ("oncogenic_risk" in harms) is (live or sheet.tissue == "tumour"), sheet.id


def test_what_a_trial_shows_is_a_hazard_with_that_observable(bench: Bench) -> None:
    seen = {h.seen_as for h in bench.safety.hazards}
    reactions: tuple[Reaction, ...] = bench.trials.reactions.reactions
    assert {r.observable for r in reactions} <= seen
