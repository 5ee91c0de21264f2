"""Papers and claims for other programs: BibTeX, nanopublications as JSON-LD, a flat table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version

from virtualskin.biology.annotations import read_annotations
from virtualskin.evidence import Evidence, Paper
from virtualskin.evidence.bib_text import papers_bibtex
from virtualskin.ground import Catalogue
from virtualskin.lab.export import Export
from virtualskin.report import json_text, words
from virtualskin.report.claims_csv import claims_csv
from virtualskin.report.nanopub import Origin, nanopubs
from virtualskin.review import Claim, ClaimShelf, read_claims

Verdicts = Mapping[str, str] | None
JOINT = "; "


def export_literature(
    catalogue: Catalogue, form: str, *, verdicts: Verdicts = None, spreadsheet: bool = False
) -> Export:
    """All papers, or all claims, in one format.

    Args:
        catalogue: the folders.
        form: bibtex, nanopub or csv.
        verdicts: claim → verdict, where claims were run.
        spreadsheet: for csv: mark it as UTF-8 for spreadsheets, and keep them from computing it.
    """
    if form == "csv":
        return _csv(catalogue, verdicts, spreadsheet=spreadsheet)
    return MAKERS[form](catalogue, verdicts)


def _bibtex(catalogue: Catalogue, _: Verdicts) -> Export:
    papers = Evidence.load(catalogue).papers.values()
    counts = {
        "papers": len(papers),
        "with_doi": sum(bool(p.doi) for p in papers),
        "not_looked_up": sum(not p.status.known for p in papers),
    }
    return Export("bibtex", "references", "references.bib", papers_bibtex(papers), counts)


def _nanopub(catalogue: Catalogue, verdicts: Verdicts) -> Export:
    evidence, shelf = Evidence.load(catalogue), read_claims(catalogue)
    claims = shelf.chosen()
    described = [i for i in read_annotations(catalogue).of("model") if i.resource == "doi"]
    origin = Origin(
        next((f"doi:{i.accession}" for i in described), ""),
        catalogue.hash(),
        version("virtualskin"),
        _own(catalogue, shelf),
    )
    papers = {c.id: _papers(c, evidence) for c in claims}
    told = json_text(nanopubs(claims, papers, origin, verdicts=verdicts))
    counts = {"claims": len(claims), "graphs": 4 * len(claims), "own": len(origin.own)}
    return Export("nanopub", "claims", "claims.jsonld", told, counts)


def _csv(catalogue: Catalogue, verdicts: Verdicts, *, spreadsheet: bool) -> Export:
    evidence, claims = Evidence.load(catalogue), read_claims(catalogue).chosen()
    sources = {c.id: _source_columns(_papers(c, evidence)) for c in claims}
    text = claims_csv(claims, sources, verdicts=verdicts, spreadsheet=spreadsheet)
    return Export("csv", "claims", "claims.csv", text, {"claims": len(claims)})


def _own(catalogue: Catalogue, shelf: ClaimShelf) -> frozenset[str]:
    """Claims that a user's folder holds."""
    roots = catalogue.roots[1:]
    files = shelf.claims.files
    return frozenset(c for c, file in files.items() if any((r / file).is_file() for r in roots))


def _papers(claim: Claim, evidence: Evidence) -> tuple[Paper, ...]:
    found = (s for name in claim.references for s in evidence.resolve(name).sources)
    return tuple(s for s in found if isinstance(s, Paper))


def _source_columns(papers: tuple[Paper, ...]) -> dict[str, str]:
    """What a claim's papers are, how they were read, and whether anybody looked them up."""
    told = {
        "dois": JOINT.join(p.doi for p in papers if p.doi),
        "citations": JOINT.join(p.citation for p in papers),
        "read_as": JOINT.join(p.seen for p in papers),
    }
    for lang in ("en", "zh"):
        say = words(lang)
        states = [
            say(f"status.{p.status.word}") + (f" ({p.status.date})" if p.status.date else "")
            for p in papers
        ]
        told[f"retraction_{lang}"] = say("list_joint").join(states)
    return told


MAKERS: Mapping[str, Callable[[Catalogue, Verdicts], Export]] = {
    "bibtex": _bibtex,
    "nanopub": _nanopub,
}
