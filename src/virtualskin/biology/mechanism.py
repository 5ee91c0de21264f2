"""A mechanism: two files with one stem, how it works (`.ant`) and its numbers (`.tsv`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import antimony
import libsbml

from virtualskin.biology.formula import literals
from virtualskin.biology.row import Row
from virtualskin.ground import Finding, Text, read_table, read_text
from virtualskin.ground.errors import nearest

STRUCTURE_NUMBERS = {0.0, 1.0, 2.0}
_HEADER = re.compile(r"^\s*model\s+\*?(\w+)\s*\(", re.MULTILINE)
_ERROR_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Mechanism:
    """One mechanism as read.

    Args:
        name: file stem and model name; a noun of action.
        title: first comment line of the `.ant` file, and the line `zh:` after it.
        sections: sections of the review it stands for.
        folder: catalogue folder it was found in.
        ant: label of the `.ant` file.
        tsv: label of the table.
        header_line: line of the model header in the `.ant` file.
        document: libSBML document of the structure (not yet joined to numbers).
        ports: names wired to other mechanisms, inputs or compartments.
        rows: symbol → (line, row).
    """

    name: str
    title: Text
    sections: tuple[str, ...]
    folder: str
    ant: str
    tsv: str
    header_line: int
    document: libsbml.SBMLDocument
    ports: tuple[str, ...]
    rows: dict[str, tuple[int, Row]]

    @property
    def model(self) -> libsbml.Model:
        """The libSBML model of the structure."""
        model: Any = self.document.getModel()
        return model

    def owned(self, *kinds: str) -> dict[str, tuple[int, Row]]:
        """Rows of the given kinds."""
        return {k: v for k, v in self.rows.items() if v[1].kind in kinds}

    def flat(self, symbol: str) -> str:
        """Id of a symbol in the assembled model: parameters and processes carry our name."""
        row = self.rows.get(symbol)
        if row is not None and row[1].kind in {"parameter", "process"}:
            return f"{self.name}_{symbol}"
        return symbol


def read_mechanism(
    ant: Path, tsv: Path, folder: str, ant_label: str, tsv_label: str
) -> tuple[Mechanism | None, list[Finding]]:
    """Read one pair of files.

    Returns:
        The mechanism, or None when its structure cannot be read; and every finding.
    """
    rows, findings = read_table(tsv, tsv_label, Row)
    by_id: dict[str, tuple[int, Row]] = {}
    for row in rows:
        if row.record.id in by_id:
            message = f"{row.record.id!r} stands twice"
            findings.append(Finding("twice", message, tsv_label, row.line, "id"))
        by_id[row.record.id] = (row.line, row.record)
    text, unreadable = read_text(ant, ant_label)
    if text is None:
        return None, [*findings, *unreadable]
    document, trouble = _structure(text, ant_label)
    findings.extend(trouble)
    if document is None:
        return None, findings
    header = _HEADER.search(text)
    name = header.group(1) if header else ""
    line = text.count("\n", 0, header.start() + 1) + 1 if header else 1
    if name != ant.stem:
        message = f"the model is named {name!r}, the file {ant.stem!r}"
        findings.append(Finding("model_name", message, ant_label, line, hint="use the file's stem"))
        return None, findings
    structure: Any = document.getModel()
    plugin = structure.getPlugin("comp")
    ports = tuple(plugin.getPort(i).getIdRef() for i in range(plugin.getNumPorts()))
    mechanism = Mechanism(
        name,
        *_comments(text),
        folder,
        ant_label,
        tsv_label,
        line,
        document,
        ports,
        by_id,
    )
    findings.extend(_pair_findings(mechanism))
    return mechanism, findings


def _structure(text: str, label: str) -> tuple[libsbml.SBMLDocument | None, list[Finding]]:
    antimony.clearPreviousLoads()
    if re.search(r"^\s*import\b", text, re.MULTILINE):
        return None, [Finding("antimony", "a mechanism does not import files", label)]
    if antimony.loadAntimonyString(text) < 0:
        message = str(antimony.getLastError()).strip()
        line = _ERROR_LINE.search(message)
        row = int(line.group(1)) if line else None
        return None, [Finding("antimony", message, label, row, hint="mend the Antimony syntax")]
    modules = [m for m in antimony.getModuleNames() if m != "__main"]
    if len(modules) != 1:
        return None, [Finding("antimony", f"{len(modules)} models where one is expected", label)]
    document = libsbml.readSBMLFromString(antimony.getCompSBMLString(modules[0]))
    return document, []


def _comments(text: str) -> tuple[Text, tuple[str, ...]]:
    """Title in both languages (a Chinese one that is missing is the English), and sections."""
    lines = [line[2:].strip() for line in text.splitlines() if line.startswith("//")]

    def told(key: str) -> str:
        found = [line.removeprefix(key) for line in lines if line.startswith(key)]
        return found[0].strip() if found else ""

    numbers = tuple(s.strip() for s in told("review sections:").split(",") if s.strip())
    title = lines[0] if lines else ""
    return Text(en=title, zh=told("zh:") or title), numbers


def _symbols(model: libsbml.Model) -> dict[str, set[str]]:
    """Symbol → kinds of row that may describe it."""
    found: dict[str, set[str]] = {}
    ruled = {r.getVariable() for r in model.getListOfRules()}
    for species in model.getListOfSpecies():
        found[species.getId()] = {"state", "accumulator"}
    for parameter in model.getListOfParameters():
        name = parameter.getId()
        found[name] = {"variable"} if name in ruled else {"parameter", "input"}
    for reaction in model.getListOfReactions():
        found[reaction.getId()] = {"process"}
    return found


def _pair_findings(m: Mechanism) -> list[Finding]:
    found: list[Finding] = []
    symbols = _symbols(m.model)
    mine = {s: kinds for s, kinds in symbols.items() if s not in m.ports}
    for symbol, kinds in mine.items():
        if symbol not in m.rows:
            message = f"{symbol!r} of {m.ant} has no row"
            near = nearest(symbol, m.ports)
            hint = f"add a {' or '.join(sorted(kinds))} row, or name it as a port"
            hint += f" (is it the port {near[0]!r} misspelled?)" if near else ""
            found.append(Finding("no_row", message, m.tsv, None, "id", symbol, hint))
        elif m.rows[symbol][1].kind not in kinds:
            line, row = m.rows[symbol]
            message = f"{symbol!r} is a {' or '.join(sorted(kinds))} in {m.ant}"
            found.append(Finding("kind", message, m.tsv, line, "kind", row.kind))
    for symbol, (line, _) in m.rows.items():
        if symbol in m.ports:
            message = f"{symbol!r} is a port here: the mechanism that owns it gives its row"
            found.append(Finding("row_of_port", message, m.tsv, line, "id", symbol))
        elif symbol not in mine:
            near = nearest(symbol, mine)
            hint = f"did you mean {near[0]!r}?" if near else f"nothing in {m.ant} is named so"
            message = f"the row {symbol!r} has no symbol in {m.ant}"
            found.append(Finding("no_symbol", message, m.tsv, line, "id", symbol, hint))
    found.extend(_number_findings(m))
    return found


def _number_findings(m: Mechanism) -> list[Finding]:
    found: list[Finding] = []
    maths = [(r.getId(), r.getKineticLaw().getMath()) for r in m.model.getListOfReactions()]
    maths += [(r.getVariable(), r.getMath()) for r in m.model.getListOfRules()]
    for owner, node in maths:
        for value in literals(node):
            if value not in STRUCTURE_NUMBERS:
                message = f"the equation of {owner!r} holds the number {value:g}"
                hint = "give it a name and a row in the table"
                found.append(Finding("number_in_equation", message, m.ant, None, hint=hint))
    ruled = {r.getVariable() for r in m.model.getListOfRules()}
    elements = [*m.model.getListOfParameters(), *m.model.getListOfSpecies()]
    for element in (e for e in elements if e.getId() not in ruled):
        valued = element.isSetValue() if hasattr(element, "isSetValue") else False
        valued = valued or (hasattr(element, "isSetInitialAmount") and element.isSetInitialAmount())
        if valued:
            message = f"{element.getId()!r} is given a number in the .ant file"
            found.append(Finding("number_in_equation", message, m.ant, hint="move it to the table"))
    return found
