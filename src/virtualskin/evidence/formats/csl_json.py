"""CSL-JSON, as Zotero and Crossref write it: a list of items, each judged by a schema."""

from __future__ import annotations

import json
import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.person import names_in, person
from virtualskin.evidence.record import BROKEN, Record, decision_in, plain_title, year_in
from virtualskin.ground import Finding

KINDS: Final = {
    "article-journal": "article", "article": "misc", "book": "book", "chapter": "incollection",
    "paper-conference": "inproceedings", "thesis": "phdthesis", "report": "techreport",
    "webpage": "misc",
}  # fmt: skip
SHOWN: Final = 80  # not science: characters shown of an offending value
_PMID = re.compile(r"\bPMID:\s*(\d+)", re.IGNORECASE)


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class _Name(_Lenient):
    family: str = ""
    given: str = ""
    literal: str = ""
    particle: str = Field("", alias="non-dropping-particle")

    def text(self) -> list[str]:
        if self.literal:
            return names_in(self.literal)
        return [person(" ".join(filter(None, [self.particle, self.family])), self.given)]


class _Date(_Lenient):
    parts: list[list[int | str]] = Field(default_factory=list[list[int | str]], alias="date-parts")
    raw: str = ""
    literal: str = ""

    def year(self) -> int | None:
        first = str(self.parts[0][0]) if self.parts and self.parts[0] else ""
        return year_in(first, self.raw, self.literal)


class _Item(_Lenient):
    type: str
    title: str = ""
    author: list[_Name] = Field(default_factory=list[_Name])
    issued: _Date | None = None
    journal: str = Field("", alias="container-title")
    volume: str = ""
    issue: str = ""
    page: str = ""
    doi: str = Field("", alias="DOI")
    pmid: str = Field("", alias="PMID")
    url: str = Field("", alias="URL")
    language: str = ""
    note: str = ""
    keyword: str = ""


def read_csl(text: str, file: str) -> tuple[list[Record], list[Finding]]:
    """The items of a CSL-JSON file.

    Args:
        text: the file.
        file: how findings name it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        message = "the file is not JSON"
        return [], [Finding("json", message, file, line, hint="export it anew as CSL-JSON")]
    items = data.get("items") if isinstance(data, dict) else data
    if not isinstance(items, list):
        hint = "a file is a list of items: [{…}, {…}]"
        return [], [Finding("json", "the file is no list of references", file, 1, hint=hint)]
    records: list[Record] = []
    findings: list[Finding] = []
    for number, item in enumerate(items, start=1):
        try:
            read = _Item.model_validate(item)
        except ValidationError as error:
            findings += _complaints(error, file, number)
            records.append(Record(file=file, number=number, kind=BROKEN))
            continue
        records.append(_record(read, file, number))
    return records, findings


def _complaints(error: ValidationError, file: str, number: int) -> list[Finding]:
    found: list[Finding] = []
    for each in error.errors():
        column = ".".join(str(p) for p in each["loc"])
        message = f"item {number}: {each['msg'][0].lower()}{each['msg'][1:]}"
        value = "" if each["type"] == "missing" else str(each["input"])[:SHOWN]
        hint = "see the CSL-JSON schema: type, title, author, issued, DOI …"
        found.append(Finding("csl_item", message, file, number, column, value, hint, "warning"))
    return found


def _record(item: _Item, file: str, number: int) -> Record:
    doi = normal_doi(item.doi) or normal_doi(item.url)
    pmid = _PMID.search(item.note)
    told = item.pmid if item.pmid.isdecimal() else pmid[1] if pmid else ""
    return Record(
        file=file,
        number=number,
        kind=KINDS.get(item.type, "misc"),
        title=plain_title(item.title),
        authors=tuple(name for author in item.author for name in author.text() if name),
        journal=item.journal,
        year=item.issued.year() if item.issued else None,
        volume=item.volume,
        issue=item.issue,
        pages=item.page.replace("–", "-"),
        doi=doi if doi.startswith("10.") else "",
        pmid=told,
        url="" if doi.startswith("10.") else item.url,
        language=item.language,
        decision=decision_in([*re.split(r"[;,]", item.keyword), *item.note.split("\n")]),
    )
