"""Evidence: everything the literature says, loaded once, and asked by address.

An address is `dataset:row_id`, a BibTeX key, or `doi:10.…` (`pmid:…`); several are joined with
`; `. Asking for one that does not exist gives a finding with the nearest names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from virtualskin.evidence.dataset import Dataset, read_dataset
from virtualskin.evidence.grade import SEEN, Grade, GradeRules, Level, best, read_rules
from virtualskin.evidence.paper import Paper, normal_doi, read_papers
from virtualskin.evidence.reading import Converted, Reading, read_rows
from virtualskin.evidence.spelling import Spelling, convert, read_spellings
from virtualskin.evidence.status import FOLDER, UNKNOWN, read_statuses, worse
from virtualskin.ground import Catalogue, Finding, Findings, SkinError, Units
from virtualskin.ground.errors import nearest

Source: TypeAlias = Reading | Paper
_JOIN = re.compile(r";\s+|;$")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a source text leads to.

    Args:
        sources: readings and papers, in the order named.
        findings: one for each part that leads nowhere.
    """

    sources: tuple[Source, ...]
    findings: Findings


@dataclass(frozen=True, repr=False)  # its repr would be the whole literature
class Evidence:
    """The evidence shelf of a catalogue.

    Args:
        papers: BibTeX key → paper.
        datasets: file stem → table.
        readings: `dataset:row_id` → reading.
        rules: the grading tables.
        spellings: unit text of the tables → unit of the catalogue.
        units: the catalogue's units.
        findings: everything that was wrong on the way.
    """

    papers: Mapping[str, Paper]
    datasets: Mapping[str, Dataset]
    readings: Mapping[str, Reading]
    rules: GradeRules
    spellings: Mapping[str, Spelling]
    units: Units
    findings: Findings

    @classmethod
    def load(cls, catalogue: Catalogue) -> Evidence:
        """Read the shelf `evidence/`. Bad rows become findings; the sound ones are kept.

        Raises:
            SkinError: if a rule table or the unit table is missing altogether.
        """
        rules, trouble = read_rules(catalogue)
        findings = list(trouble)
        datasets: dict[str, Dataset] = {}
        readings: dict[str, Reading] = {}
        for path in catalogue.files("evidence/datasets", ".tsv"):
            table, found = read_dataset(path, catalogue.label(path))
            rows, odd = read_rows(table, rules)
            datasets[table.id] = table
            readings.update(rows)
            findings += [*found, *odd]
        units = Units.load(catalogue.file("units.tsv"))
        spellings, odd_units = read_spellings(catalogue, units)
        papers, odd_papers = _read_bibliography(catalogue, readings)
        findings += [*odd_units, *odd_papers]
        return cls(papers, datasets, readings, rules, spellings, units, tuple(findings))

    def reading(self, address: str) -> Reading:
        """The row at `dataset:row_id`.

        Raises:
            SkinError: if there is no such row; the hint names the nearest.
        """
        if address not in self.readings:
            raise SkinError(
                f"No row {address!r} in the evidence.",
                code="unknown_reading",
                hint=self._guess(address),
            )
        return self.readings[address]

    def resolve(
        self, source: str, *, file: str = "", row: int | None = None, column: str = "source"
    ) -> Resolved:
        """What a source text of a catalogue row leads to.

        Args:
            source: one address or several joined with `; `; empty text leads to nothing.
            file: file to name in findings.
            row: line to name in findings.
            column: column to name in findings.
        """
        sources: list[Source] = []
        findings: list[Finding] = []
        for part in (p.strip() for p in _JOIN.split(source)):
            if not part:
                continue
            found = self._find(part)
            if found is not None:
                sources.append(found)
                continue
            message = f"no source {part!r} in the evidence"
            hint = self._guess(part)
            findings.append(Finding("unknown_source", message, file, row, column, part, hint))
        return Resolved(tuple(sources), tuple(findings))

    def quantity(self, reading: Reading) -> Converted:
        """A reading's number in a unit the catalogue knows, or the reason why there is none."""
        return convert(reading, self.spellings)

    def grade(self, source: str, *, level: Level = "molecule", system: str = "") -> Grade:
        """The grade of a source for one kind of readout; of several sources the best one counts.

        Args:
            source: address or addresses; none, or only unknown ones, gives the grade "none".
            level: kind of the readout that is fed by it: molecule (an amount, an enzyme, a rate),
                cell, tissue (thickness, density, mechanics), clinical (an instrument or a rater
                on a person), product (made of the product itself).
            system: what was looked at, if the caller knows better than the row's own words.
        """
        return best(self._grade(s, level, system) for s in self.resolve(source).sources)

    def kinds(self) -> dict[str, list[dict[str, str | int | None]]]:
        """Items for `virtualskin list`, by kind: papers and datasets, each with id and title."""
        return {
            "papers": [
                {
                    "id": p.key,
                    "title": p.title or p.note,
                    "authors": "; ".join(p.authors),
                    "year": p.year,
                    "doi": p.doi,
                    "seen": p.seen,
                    "status": p.status.word,
                    "status_date": p.status.date,
                    "number": p.number,
                }
                for p in sorted(self.papers.values(), key=lambda p: p.key)
            ],
            "datasets": [
                {"id": d.id, "title": d.id.replace("_", " "), "rows": len(d.rows)}
                for d in self.datasets.values()
            ],
        }

    def _grade(self, source: Source, level: Level, system: str) -> Grade:
        if isinstance(source, Reading):
            return self.rules.grade(
                level=level,
                system=system or source.system,
                seen=source.seen,
                design=source.design,
                n=source.n,
            )
        where = system or "not_stated"
        return self.rules.grade(level=level, system=where, seen=source.seen, design="", n=None)

    def _find(self, part: str) -> Source | None:
        if part in self.readings:
            return self.readings[part]
        if part in self.papers:
            return self.papers[part]
        wanted = normal_doi(part) if part.lower().startswith(("doi:", "pmid:")) else ""
        return self._by_identifier.get(wanted) if wanted else None

    @cached_property
    def _by_identifier(self) -> dict[str, Paper]:
        return {name: p for p in self.papers.values() if (name := p.identifier)}

    def _guess(self, part: str) -> str:
        known = [*self.papers, *self.readings, *(f"doi:{name}" for name in self._by_identifier)]
        table, _, row = part.partition(":")
        if row and table not in {"doi", "pmid"} and table not in self.datasets:
            near = [f"{name}:{row}" for name in nearest(table, self.datasets)]
            known = [name for name in near if name in self.readings] or known
        elif row and table in self.datasets:
            known = [name for name in self.readings if name.startswith(f"{table}:")]
        lower = {name.lower(): name for name in known}
        near = [lower[name] for name in nearest(part, lower)]
        if near:
            return f"Did you mean {' or '.join(repr(name) for name in near)}?"
        return "Write dataset:row_id, a key of references.bib, or doi:10.…"


def _read_bibliography(
    catalogue: Catalogue, readings: Mapping[str, Reading]
) -> tuple[dict[str, Paper], list[Finding]]:
    """All `.bib` files of the shelf; each paper is read as well as its best row was."""
    best_seen: dict[str, str] = {}
    for reading in readings.values():
        if reading.doi:
            known = best_seen.get(reading.doi, reading.seen)
            best_seen[reading.doi] = min(known, reading.seen, key=SEEN.index)
    papers: dict[str, Paper] = {}
    told, findings = read_statuses(catalogue)
    for path in catalogue.files("evidence", ".bib"):
        label = catalogue.label(path)
        read, trouble = read_papers(path, label)
        findings.extend(trouble)
        for key, paper in read.items():
            if key in papers:
                message = "another file of the catalogue has the same key"
                hint = "add a, b … to the key"
                findings.append(Finding("duplicate_id", message, label, paper.line, "", key, hint))
                continue
            status = worse(paper.status, told.pop(key, UNKNOWN))
            papers[key] = paper.read_as(best_seen.get(paper.identifier, paper.seen), status)
    for key in told:
        message, hint = "no paper has this key", "virtualskin list papers"
        findings.append(Finding("unknown_paper", message, FOLDER, None, "paper", key, hint))
    return papers, findings
