"""Exports in every format: what is read, in which encoding, and what hostile ones get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import Record
from virtualskin.evidence.formats import format_of, read_export
from virtualskin.evidence.person import joined, names_in, person, split_and, surname, whole
from virtualskin.evidence.record import BROKEN, title_key

NOTEEXPRESS = """{Reference Type}: Journal Article
{Title}: 脂肪干细胞外泌体对光老化皮肤的修复作用
{Author}: 陈犹白;欧阳修;
{Author Address}: 某大学附属医院;
{Journal}: 中国美容医学
{Year}: 2021
{Issue}: 11
{Pages}: 2184-2188
{Keywords}: 光老化;外泌体
{Abstract}: 目的 探讨
修复作用
{ISBN/ISSN}: 1008-6455
{Database Provider}: CNKI

{Reference Type}: Thesis
{Type of Work}: 硕士
{Title}: 光老化模型的建立
{Author}: 张三
{Publisher}: 某大学
{Year}: 2020
"""
ENDNOTE = """%0 Journal Article
%A 陈犹白 %A 欧阳修%A 李四
%+ 某大学;
%T 脂肪干细胞外泌体对光老化皮肤的修复作用
%J 中国美容医学
%D 2021
%N 11
%K 光老化;外泌体
%P 2184-2188
%U https://link.cnki.net/doi/10.1000/j.cnki.2021.11.040
%W CNKI
"""
REFWORKS = """RT Journal Article
SR 1
A1 陈犹白[1,2];欧阳修[1]
AD 某大学;
T1 脂肪干细胞外泌体对光老化皮肤的修复作用
JF 中国美容医学
YR 2021
IS 11
OP 2184-2188
LK https://link.cnki.net/example1
DS CNKI
"""
STUDY = """DataType: 1
Title-题名: 脂肪干细胞外泌体对光老化皮肤的修复作用
Author-作者: 陈犹白;欧阳修;
Source-刊名: 中国美容医学
Year-年: 2021
PubTime-出版时间: 2021-11-01
Period-期: 11
PageCount-页数: 5
Page-页码: 2184-2188
SrcDatabase-来源数据库: 期刊
"""
OWN = """SrcDatabase-来源库: 期刊
Title-题名: 脂肪干细胞外泌体对光老化皮肤的修复作用
Author-作者: 陈犹白,欧阳修
Organ-单位: 某大学
Source-文献来源: 中国美容医学
Keyword-关键词: 光老化;;外泌体
PubTime-发表时间: 2021-11-06 11:12
Year-年: 2021
Period-期: 11
PageCount-页码: 2184-2188
DOI-DOI: 10.1000/j.cnki.2021.11.040
"""
CNKI = {
    "NoteExpress": NOTEEXPRESS, "EndNote": ENDNOTE, "RefWorks": REFWORKS, "CNKI E-Study": STUDY,
    "CNKI": OWN,
}  # fmt: skip
PUBMED = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2024//EN"
 "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_240101.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">123</PMID>
<DateRevised><Year>2025</Year><Month>Mar</Month><Day>9</Day></DateRevised>
<Article><Journal><JournalIssue><Volume>1</Volume><Issue>2</Issue>
<PubDate><MedlineDate>2019 Jan-Feb</MedlineDate></PubDate></JournalIssue>
<Title>J Derm</Title></Journal>
<ArticleTitle>Effect of <i>MMP1</i> in H<sub>2</sub>O<sub>2</sub>-stressed cells.</ArticleTitle>
<Pagination><MedlinePgn>10-19</MedlinePgn></Pagination>
<ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/Ret</ELocationID>
<AuthorList CompleteYN="Y"><Author><LastName>Müller</LastName><ForeName>Ann</ForeName></Author>
<Author><CollectiveName>Skin and Bone Group</CollectiveName></Author></AuthorList>
<PublicationTypeList>TYPES</PublicationTypeList></Article>
<CommentsCorrectionsList>LINKS</CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">123</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle></PubmedArticleSet>"""
RETRACTED = "<PublicationType>Retracted Publication</PublicationType>"
LINK = (
    '<CommentsCorrections RefType="{}"><RefSource>J Derm. 2021;3:4</RefSource>'
    "<PMID>9</PMID></CommentsCorrections>"
)


def read(tmp_path: Path, text: str | bytes, name: str = "export.txt", **more: str):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_export(path, **more)


def only(tmp_path: Path, text: str, **more: str) -> Record:
    _, records, findings = read(tmp_path, text, **more)
    assert not findings
    return records[0]


@pytest.mark.parametrize("layout", CNKI)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_layout_of_cnki_in_every_encoding(tmp_path: Path, layout: str, coding: str) -> None:
    raw = CNKI[layout].replace("\n", "\r\n").encode(coding)
    form, records, findings = read(tmp_path, raw)
    assert form == layout
    assert [f.id for f in findings] == ([] if coding.startswith("utf-8") else ["encoding"])
    first = records[0]
    assert first.title == "脂肪干细胞外泌体对光老化皮肤的修复作用"
    assert first.authors[:2] == ("陈犹白", "欧阳修")
    assert (first.journal, first.year, first.issue) == ("中国美容医学", 2021, "11")
    assert first.pages == "2184-2188"
    assert first.doi == ("10.1000/j.cnki.2021.11.040" if layout in {"EndNote", "CNKI"} else "")
    assert not first.status.known


def test_a_second_record_begins_anew(tmp_path: Path) -> None:
    _, records, _ = read(tmp_path, NOTEEXPRESS)
    assert [(r.number, r.line, r.kind) for r in records] == [
        (1, 1, "article"), (2, 15, "mastersthesis"),
    ]  # fmt: skip
    assert records[1].journal == "某大学"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("陈犹白;欧阳修;", ["陈犹白", "欧阳修"]),
        ("陈犹白；李四", ["陈犹白", "李四"]),
        ("陈犹白,李四,王五", ["陈犹白", "李四", "王五"]),
        ("陈, 犹白", ["陈犹白"]),
        ("欧阳，修", ["欧阳修"]),
        ("陈犹白[1,2];李四[3]", ["陈犹白", "李四"]),
        ("阿依古丽·买买提；李四", ["阿依古丽·买买提", "李四"]),
        ("张三,等", ["张三", "others"]),
        ("Smith, John; Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("Smith, John", ["Smith, John"]),
        ("", []),
    ],
)
def test_names_stay_whole(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("陈犹白", "chen"), ("欧阳修", "ouyang"), ("吕布", "lv"), ("Müller, A.", "muller"),
        ("De Cleene, X.", "decleene"), ("John Smith", "smith"), ("Øster, A.", "oster"),
        ("{Skin and Bone Group}", "skinandbonegroup"), ("", ""), ("123", ""),
    ],
)  # fmt: skip
def test_family_names_make_keys(name: str, family: str) -> None:
    assert surname(name) == family


def test_a_name_from_parts() -> None:
    assert person("陈", "犹白") == "陈犹白"
    assert person("Müller", "Ann") == "Müller, Ann"
    assert whole("Chen 犹白") == "Chen 犹白"


@given(st.lists(st.sampled_from(["陈犹白", "Smith, J.", "WHO and FDA", "Ann B"]), min_size=1))
def test_names_survive_a_bibtex_field(names: list[str]) -> None:
    assert [n.strip("{}") for n in split_and(joined(names))] == names


def test_ris_with_one_space_less_markup_and_a_decision(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        "TY - JOUR\r\nAU  - 陈, 犹白\nAU  - Smith, J.\n"
        "TI  - A <i>study</i> of\n  long &amp; titles.\n"
        "PY  - 2020/03//\nSP  - 1\nEP  - 9\nDO  - https://doi.org/10.1000/ABC\n"
        "KW  - skin\nKW  - exclude_full_text: wrong organ\nER  - \n",
    )
    assert found.title == "A study of long & titles"
    assert found.authors == ("陈犹白", "Smith, J.")
    assert (found.year, found.pages, found.doi) == (2020, "1-9", "10.1000/abc")
    assert (found.decision.exclude, found.decision.stage) == ("wrong organ", "full_text")


def test_rayyan_says_what_was_decided(tmp_path: Path) -> None:
    note = 'N1  - RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: no skin\n'
    found = only(tmp_path, f"TY  - JOUR\nTI  - Long enough a title\n{note}ER  - \n")
    assert found.decision.exclude == "no skin"


def test_a_ris_record_without_its_end_spoils_no_other(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nTY  - BOOK\nTI  - Two\nER  - \n"
    _, records, _ = read(tmp_path, text)
    assert [(r.title, r.kind, r.line) for r in records] == [
        ("One", "article", 1), ("Two", "book", 3),
    ]  # fmt: skip


def test_bibtex_with_latex_braces_and_a_broken_entry(tmp_path: Path) -> None:
    text = (
        '@article{x, author={M{\\"u}ller, A. and {WHO and FDA} and 陈犹白},\n'
        ' title="The {UVB} $\\alpha$ \\& {\\textit b}", year=2020, pages={1--9}, number={3}}\n'
        "@article{x, title={Same key}, year={2021}}\n@article{y, title={never closed"
    )
    form, records, findings = read(tmp_path, text)
    assert form == "BibTeX"
    first, second, broken = records
    assert first.authors == ("Müller, A.", "{WHO and FDA}", "陈犹白")
    assert (first.title, first.pages, first.issue) == ("The UVB α & b", "1-9", "3")
    assert second.title == "Same key"
    assert (broken.kind, [f.id for f in findings]) == (BROKEN, ["bibtex"])


def test_our_own_bibtex_tells_its_status_and_others_do_not(tmp_path: Path) -> None:
    mine = "@article{a, title={T}, status={retracted}, statusdate={2025-01-02}}"
    assert only(tmp_path, mine).status.date == "2025-01-02"
    assert not only(tmp_path, mine.replace("retracted", "in press")).status.known


def test_csl_json_is_judged_item_by_item(tmp_path: Path) -> None:
    items = [
        {"id": 1, "type": "article-journal", "title": "X", "DOI": "10.1000/x", "volume": 3,
         "author": [{"family": "陈", "given": "犹白"}, {"literal": "WHO"}],
         "issued": {"date-parts": [["2020", 3]]}, "note": "PMID: 77\nother"},
        {"id": 2, "title": "no type"},
        {"id": 3, "type": "book", "author": "not a list"},
        "text",
    ]  # fmt: skip
    _, records, findings = read(tmp_path, json.dumps(items, ensure_ascii=False))
    first = records[0]
    assert (first.authors, first.year, first.pmid) == (("陈犹白", "WHO"), 2020, "77")
    assert (first.volume, first.doi) == ("3", "10.1000/x")
    assert [r.kind for r in records[1:]] == [BROKEN] * 3
    assert [(f.row, f.column) for f in findings] == [(2, "type"), (3, "author"), (4, "")]


def test_pubmed_titles_names_and_the_articles_own_doi(tmp_path: Path) -> None:
    found = only(tmp_path, PUBMED.replace("TYPES", "").replace("LINKS", ""))
    assert found.title == "Effect of MMP1 in H2O2-stressed cells"
    assert found.authors == ("Müller, Ann", "{Skin and Bone Group}")
    assert (found.doi, found.pmid, found.year) == ("10.1000/ret", "123", 2019)
    assert (found.status.word, found.status.date) == ("none_noted", "2025-03-09")


@pytest.mark.parametrize(
    ("types", "link", "word"),
    [
        (RETRACTED, "", "retracted"),
        ("", "RetractionIn", "retracted"),
        (RETRACTED, "ErratumIn", "retracted"),
        ("", "ExpressionOfConcernIn", "concern"),
        ("", "ErratumIn", "corrected"),
        ("", "CommentIn", "none_noted"),
        ("", "RetractionOf", "none_noted"),
    ],
)
def test_pubmed_tells_of_retractions(tmp_path: Path, types: str, link: str, word: str) -> None:
    text = PUBMED.replace("TYPES", types).replace("LINKS", LINK.format(link) if link else "")
    found = only(tmp_path, text, day="2026-11-28")
    assert (found.status.word, found.status.date) == (word, "2026-11-28")
    assert bool(found.status.notice) == (link not in {"", "CommentIn", "RetractionOf"}
                                         and not (types and link == "ErratumIn"))  # fmt: skip


def test_a_retraction_notice_is_told(tmp_path: Path) -> None:
    notice = "<PublicationType>Retraction of Publication</PublicationType>"
    _, _, findings = read(tmp_path, PUBMED.replace("TYPES", notice).replace("LINKS", ""))
    assert [f.id for f in findings] == ["notice"]


BOMB = '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;">]><PubmedArticleSet>&c;</PubmedArticleSet>'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, "xml"),
        (BOMB.replace('"cc"', 'SYSTEM "file:///etc/hostname"'), "xml"),
        ("<PubmedArticleSet><PubmedArticle>", "xml"),
        ("<PubmedArticleSet/>", "xml"),
        ("<html><body/></html>", "format"),
        ("[1] 张三. 题名[J]. 刊名, 2020.", "format"),
        ("", "format"),
        ("[" * 100_000, "json"),
        ('{"a": 1}', "json"),
        (b"\x89PNG\x00\x00", "encoding"),
    ],
)
def test_what_cannot_be_read_is_one_error(tmp_path: Path, text: str | bytes, rule: str) -> None:
    _, records, findings = read(tmp_path, text)
    assert records == []
    assert [f.id for f in findings if f.severity == "error"] == [rule]
    assert all(f.file == "export.txt" and f.hint for f in findings)


def test_accents_of_another_encoding_are_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "TY  - JOUR\nAU  - Müller, André\nTI  - Über Gewebe\nER  - \n"
    _, records, findings = read(tmp_path, text.encode("cp1252"))
    assert records[0].authors == ("Müller, André",)
    assert "Windows-1252" in findings[0].message


def test_titles_are_compared_without_case_width_and_mark() -> None:
    assert title_key("RETRACTED: UVB & <i>skin</i>.") == title_key("uvb and Skin")
    assert title_key("Ｈ₂Ｏ₂ 皮肤") == title_key("H2O2皮肤")
    assert title_key("Skin 1") != title_key("Skin 2")


@given(st.text(max_size=200))
def test_no_text_brings_it_down(text: str) -> None:
    from virtualskin.evidence.formats import READERS
    from virtualskin.evidence.formats.cnki import read_cnki

    format_of(text)
    for reader in (*READERS.values(), read_cnki):
        reader(text, "x")
