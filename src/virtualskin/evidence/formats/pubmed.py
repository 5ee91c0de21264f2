"""PubMed XML: the one export that says whether a paper was retracted or corrected.

Read through defusedxml, so that no entity is expanded and nothing is fetched. A record tells the
day it was last revised; what it says of retraction held on that day, unless the caller names the
day on which the export was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.person import person, whole
from virtualskin.evidence.record import Record, decision_in, plain_title, year_in
from virtualskin.evidence.status import PaperStatus
from virtualskin.ground import Finding

# How PubMed names what befell a paper, worst first.
BEFELL: Final = (
    ("retracted", "RetractionIn", "Retracted Publication"),
    ("concern", "ExpressionOfConcernIn", ""),
    ("corrected", "ErratumIn", ""),
    ("corrected", "CorrectedandRepublishedIn", "Corrected and Republished Article"),
)
NOTICES: Final = frozenset(
    {"Retraction of Publication", "Retraction Notice", "Published Erratum", "Expression of Concern"}
)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_pubmed(text: str, file: str, day: str = "") -> tuple[list[Record], list[Finding]]:
    """The articles of a PubMed XML file.

    Args:
        text: the file.
        file: how findings name it.
        day: when the export was made, YYYY-MM-DD; empty takes each record's last revision.
    """
    try:
        root = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except DefusedXmlException:
        message = "the file declares entities, which are refused"
        return [], [Finding("xml", message, file, 1, hint="export it anew from PubMed")]
    except (ParseError, ValueError, RecursionError) as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        message = "the file is not well-formed XML"
        return [], [Finding("xml", message, file, line, hint="export it anew from PubMed")]
    articles = [e for e in root.iter() if e.tag in {"PubmedArticle", "PubmedBookArticle"}]
    records: list[Record] = []
    findings: list[Finding] = []
    for number, article in enumerate(articles, start=1):
        record = _record(article, file, number, day)
        records.append(record)
        types = {_text(e) for e in article.iter("PublicationType")}
        for kind in sorted(types & NOTICES):
            message = f"record {number} is a notice about another paper ({kind})"
            hint = "import the paper it is about too, or exclude it"
            findings.append(
                Finding(
                    "notice",
                    message,
                    file,
                    number,
                    "PublicationType",
                    record.title,
                    hint,
                    "warning",
                )
            )
    if not articles:
        hint = "in PubMed choose Save, or fetch with rettype=xml"
        findings.append(Finding("xml", "the file holds no PubmedArticle", file, 1, hint=hint))
    return records, findings


def _record(article: Element, file: str, number: int, day: str) -> Record:
    def one(path: str) -> str:
        found = article.find(path)
        return "" if found is None else _text(found)

    book = article.tag == "PubmedBookArticle"
    own = "BookDocument" if book else "MedlineCitation"
    holder = f"{own}" if book else f"{own}/Article"
    journal = f"{holder}/Book/BookTitle" if book else f"{holder}/Journal/Title"
    issue = f"{holder}/Journal/JournalIssue"
    date = f"{issue}/PubDate" if not book else f"{holder}/Book/PubDate"
    title = plain_title(one(f"{holder}/ArticleTitle"))
    if title.startswith("[") and title.endswith("]"):  # PubMed's mark of a translated title
        title = plain_title(title[1:-1])
    return Record(
        file=file,
        number=number,
        kind="incollection" if book else "article",
        title=title,
        authors=tuple(_people(article.find(f"{holder}/AuthorList"))),
        journal=one(journal),
        year=year_in(one(f"{date}/Year"), one(f"{date}/MedlineDate")),
        volume=one(f"{issue}/Volume"),
        issue=one(f"{issue}/Issue"),
        pages=one(f"{holder}/Pagination/MedlinePgn").replace("–", "-"),
        doi=_doi(article, holder),
        pmid=one(f"{own}/PMID"),
        language=one(f"{holder}/Language"),
        status=_status(article, file, day),
        decision=decision_in(_text(e) for e in article.iter("Keyword")),
    )


def _text(element: Element) -> str:
    """All text of an element, that of inner markup (i, sup, mml …) included."""
    return " ".join("".join(element.itertext()).split())


def _people(authors: Element | None) -> Iterator[str]:
    for author in [] if authors is None else authors.findall("Author"):
        group = author.find("CollectiveName")
        if group is not None:
            name = _text(group)
            yield f"{{{name}}}" if " " in name else whole(name)
            continue
        parts = [_text(e) if (e := author.find(t)) is not None else ""
                 for t in ("LastName", "ForeName", "Initials")]  # fmt: skip
        if parts[0]:
            yield person(parts[0], parts[1] or parts[2])
    if authors is not None and authors.get("CompleteYN") == "N":
        yield "others"


def _doi(article: Element, holder: str) -> str:
    """The article's own DOI; the reference list below has others."""
    ids = [*article.findall("PubmedData/ArticleIdList/ArticleId"),
           *article.findall("PubmedBookData/ArticleIdList/ArticleId")]  # fmt: skip
    told = [_text(e) for e in ids if e.get("IdType") == "doi"]
    told += [
        _text(e)
        for e in article.findall(f"{holder}/ELocationID")
        if e.get("EIdType") == "doi" and e.get("ValidYN") != "N"
    ]
    return next((d for text in told if (d := normal_doi(text)).startswith("10.")), "")


def _status(article: Element, file: str, day: str) -> PaperStatus:
    types = {_text(e) for e in article.iter("PublicationType")}
    links = article.findall("MedlineCitation/CommentsCorrectionsList/CommentsCorrections")
    held = day or _revised(article)
    for word, relation, kind in BEFELL:
        mine = [link for link in links if link.get("RefType") == relation]
        if mine or kind in types:
            notices = "; ".join(filter(None, map(_notice, mine)))
            return PaperStatus(word, held, file, notices)
    return PaperStatus("none_noted", held, file)


def _notice(link: Element) -> str:
    source, pmid = link.find("RefSource"), link.find("PMID")
    told = ["" if source is None else _text(source)]
    told.append("" if pmid is None else f"pmid:{_text(pmid)}")
    return ", ".join(filter(None, told))


def _revised(article: Element) -> str:
    """The day the record was last revised, else completed; empty if it says neither."""
    for name in ("DateRevised", "DateCompleted"):
        date = article.find(f"MedlineCitation/{name}")
        if date is None:
            continue
        year, month, day = (_text(e) if (e := date.find(t)) is not None else ""
                            for t in ("Year", "Month", "Day"))  # fmt: skip
        if month[:3].lower() in MONTHS:
            month = str(MONTHS.index(month[:3].lower()) + 1)
        if year.isdecimal() and month.isdecimal() and day.isdecimal():
            return f"{int(year):04}-{int(month):02}-{int(day):02}"
    return ""
