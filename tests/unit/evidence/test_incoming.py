"""Records on their way in: one paper once, look-alikes kept apart, keys and entries as ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import Evidence, Paper, PaperStatus, Record
from virtualskin.evidence.bib_text import new_key, papers_bibtex, record_entry
from virtualskin.evidence.formats.bibtex import read_bibtex
from virtualskin.evidence.incoming import take_in
from virtualskin.evidence.paper import read_papers
from virtualskin.evidence.prisma import count
from virtualskin.evidence.record import Decision
from virtualskin.evidence.search_log import log_of
from virtualskin.evidence.status import UNKNOWN, read_statuses, statuses_text, worse
from virtualskin.ground import Catalogue

TITLE = "Adipose vesicles restore the dermis of aged mice"
ONE = Record(file="a.ris", number=1, title=TITLE, authors=("Park, A.",), year=2024)


def other(number: int = 2, **changes: object) -> Record:
    return replace(ONE, number=number, **changes)


@pytest.mark.parametrize(
    ("second", "fate", "by", "told"),
    [
        (other(doi="10.1000/a"), "duplicate", "title", []),
        (other(title=TITLE.upper() + "."), "duplicate", "title", []),
        (other(title=TITLE, year=2025), "duplicate", "title", []),
        (other(year=2019), "new", "", ["near_duplicate"]),
        (other(authors=("Kim, B.",)), "new", "", ["near_duplicate"]),
        (other(title=TITLE.replace("mice", "rats")), "new", "", ["near_duplicate"]),
        (other(title="Something quite different about the epidermis"), "new", "", []),
        (other(title="", doi=""), "unreadable", "", ["unreadable"]),
    ],
)
def test_what_is_one_paper(second: Record, fate: str, by: str, told: list[str]) -> None:
    found = take_in([ONE, second], {})
    assert [(s.fate, s.by) for s in found.fates] == [("new", ""), (fate, by)]
    assert [f.id for f in found.findings] == told
    assert all(f.file == "a.ris" and f.hint and f.row for f in found.findings)


def test_two_dois_are_two_papers_whatever_the_title() -> None:
    found = take_in([other(1, doi="10.1000/a"), other(2, doi="10.1000/b")], {})
    assert list(found.new) == ["park2024", "park2024b"]
    assert "DOI is another" in found.findings[0].message


def test_short_titles_need_author_and_year_too() -> None:
    short = [replace(r, title="Editorial") for r in (ONE, other())]
    assert [s.fate for s in take_in(short, {}).fates] == ["new", "duplicate"]
    apart = [short[0], replace(short[1], year=2025)]
    assert [s.fate for s in take_in(apart, {}).fates] == ["new", "new"]
    chinese = [replace(r, title="外泌体修复光老化皮肤") for r in (ONE, other(authors=()))]
    assert [s.fate for s in take_in(chinese, {}).fates] == ["new", "duplicate"]


def test_duplicates_complete_each_other_and_the_worse_status_stands() -> None:
    fine = PaperStatus("none_noted", "2026-01-01", "p.xml")
    gone = PaperStatus("retracted", "2025-01-01", "q.xml")
    found = take_in([ONE, other(doi="10.1000/a", status=gone), other(3, status=fine)], {})
    kept = found.new["park2024"]
    assert (kept.doi, kept.status) == ("10.1000/a", gone)
    # What a duplicate brought is known from then on.
    later = take_in([ONE, other(doi="10.1000/a"), other(3, doi="10.1000/a", title="X")], {})
    assert [s.by for s in later.fates] == ["", "title", "doi"]


def test_papers_of_the_catalogue_are_held_and_told_of(evidence: Evidence) -> None:
    gone = PaperStatus("retracted", "2025-01-01", "p.xml")
    known = evidence.papers["yaar2002"]
    assert not known.status.known
    records = [
        Record(file="a", number=1, doi=known.doi, status=gone),
        Record(file="a", number=2, title=known.title, authors=known.authors, year=known.year),
        Record(file="a", number=3, title="", pmid="17895977"),
    ]
    found = take_in(records, evidence.papers)
    assert [(s.fate, s.paper, s.by) for s in found.fates] == [
        ("held", "yaar2002", "doi"), ("held", "yaar2002", "title"), ("held", "zi2007", "doi"),
    ]  # fmt: skip
    assert found.statuses == {"yaar2002": gone}
    assert not found.new


def test_keys_go_on_where_ours_end(evidence: Evidence) -> None:
    mine = Record(file="a", number=1, title="T", authors=("陈犹白",), year=2020)
    assert {"chen2020a", "chen2020b"} <= evidence.papers.keys()
    assert new_key(mine, evidence.papers) == "chen2020c"
    assert new_key(replace(mine, authors=(), year=None), ()) == "anonnd"
    assert new_key(mine, ["chen2020"]) == "chen2020b"
    assert new_key(mine, ["chen2020z", "chen2020"]) == "chen2020aa"


NASTY = st.text(alphabet=st.sampled_from('ab陈{}\\"@,%&\n\t=é '), max_size=30)


@given(NASTY, NASTY, NASTY)
def test_no_text_leaves_its_field(title: str, name: str, why: str) -> None:
    record = replace(ONE, title=title, authors=(name,), decision=Decision(why))
    text = record_entry(record, "park2024") + "\n" + record_entry(ONE, "next2024")
    read, findings = read_bibtex(text, "x")
    assert not findings
    assert len(read) == 2
    assert read[1].title == TITLE


def test_an_entry_is_read_back_whole(tmp_path: Path) -> None:
    status = PaperStatus("corrected", "2025-02-03", "p.xml", "J Derm, pmid:9")
    given_ = replace(
        ONE, doi="10.1000/a", issue="3", authors=("陈犹白", "{Skin and Bone Group}"),
        status=status, decision=Decision("no skin", "full_text"),
    )  # fmt: skip
    path = tmp_path / "own.bib"
    path.write_text(record_entry(given_, "chen2024"), "utf-8")
    papers, findings = read_papers(path, "own.bib")
    assert findings == ()
    paper = papers["chen2024"]
    assert paper.authors == ("陈犹白", "Skin and Bone Group")
    assert (paper.status, paper.decision, paper.issue) == (status, given_.decision, "3")
    assert (paper.file, paper.number) == ("own.bib", None)


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("status = {fine}", "status"),
        ("status = {retracted}, statusdate = {last May}", "status_date"),
        ("exclude = {x}, excludestage = {later}", "stage"),
        ("exclude = {x}, include = {yes}", "decision"),
        ("include = {perhaps}", "decision"),
    ],
)
def test_bad_fields_of_a_bibliography_are_told(tmp_path: Path, field: str, rule: str) -> None:
    path = tmp_path / "own.bib"
    path.write_text(f"@article{{a2001, title = {{T}}, {field}}}", "utf-8")
    _, findings = read_papers(path, "own.bib")
    assert [(f.id, f.row) for f in findings] == [(rule, 1)]
    assert findings[0].hint and findings[0].value


def test_all_papers_as_bibtex(evidence: Evidence) -> None:
    read, findings = read_bibtex(papers_bibtex(evidence.papers.values()), "all.bib")
    assert not findings
    assert len(read) == len(evidence.papers)
    by_doi = {r.doi: r for r in read if r.doi}
    assert by_doi.keys() == {p.doi for p in evidence.papers.values() if p.doi}
    for paper in evidence.papers.values():
        if paper.doi and paper.title:
            assert by_doi[paper.doi].title == " ".join(paper.title.rstrip(".").split()), paper.key
        assert not paper.status.known, "nobody has looked the catalogue's papers up"


def test_statuses_of_known_papers_stand_in_a_table(small: Path) -> None:
    folder = small / "evidence" / "statuses"
    folder.mkdir()
    gone = PaperStatus("retracted", "2025-01-02", "p.xml", "J Derm")
    (folder / "own_statuses.tsv").write_text(statuses_text({"one2001": gone}), "utf-8")
    catalogue = Catalogue((small,))
    assert read_statuses(catalogue) == ({"one2001": gone}, [])
    assert Evidence.load(catalogue).papers["one2001"].status == gone
    (folder / "own_statuses.tsv").write_text(
        statuses_text({"one2001": PaperStatus("bad", "soon"), "none2001": gone}), "utf-8"
    )
    found = Evidence.load(catalogue).findings
    assert {(f.column, f.value) for f in found} >= {
        ("status", "bad"), ("date", "soon"), ("paper", "none2001"),
    }  # fmt: skip


def test_a_later_look_counts_more_but_a_retraction_stays() -> None:
    old, new = PaperStatus("corrected", "2024-01-01"), PaperStatus("none_noted", "2025-01-01")
    gone = PaperStatus("retracted", "2023-01-01")
    assert worse(old, new) == worse(new, old) == new
    assert worse(gone, new) == worse(new, gone) == gone
    assert worse(UNKNOWN, old) == old
    same = PaperStatus("concern", "2025-01-01")
    assert worse(same, new) == same


def paper_of(key: str, record: Record, decision: Decision) -> Paper:
    return Paper(
        key, "article", record.title, record.authors, "", record.year, "", "", record.doi, "", "",
        None, "", "abstract", 1, decision=decision,
    )  # fmt: skip


def test_every_record_is_counted_once() -> None:
    titles = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"]
    records = [
        Record(file="a.ris", number=n, title=t, doi=f"10.1000/{t.lower()}")
        for n, t in enumerate(titles, start=1)
    ]
    records += [replace(records[0], file="b.ris", number=1), Record(file="b.ris", number=2)]
    found = take_in(records, {})
    formats = {"a.ris": "RIS", "b.ris": "RIS"}
    log = log_of(found.fates, formats, [])
    keys = [s.paper for s in found.fates if s.fate == "new"]
    decided = [
        Decision("no skin"), Decision("not retrieved", "retrieval"), Decision("no n", "full_text"),
        Decision(include=True), Decision(), Decision(),
    ]  # fmt: skip
    papers = {k: paper_of(k, found.new[k], d) for k, d in zip(keys, decided, strict=True)}
    told = count(log, papers, used=frozenset({keys[4]}), unfit={})
    assert (told.records, told.removed, told.screened) == (8, 2, 6)
    assert (told.by_doi, told.unreadable, told.before) == (1, 1, 0)
    assert told.excluded == {"no skin": 1}
    assert (told.sought, told.not_retrieved, told.assessed) == (5, 1, 4)
    assert told.excluded_full_text == {"no n": 1}
    assert (told.included, told.undecided) == (2, 1)
    assert told.assessed == sum(told.excluded_full_text.values()) + told.included + told.undecided
    # All rows of its sheet excluded: that is a reason too, unless something was decided.
    unfit = count(log, papers, used=frozenset(), unfit={keys[5]: "no spread", keys[3]: "x"})
    assert unfit.excluded_full_text == {"no n": 1, "no spread": 1}
    # An entry that was taken out of the bibliography is not lost from the count.
    del papers[keys[5]]
    assert count(log, papers, used=frozenset(), unfit={}).excluded[
        "removed from own_references.bib"
    ]


def test_a_file_imported_again_still_brings_what_it_brought() -> None:
    first = take_in([ONE, other(title="Another paper about the skin of mice")], {})
    log = log_of(first.fates, {"a.ris": "RIS"}, [])
    papers = {k: paper_of(k, r, Decision()) for k, r in first.new.items()}
    again = take_in([ONE, ONE, replace(ONE, file="b.ris")], papers, frozenset(papers))
    assert not again.new
    rows = log_of(again.fates, {"a.ris": "RIS", "b.ris": "RIS"}, log)
    assert [(r.file, r.fate) for r in rows] == [
        ("a.ris", "new"), ("a.ris", "duplicate"), ("b.ris", "duplicate"),
    ]  # fmt: skip
