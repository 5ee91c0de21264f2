"""Risk of bias of a study by domain: RoB 2, ROBINS-I, SYRCLE, or OHAT's questions for cells.

Judged by rules of the catalogue (`evidence/grades/bias_*.tsv`) from what the rows state, never from
memory: a question that no row answers is "unclear". `some` stands for RoB 2's "some concerns" and
ROBINS-I's "moderate", `high` also for its "serious" and "critical".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from virtualskin.evidence.study import Study
from virtualskin.ground import Catalogue, Finding, Findings, Text, read_table
from virtualskin.ground.errors import nearest

Line = TypeVar("Line", bound=BaseModel)
Judgement: TypeAlias = Literal["low", "some", "high", "unclear"]
# The worst of the domains is the study's: what nobody told is worse than a known small concern.
ORDER: Final[tuple[str, ...]] = ("low", "some", "unclear", "high")
JUDGEMENTS: Final[Mapping[str, Text]] = {
    "low": Text(en="low", zh="低"),
    "some": Text(en="some concerns", zh="有一定风险"),
    "unclear": Text(en="unclear", zh="不明"),
    "high": Text(en="high", zh="高"),
}
ALWAYS: Final = "always"
ANY: Final = "*"
SHELF: Final = "evidence/grades/"


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of a tool, judged.

    Args:
        id: of the domain.
        title: its name in the tool.
        judgement: low, some, high or unclear.
        why: the reason.
    """

    id: str
    title: Text
    judgement: str
    why: Text


@dataclass(frozen=True, slots=True)
class Bias:
    """The risk of bias of a study, by one tool.

    Args:
        study: key of the study.
        tool: id of the tool.
        title: its name.
        seen: how the study was read at best.
        domains: in the tool's order.
    """

    study: str
    tool: str
    title: Text
    seen: str
    domains: tuple[Domain, ...]

    @property
    def overall(self) -> str:
        """The worst domain."""
        return max((d.judgement for d in self.domains), key=ORDER.index)

    def as_json(self) -> dict[str, object]:
        """The assessment as a document."""
        return {
            "study": self.study,
            "tool": self.tool,
            "seen": self.seen,
            "overall": self.overall,
            "domains": [
                {
                    "domain": d.id,
                    "judgement": d.judgement,
                    "title": d.title.model_dump(),
                    "why": d.why.model_dump(),
                }
                for d in self.domains
            ],
        }


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Tool(_Line):
    tool: str
    system: str
    fact: str
    title_en: str
    title_zh: str
    source: str
    why: str


class _Domain(_Line):
    tool: str
    domain: str
    title_en: str
    title_zh: str


class _Fact(_Line):
    fact: str
    columns: str
    pattern: str
    why: str


class _Rule(_Line):
    tool: str
    domain: str
    facts: str
    judgement: Judgement
    why_en: str
    why_zh: str


@dataclass(frozen=True, slots=True)
class BiasRules:
    """The four tables.

    Args:
        tools: which tool fits which system of a study; the first that fits.
        domains: the domains of each tool.
        facts: fact → columns to look in, and what to look for.
        rules: the first that fits a domain decides.
    """

    tools: tuple[_Tool, ...]
    domains: tuple[_Domain, ...]
    facts: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]]
    rules: tuple[_Rule, ...]

    def assess(self, study: Study) -> tuple[Bias, ...]:
        """The risk of bias of a study, once for each tool that fits some of its rows.

        Args:
            study: what its rows tell. Rows on a product or a model fit no tool.
        """
        fits: dict[str, list[str]] = {}
        for system in dict.fromkeys(row.reading.system for row in study.rows):
            tool = self._tool(study.within([system]), system)
            if tool is not None:
                fits.setdefault(tool.tool, []).append(system)
        return tuple(self._bias(study.within(systems), tool) for tool, systems in fits.items())

    def _tool(self, study: Study, system: str) -> _Tool | None:
        mine = (tool for tool in self.tools if tool.system == system)
        return next((tool for tool in mine if self._holds(tool.fact, study)), None)

    def _bias(self, study: Study, tool: str) -> Bias:
        named = next(one for one in self.tools if one.tool == tool)
        title = Text(en=named.title_en, zh=named.title_zh)
        domains = (self._judged(study, d) for d in self.domains if d.tool == tool)
        return Bias(study.key, tool, title, study.seen, tuple(domains))

    def _judged(self, study: Study, domain: _Domain) -> Domain:
        rule = next(
            rule
            for rule in self.rules
            if rule.tool in {domain.tool, ANY}
            and rule.domain in {domain.domain, ANY}
            and self._holds(rule.facts, study)
        )
        return Domain(
            domain.domain,
            Text(en=domain.title_en, zh=domain.title_zh),
            rule.judgement,
            Text(en=rule.why_en, zh=rule.why_zh),
        )

    def _holds(self, facts: str, study: Study) -> bool:
        return all(name == ALWAYS or self._fact(name, study) for name in facts.split("+"))

    def _fact(self, name: str, study: Study) -> bool:
        columns, pattern = self.facts[name]
        cells = (row.get(column) for row in study.rows for column in columns)
        return any(pattern.search(cell) for cell in cells if cell)


def read_bias_rules(catalogue: Catalogue) -> tuple[BiasRules, Findings]:
    """Read the tables of risk of bias; rules that name what does not exist become findings.

    Args:
        catalogue: the folders.
    """
    found: list[Finding] = []
    tools = [line for _, line in _lines(catalogue, "bias_tools", _Tool, found)]
    domains = [line for _, line in _lines(catalogue, "bias_domains", _Domain, found)]
    facts: dict[str, tuple[tuple[str, ...], re.Pattern[str]]] = {}
    for number, line in _lines(catalogue, "bias_facts", _Fact, found):
        pattern = compiled(line.pattern, f"{SHELF}bias_facts.tsv", number, found)
        if pattern is not None:
            facts[line.fact] = (tuple(line.columns.split(";")), pattern)
    rules: list[_Rule] = []
    known = {ANY: {ANY}} | {t.tool: {ANY} for t in tools}
    for domain in domains:
        known.setdefault(domain.tool, {ANY}).add(domain.domain)
    for number, line in _lines(catalogue, "bias_rules", _Rule, found):
        trouble = _unknown(line, known, facts, number)
        found += trouble
        if not trouble:
            rules.append(line)
    file = f"{SHELF}bias_rules.tsv"
    if not any(r.tool == r.domain == ANY and r.facts == ALWAYS for r in rules):
        hint = f"end the table with {ANY}, {ANY}, {ALWAYS}, unclear"
        found.append(Finding("no_last_rule", "nothing is said where no rule fits", file, hint=hint))
    return BiasRules(tuple(tools), tuple(domains), facts, tuple(rules)), tuple(found)


def compiled(
    pattern: str, file: str, row: int, found: list[Finding], column: str = "pattern"
) -> re.Pattern[str] | None:
    """A pattern of a table, capitals and small letters alike; a finding if it is none.

    Args:
        pattern: a regular expression.
        file: how the finding names the table.
        row: its line.
        found: where a finding goes.
        column: its column.
    """
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        message = f"this is no pattern: {error}"
        hint = "write words, with | between two that mean the same"
        found.append(Finding("pattern", message, file, row, column, pattern, hint))
        return None


def _lines(
    catalogue: Catalogue, stem: str, model: type[Line], found: list[Finding]
) -> Iterable[tuple[int, Line]]:
    path = catalogue.file(f"{SHELF}{stem}.tsv")
    read, trouble = read_table(path, catalogue.label(path), model)
    found += trouble
    return [(row.line, row.record) for row in read]


def _unknown(
    line: _Rule, known: Mapping[str, set[str]], facts: Mapping[str, object], number: int
) -> list[Finding]:
    file, found = f"{SHELF}bias_rules.tsv", list[Finding]()

    def odd(column: str, value: str, names: Iterable[str]) -> None:
        near = nearest(value, names)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(sorted(names))}"
        found.append(Finding("unknown_name", "no such name", file, number, column, value, hint))

    if line.tool not in known:
        odd("tool", line.tool, known)
    elif line.domain not in known[line.tool]:
        odd("domain", line.domain, known[line.tool])
    for fact in line.facts.split("+"):
        if fact != ALWAYS and fact not in facts:
            odd("facts", fact, facts)
    return found
