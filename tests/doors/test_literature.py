"""A user's own literature at the command line: brought in, counted, used by a claim, handed out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import rdflib
import yaml
from openpyxl import load_workbook

from virtualskin.evidence import Evidence, Paper
from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.lab.sources import paper_line
from virtualskin.lab.withdrawn import withdrawn_findings
from virtualskin.report.claims_csv import claims_csv
from virtualskin.report.nanopub import Origin, nanopubs
from virtualskin.review import Claim, ClaimShelf, read_claims

RIS = """TY  - JOUR
AU  - Park, A.
TI  - Adipose vesicles restore the dermis of aged mice
PY  - 2024
DO  - 10.1000/new.1
KW  - include
ER  -
TY  - JOUR
AU  - Yaar, M.
TI  - Fifty years of skin aging
PY  - 2002
DO  - 10.1046/j.1523-1747.2002.19636.x
ER  -
TY  - JOUR
AU  - Park, A.
TI  - Adipose vesicles restore the dermis of aged mice.
PY  - 2024
ER  -
"""
CNKI = """{Reference Type}: Journal Article
{Title}: 脂肪干细胞外泌体对光老化皮肤的修复作用研究
{Author}: 陈犹白;欧阳修;
{Journal}: 中国美容医学
{Year}: 2023
"""
PUBMED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>9</PMID><DateRevised>
<Year>2025</Year><Month>03</Month><Day>09</Day></DateRevised><Article><Journal><JournalIssue>
<PubDate><Year>2019</Year></PubDate></JournalIssue></Journal>
<ArticleTitle>A paper that was withdrawn later on, for good reasons.</ArticleTitle><AuthorList>
<Author><LastName>Gone</LastName><ForeName>Ann</ForeName></Author></AuthorList>
<PublicationTypeList><PublicationType>Retracted Publication</PublicationType>
</PublicationTypeList></Article></MedlineCitation><PubmedData><ArticleIdList>
<ArticleId IdType="doi">10.1000/gone</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
</PubmedArticleSet>"""
ROW = {
    "effect_id": "M1", "doi": "10.1000/new.1", "system": "dermal fibroblasts", "readout": "MMP-1",
    "product": "ADSC-EV", "fold_vs_stressed": 0.5, "confidence": "abstract",
}  # fmt: skip


@pytest.fixture(scope="module")
def ours() -> ClaimShelf:
    """The shipped claims."""
    return read_claims(Catalogue.open())


@pytest.fixture
def mine(call, tmp_path: Path) -> Path:
    """A folder with imports of three exports."""
    for name, text in (("a.ris", RIS), ("cnki.txt", CNKI), ("p.xml", PUBMED)):
        raw = text.encode("gb18030") if name == "cnki.txt" else text.encode()
        (tmp_path / name).write_bytes(raw)
    files = [str(tmp_path / name) for name in ("a.ris", "cnki.txt", "p.xml")]
    said = call("import", "references", *files, "--into", str(tmp_path / "mine"), "--json")
    assert said.status == 0, said.err
    assert said.json["new"] == ["park2024", "chen2023", "gone2019"]
    counted = [(f["new"], f["by_doi"], f["by_title"], f["held"]) for f in said.json["files"]]
    assert counted == [(1, 0, 1, 1), (1, 0, 0, 0), (1, 0, 0, 0)]
    return tmp_path / "mine"


def filled(path: Path, rows: list[dict[str, Any]]) -> None:
    book = load_workbook(path)
    header = [c.value for c in book["data"][1]]
    for row in rows:
        book["data"].append([row.get(c) for c in header])
    book.save(path)


def claim(folder: Path, **changes: Any) -> None:
    told = yaml.safe_load((SHIPPED / "review/claims/s4_1_12.yaml").read_text("utf-8"))
    told |= {"id": "mine", "code": "", "section": "my review", "group": "mine", **changes}
    (folder / "review/claims").mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    (folder / "review/claims/mine.yaml").write_text(text, "utf-8")


@pytest.mark.slow
def test_a_folder_with_own_papers_rows_and_a_claim_is_read_like_ours(call, mine: Path) -> None:
    book = mine.parent / "my effects.xlsx"
    assert call("new", "sheet", str(book)).status == 0
    filled(book, [ROW, {**ROW, "effect_id": "M2", "doi": "10.1000/gone", "exclude": "withdrawn"}])
    said = call("import", "sheet", str(book), "--into", str(mine), "--json")
    assert said.status == 0, said.err
    assert (said.json["dataset"], said.json["rows"], said.json["excluded"]) == ("my_effects", 2, 1)
    claim(mine, references=["park2024", "chen2023", "gone2019"], rows=["my_effects:M1"],
          experiment="mine")  # fmt: skip
    catalogue = Catalogue.open(mine)
    evidence, claims = Evidence.load(catalogue), read_claims(catalogue).claims
    assert evidence.findings == ()
    record = claims.records["mine"]
    papers = [s for r in record.references for s in evidence.resolve(r).sources]
    assert [p.authors for p in papers if isinstance(p, Paper)] == [
        ("Park, A.",), ("陈犹白", "欧阳修"), ("Gone, Ann",),
    ]  # fmt: skip
    assert papers[0].seen == "abstract", "read as well as its row was"
    assert evidence.readings["my_effects:M1"].value == 0.5
    assert "my_effects:M2" not in evidence.readings
    (told,) = withdrawn_findings(evidence, claims)
    assert (told.id, told.column, told.value) == ("withdrawn_source", "status", "retracted")
    assert "claim mine" in told.message and "2025-03-09" in told.message
    counts = call("prisma", "--catalog", str(mine), "--json").json
    assert (counts["records"], counts["removed"]["total"], counts["screened"]) == (5, 2, 3)
    assert counts["excluded_full_text"] == {"withdrawn": 1}, "by its only row"
    assert (counts["included"], counts["undecided"]) == (2, 0)


@pytest.mark.slow
def test_check_tells_of_a_withdrawn_source(call, mine: Path) -> None:
    claim(mine, references=["gone2019"], experiment="mine")
    checked = call("check", str(mine), "--json")
    assert checked.status == 0, checked.out
    assert "withdrawn_source" in [f["id"] for f in checked.json["findings"]]


@pytest.mark.slow
def test_importing_again_adds_nothing(call, mine: Path) -> None:
    before = {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()}
    said = call("import", "references", str(mine.parent / "a.ris"), "--into", str(mine), "--json")
    assert (said.status, said.json["new"]) == (0, [])
    after = {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()}
    log = mine / "evidence/search_log.tsv"
    assert sorted(after[log].splitlines()) == sorted(before[log].splitlines())
    assert {p: b for p, b in after.items() if p != log} == {
        p: b for p, b in before.items() if p != log
    }


@pytest.mark.slow
def test_a_look_at_a_paper_of_ours_is_kept_with_its_day(call, tmp_path: Path) -> None:
    text = PUBMED.replace("10.1000/gone", "10.3390/ijms21010049")
    (tmp_path / "p.xml").write_text(text, "utf-8")
    said = call("import", "references", str(tmp_path / "p.xml"), "--into", str(tmp_path / "mine"),
                "--looked-up", "2026-11-28", "--json")  # fmt: skip
    assert said.json["statuses"] == {"li2020": "retracted"}
    assert not (tmp_path / "mine/evidence/own_references.bib").exists()
    catalogue = Catalogue.open(tmp_path / "mine")
    evidence = Evidence.load(catalogue)
    assert evidence.papers["li2020"].status.date == "2026-11-28"
    (found,) = withdrawn_findings(evidence, read_claims(catalogue).claims)
    assert "li2020 is retracted as of 2026-11-28" in found.message
    assert "claim s" in found.message


@pytest.mark.slow
def test_nobody_has_looked_our_papers_up_and_it_is_said(call) -> None:
    papers = call("list", "papers", "--json").json["items"]
    assert {p["status"] for p in papers} == {"not_looked_up"}
    counts = call("prisma", "--json").json
    assert counts["status"]["not_looked_up"] == counts["before"] == len(papers)
    assert counts["records"] == 0
    assert "未查询" in call("prisma", "--lang", "zh").out
    told = paper_line(Evidence.load(Catalogue.open()).papers["yaar2002"])
    assert told.endswith("retraction: not looked up")


@pytest.mark.slow
def test_the_diagram_is_drawn_in_both_languages(call, mine: Path, tmp_path: Path) -> None:
    said = call("prisma", "--catalog", str(mine), "--out", str(tmp_path / "out"), "--lang", "zh")
    assert said.status == 0, said.err
    texts = {}
    for lang in ("en", "zh"):
        root = Xml.fromstring((tmp_path / f"out/prisma.{lang}.svg").read_bytes())
        texts[lang] = ["".join(e.itertext()) for e in root.iter() if e.tag.endswith("}text")]
    assert "Records identified: 5" in texts["en"]
    assert "a.ris (RIS): 3" in texts["en"]
    assert "检索获得的记录：5" in texts["zh"]
    assert len(texts["en"]) == len(texts["zh"])


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("references", "none.ris", "--into", "new"), "none.ris"),
        (("references", "bad.txt", "--into", "new"), "bad.txt"),
        (("references", "a.ris", "--into", "bad.txt"), "--into"),
        (("references", "a.ris", "--into", "new", "--looked-up", "May"), "--looked-up"),
        (("references", "a.ris", "sub/a.ris", "--into", "new"), "FILE"),
        (("sheet", "lab_effects.csv", "--into", "new"), "--name"),
        (("sheet", "bad.txt", "--into", "new"), "bad.txt"),
    ],
)
def test_a_wrong_call_writes_nothing(
    call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.ris").write_text(RIS, "utf-8")
    Path("bad.txt").write_text("no export", "utf-8")
    said = call("import", *arguments, "--json")
    assert said.status == 2
    assert where in said.json["error"]["where"]
    assert said.json["error"]["hint"] or said.json["findings"][0]["message"]
    assert not Path("new").exists()


def test_a_new_sheet_is_never_written_over(call, tmp_path: Path) -> None:
    said = call("new", "sheet", "s.csv", "--out", str(tmp_path), "--like", "clinical_outcomes")
    assert said.status == 0
    assert (tmp_path / "s.csv").read_text("utf-8").startswith("row,study_id,doi")
    again = call("new", "sheet", "s.csv", "--out", str(tmp_path), "--json")
    assert (again.status, again.json["error"]["code"]) == (2, "exists")
    assert call("new", "sheet", str(tmp_path / "s.doc")).status == 2
    unknown = call("new", "sheet", str(tmp_path / "t.csv"), "--like", "lab_effect", "--json")
    assert "lab_effects" in unknown.json["error"]["hint"]


# rdflib's own parser still uses what rdflib has deprecated.
own_warnings = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
TERMS = rdflib.Namespace("urn:virtualskin:term:")


@pytest.mark.slow
@own_warnings
def test_nanopublications_have_four_graphs_each_and_fetch_nothing(call, tmp_path: Path) -> None:
    claim(tmp_path, experiment="mine")
    said = call("export", "nanopub", "claims", "--catalog", str(tmp_path))
    assert said.status == 0, said.err
    graph = rdflib.Dataset()
    graph.parse(data=said.out, format="json-ld")
    names = {str(g.identifier) for g in graph.graphs() if len(g)}
    heads = list(graph.quads((None, rdflib.RDF.type, NP.Nanopublication, None)))
    assert len(heads) == 210
    assert len(names) == 4 * 210
    claims = read_claims(Catalogue.open(tmp_path)).claims
    for me, _, _, head in heads:
        parts = [
            next(iter(graph.quads((me, p, None, head))))[2]
            for p in (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)
        ]
        assert {str(p) for p in (*parts, head)} <= names
        record = claims.records[str(me).rpartition(":")[2]]
        assertion, provenance, info = (graph.graph(p) for p in parts)
        said_ = {str(o) for o in assertion.objects(None, rdflib.RDFS.label)}
        assert said_ == {record.says.en, record.says.zh}
        assert (parts[0], PROV.hadPrimarySource, None) in provenance
        derived = set(provenance.objects(parts[0], PROV.wasDerivedFrom))
        assert len(derived) == len(set(record.references))
        assert (me, PROV.wasAttributedTo, None) in info
        place = str(next(provenance.objects(None, rdflib.RDF.value), ""))
        if record.code and record.position is not None and record.position.sentence:
            assert place.startswith(f"section={record.section}&paragraph=")
            assert place.endswith(f"sentence={record.position.sentence}")
    own = rdflib.URIRef("urn:virtualskin:user")
    assert [str(s) for s, *_ in graph.quads((None, PROV.wasAttributedTo, own, None))] == [
        "urn:virtualskin:claim:mine"
    ]
    assert "verdict" not in said.out


@own_warnings
def test_verdicts_stand_with_the_claims_where_they_are_given(ours: ClaimShelf) -> None:
    claims, origin = ours.chosen(["s2_01", "s2_02"]), Origin("doi:10.1/x", "abc", "1", frozenset())
    told = nanopubs(claims, {}, origin, verdicts={"s2_01": "reproduced"})
    graph = rdflib.Dataset()
    graph.parse(data=json.dumps(told), format="json-ld")
    found = [str(o) for _, _, o, _ in graph.quads((None, TERMS.verdict, None, None))]
    assert found == ["reproduced"]
    text = claims_csv(claims, {c.id: {} for c in claims}, verdicts={"s2_02": "undecided"})
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["verdict"] for r in rows] == ["", "undecided"]


def test_a_formula_in_a_claim_stays_text(ours: ClaimShelf) -> None:
    (one,) = ours.chosen(["s2_01"])
    odd = one.model_copy(update={"section": '=HYPERLINK("http://x")', "cell": "-1"})
    (row,) = csv.DictReader(io.StringIO(claims_csv([odd], {odd.id: {}}, spreadsheet=True)[1:]))
    assert (row["section"], row["cell"]) == ('\'=HYPERLINK("http://x")', "-1")
    (row,) = csv.DictReader(io.StringIO(claims_csv([odd], {odd.id: {}})))
    assert row["section"] == odd.section


@pytest.mark.slow
def test_claims_as_a_table_leave_no_field_out(call, ours: ClaimShelf, tmp_path: Path) -> None:
    said = call("export", "csv", "claims", "--out", str(tmp_path / "c.csv"), "--spreadsheet")
    assert said.status == 0, said.err
    raw = (tmp_path / "c.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 209
    for field in Claim.model_fields:
        assert any(c == field or c.startswith(f"{field}_") for c in rows[0]), field
    by_id = {r["id"]: r for r in rows}
    for record in ours.claims:
        row = by_id[record.id]
        assert (row["says_en"], row["says_zh"]) == (record.says.en, record.says.zh)
        assert row["wired"] == ("yes" if record.wired else "no")
        if record.intervention is not None:
            sessions = str(record.intervention.schedule.sessions)
            assert row["intervention_schedule_sessions"] == sessions
        if record.references:
            assert "not looked up" in row["retraction_en"] and "未查询" in row["retraction_zh"]
    assert not any(c.startswith(("=", "@")) for r in rows for c in r.values())
    plain = call("export", "csv", "claims").out
    assert not plain.startswith("\ufeff")


@pytest.mark.slow
def test_papers_as_bibtex_and_what_is_not_handed_out(call) -> None:
    said = call("export", "bibtex", "references", "--json").json
    assert (said["papers"], said["not_looked_up"]) == (360, 360)
    assert said["with_doi"] == said["document"].count("\n  doi = {")
    wrong = call("export", "bibtex", "claims", "--json")
    assert (wrong.status, wrong.json["error"]["code"]) == (2, "unknown_list")
    assert "references" in wrong.json["error"]["hint"]
