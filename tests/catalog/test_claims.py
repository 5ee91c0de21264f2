"""Are the review's claims all there, sound, told in own words, and keyed nowhere in the code?"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from virtualskin.biology import read_settings, read_stressors
from virtualskin.evidence import Evidence
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import REASONS, Claim, ClaimShelf, Known, check_claims, read_claims

# The input: how many rows of each type the table `evidence/datasets/review_claims.tsv` has.
TYPES = {
    "effect": 138, "mechanism": 39, "safety": 12, "composition": 9, "limitation": 8, "parameter": 3,
}  # fmt: skip
ALL = 209
LONGEST_SHARED = 11  # Chinese characters in a row that a claim may have in common with the review
# The review itself is not ours to ship; where it lies beside the repository it is read.
REVIEW = Path(__file__).resolve().parents[3] / "shared" / "review" / "review.md"
CODE = re.compile(r"\bs\d(?:_\d)?_\d\d\b|\bS\d(?:\.\d)?-\d\d\b")
PACKAGE = SHIPPED.parent


@pytest.fixture(scope="module")
def shelf(shipped) -> ClaimShelf:
    return read_claims(shipped.catalogue)


@pytest.fixture(scope="module")
def claims(shelf: ClaimShelf) -> list[Claim]:
    return list(shelf.claims)


@pytest.fixture(scope="module")
def table(shipped) -> dict[str, dict[str, str]]:
    evidence: Evidence = shipped.evidence
    rows = evidence.datasets["review_claims"].rows
    wanted = ("claim_type", "direction", "section", "evidence_level")
    return {code: {key: row.get(key) for key in wanted} for code, row in rows.items()}


def test_nothing_is_wrong_with_any(shipped, shelf: ClaimShelf) -> None:
    catalogue = shipped.catalogue
    known = Known.of(
        shipped.skin, shipped.therapies, read_settings(catalogue), read_stressors(catalogue)
    )
    assert check_claims(shelf, known) == ()


def test_every_row_of_the_table_is_a_claim(claims: list[Claim], table) -> None:
    assert len(claims) == ALL
    assert sorted(c.code for c in claims) == sorted(table)
    assert Counter(c.type for c in claims) == TYPES


def test_what_the_table_says_of_a_claim_stands_in_its_record(claims: list[Claim], table) -> None:
    for c in claims:
        row = table[c.code]
        said = (c.type, c.direction, c.section, c.evidence_level)
        wanted = ("claim_type", "direction", "section", "evidence_level")
        assert said == tuple(row[key] for key in wanted), c.id


def test_ids_are_codes_in_the_spelling_of_files(claims: list[Claim]) -> None:
    for c in claims:
        assert c.id == re.sub(r"[.-]", "_", c.code.lower())


def test_each_is_told_in_both_languages(claims: list[Claim]) -> None:
    for c in claims:
        assert re.search(r"[A-Za-z]{3}", c.says.en), c.id
        assert re.search(r"[\u4e00-\u9fff]{2}", c.says.zh), c.id
    assert len({c.says.en for c in claims}) == len({c.says.zh for c in claims}) == ALL


def test_claims_of_one_sentence_are_one_group(claims: list[Claim]) -> None:
    groups: dict[str, set[object]] = {}
    for c in claims:
        groups.setdefault(c.group, set()).add((c.section, c.position))
    assert all(len(places) == 1 for places in groups.values())
    assert len({next(iter(places)) for places in groups.values()}) == len(groups)


def test_the_list_of_scope_names_every_claim(shelf: ClaimShelf, claims: list[Claim]) -> None:
    listed = (*shelf.scope.in_scope, *(n for ids in shelf.scope.others.values() for n in ids))
    assert sorted(listed) == sorted(c.id for c in claims)
    for c in claims:
        if c.scope.reason:
            assert c.id in shelf.scope.others[c.scope.reason]


def test_scope_is_given_a_reason_or_a_run(claims: list[Claim]) -> None:
    for c in claims:
        if c.scope.status == "in_scope":
            assert c.readout and c.at and c.comparator.against != "none"
        else:
            assert c.scope.why is not None
    used = {c.scope.reason for c in claims}
    assert used == {*REASONS, ""}, "a reason nobody needs is no reason"


def test_claims_share_runs(claims: list[Claim]) -> None:
    run = {c.experiment for c in claims if c.scope.status == "in_scope"}
    assert len(run) < sum(c.scope.status == "in_scope" for c in claims) * 3 / 4


def test_no_sentence_of_the_review_is_copied(claims: list[Claim]) -> None:
    if not REVIEW.is_file():
        pytest.skip("the text of the review is not here, so nothing was compared with it")
    text = _chinese(REVIEW.read_text(encoding="utf-8"))
    size = LONGEST_SHARED + 1
    for c in claims:
        own = _chinese(c.says.zh)
        shared = [own[k : k + size] for k in range(len(own) - size + 1)]
        assert not [run for run in shared if run in text], c.id


def _chinese(text: str) -> str:
    """Chinese characters only, so that spaces and commas hide nothing."""
    return "".join(re.findall(r"[\u4e00-\u9fff]", text))


def test_no_code_names_a_claim() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {node.value!r}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.search(node.value)
    ]
    assert not found, "\n".join(found)


def test_every_contradiction_bears_on_a_claim(shelf: ClaimShelf) -> None:
    assert all(one.claims for one in shelf.contradictions.shelf)
