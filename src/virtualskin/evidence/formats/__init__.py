"""The formats references come in, and which of them a file is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from virtualskin.evidence.formats.bibtex import read_bibtex
from virtualskin.evidence.formats.cnki import layout_of, read_cnki
from virtualskin.evidence.formats.csl_json import read_csl
from virtualskin.evidence.formats.pubmed import read_pubmed
from virtualskin.evidence.formats.ris import read_ris
from virtualskin.evidence.record import Record
from virtualskin.ground import Finding, read_any_text

Reader = Callable[[str, str], tuple[list[Record], list[Finding]]]
SHOWN: Final = 60  # not science: characters shown of a text that is no export
LARGEST: Final = 100_000_000  # not science: a bound against hostile input, in bytes
READERS: Final[dict[str, Reader]] = {
    "RIS": read_ris,
    "BibTeX": read_bibtex,
    "CSL-JSON": read_csl,
    "PubMed XML": read_pubmed,
}
_JSON = re.compile(r"[\[{]\s*[\[\]{}\"]")
_RIS = re.compile(r"^TY\s{1,2}-", re.MULTILINE)
_BIBTEX = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)


def format_of(text: str) -> str:
    """What a text is, told from the text and never from a file's name; empty if nothing we read."""
    start = text.lstrip("\ufeff \t\n")
    if _JSON.match(start):
        return "CSL-JSON"
    if start.startswith("<"):
        return "PubMed XML" if re.search("<Pubmed|<!DOCTYPE", start) else ""
    layout = layout_of(text)
    if layout is not None and not _RIS.search(text):
        return layout.name
    if _RIS.search(text):
        return "RIS"
    return "BibTeX" if _BIBTEX.search(text) else ""


def read_export(path: Path, *, day: str = "") -> tuple[str, list[Record], list[Finding]]:
    """Every record of an export.

    Args:
        path: the file.
        day: when it was made, for formats that tell of retractions.

    Returns:
        Its format, the records, and a finding for all that could not be read; an error if that
        is the whole file.
    """
    text, findings = read_any_text(path, path.name, largest=LARGEST)
    if text is None:
        return "", [], findings
    form = format_of(text)
    if not form:
        message = "this is no export we read"
        hint = f"{', '.join(READERS)}; from CNKI NoteExpress, EndNote, RefWorks or its own layout"
        found = Finding("format", message, path.name, 1, value=text.strip()[:SHOWN], hint=hint)
        return "", [], [*findings, found]
    if form == "PubMed XML":
        records, more = read_pubmed(text, path.name, day)
    else:
        records, more = READERS.get(form, read_cnki)(text, path.name)
    return form, records, [*findings, *more]
