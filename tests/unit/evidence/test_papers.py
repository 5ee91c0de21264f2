"""The bibliography: the review's 94 references, whole, and everything the tables cite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import Evidence, Paper
from virtualskin.evidence.paper import normal_doi, read_papers
from virtualskin.ground import Catalogue


def test_the_reference_list_is_whole(evidence: Evidence) -> None:
    numbers = sorted(p.number for p in evidence.papers.values() if p.number is not None)
    assert numbers == list(range(1, 95))


def test_keys_are_author_and_year(evidence: Evidence) -> None:
    for key, paper in evidence.papers.items():
        assert re.fullmatch(r"[a-z]+\d{4}[a-z]?|doi_10_[a-z0-9_]+|pmid_\d+", key), key
        if paper.year is not None and not key.startswith(("doi_", "pmid_")):
            assert str(paper.year) in key


def test_every_reference_of_the_review_is_complete(evidence: Evidence) -> None:
    cited = [p for p in evidence.papers.values() if p.number is not None]
    for paper in cited:
        assert paper.title, paper.key
        assert paper.authors, paper.key
        assert paper.year, paper.key
        assert not re.search(r"[*$<>\\]", paper.title + paper.journal), paper.key
    without = {p.number for p in cited if not p.doi}
    assert without == {8, 84, 86}  # a Chinese journal article and two pages of regulators


@pytest.mark.parametrize(
    ("key", "number", "doi", "volume", "pages"),
    [
        ("park2023", 40, "10.1111/jocd.15872", "22", "3418-3426"),
        ("wang2018a", 31, "10.1080/14764172.2017.1400171", "20", "237-244"),
        ("wang2018b", 43, "10.1186/s13287-018-0832-2", "9", "106"),
        ("decleene2025", 59, "10.1007/978-3-031-92785-0_5", "", "121-151"),
        ("sansone2017", 46, "10.1073/pnas.1704862114", "114", "E9066-E9075"),
        ("amengualtugores2023", 94, "10.3390/ijms24044104", "24", "4104"),
        ("wang2024", 83, "10.3791/66585", "", "e66585"),
    ],
)
def test_entries(
    evidence: Evidence, key: str, number: int, doi: str, volume: str, pages: str
) -> None:
    paper = evidence.papers[key]
    assert (paper.number, paper.doi) == (number, doi)
    assert (paper.volume, paper.pages) == (volume, pages)


def test_chinese_stays_chinese(evidence: Evidence) -> None:
    fan = evidence.papers["fan2026"]
    assert fan.authors == ("樊龙雨", "袁潇", "谢亚楠", "others")
    assert fan.journal == "中国组织工程研究"
    assert evidence.papers["xiang2026"].authors[0] == "项佳妮"


def test_every_identifier_of_the_tables_has_a_paper(evidence: Evidence) -> None:
    known = {p.doi for p in evidence.papers.values()}
    known |= {f"pmid:{p.pmid}" for p in evidence.papers.values() if p.pmid}
    for table in evidence.datasets.values():
        for row in table.rows.values():
            name = normal_doi(row.get("doi"))
            assert not name or name in known, row.id


def test_a_paper_is_read_as_well_as_its_best_row(evidence: Evidence) -> None:
    assert evidence.papers["park2023"].seen == "abstract"
    assert evidence.papers["wang2018a"].seen == "secondary"
    assert evidence.papers["dallepezze2014"].seen == "full_text"
    assert evidence.papers["yaar2002"].seen == "secondary"  # no row carries it


def test_list_items(evidence: Evidence) -> None:
    items = evidence.kinds()["papers"]
    assert len(items) == len(evidence.papers)
    assert all(item["id"] and item["title"] for item in items)
    park = next(item for item in items if item["id"] == "park2023")
    assert (park["year"], park["number"], park["seen"]) == (2023, 40, "abstract")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1111/JOCD.15872", "10.1111/jocd.15872"),
        ("https://doi.org/10.1111/jocd.15872", "10.1111/jocd.15872"),
        ("doi:10.1111/jocd.15872", "10.1111/jocd.15872"),
        ("PMID:26830321", "pmid:26830321"),
        ("https://pubmed.ncbi.nlm.nih.gov/2024983/", "pmid:2024983"),
        ("https://example.org/10.1111/jocd.15872", ""),
        ("US20200234799", ""),
        ("", ""),
    ],
)
def test_identifiers(text: str, expected: str) -> None:
    assert normal_doi(text) == expected


def read(tmp_path: Path, text: str) -> tuple[list[Paper], list[tuple[str, int | None]]]:
    path = tmp_path / "mine.bib"
    path.write_text(text, encoding="utf-8")
    papers, findings = read_papers(path, "evidence/mine.bib")
    return list(papers.values()), [(f.id, f.row) for f in findings]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("@misc{a2001,\n year={2001},\n}\n@misc{a2001,\n year={2002},\n}\n", ("duplicate_id", 4)),
        ("@misc{,\n title={x},\n}\n", ("no_key", 1)),
        ("@misc{a2001,\n year={soon},\n}\n", ("year", 1)),
        ("@misc{a2001,\n doi={not one},\n}\n", ("doi", 1)),
        ("@misc{a2001,\n number={4(2)},\n}\n", ("number", 1)),
        (
            "@misc{a2001,\n doi={10.1000/x},\n}\n@misc{b2002,\n doi={10.1000/X},\n}\n",
            ("same_paper", 4),
        ),
        ("@article{a2001, title={never closed\n", ("bibtex", 1)),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, text: str, rule: tuple[str, int]) -> None:
    _, findings = read(tmp_path, text)
    assert findings == [rule]


@given(st.text(alphabet='@{}=,"#% \nab1éé中\\', max_size=80))
def test_no_text_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.bib"
    path.write_text(text, encoding="utf-8")
    papers, _ = read_papers(path, "any.bib")
    assert all(papers)


def test_the_same_key_in_two_files(small: Path) -> None:
    (small / "evidence" / "second.bib").write_text("@misc{one2001,\n year={2001},\n}\n", "utf-8")
    evidence = Evidence.load(Catalogue((small,)))
    (finding,) = evidence.findings
    assert (finding.id, finding.value) == ("duplicate_id", "one2001")
    assert evidence.papers["one2001"].title == "First"
