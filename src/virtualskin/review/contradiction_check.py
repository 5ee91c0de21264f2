"""Reading contradictions, and everything that can be wrong with their sides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from virtualskin.biology import read_shelf
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue, Finding, Findings, Shelf, locate
from virtualskin.review.claim_examples import with_example
from virtualskin.review.claim_names import Known, named_wrongly
from virtualskin.review.complaint import Complaint, unknown
from virtualskin.review.contradiction import Contradiction, Contradictions, Side
from virtualskin.review.contradictions_seen import FILE as SEEN
from virtualskin.review.contradictions_seen import Seen

FOLDER = "review/contradictions"
SIDES = "sides"
# One sound example a field, as for claims; those of a side that a claim has too are theirs.
EXAMPLES: dict[str, str] = {
    "id": "id: my_question, the file's name",
    "question": "question: {en: 'Does it rise?', zh: 是否升高？}",
    "one": "one: {en: it rises, zh: 升高}",
    "other": "other: {en: it falls, zh: 下降}",
    "when": "when: {en: the stress decides, zh: 取决于应激}",
    "claims": "claims: [my_claim]",
    "differs": "differs: [stressor, time]",
    "sides": "sides: {after_uvb: {answers: one, ...}, at_rest: {answers: other, ...}}",
    "not_shown": "not_shown: {en: the model has no such readout, zh: 模型无此读数}",
    "sources": 'sources: ["lab_effects:E030"]',
    "answers": "answers: one",
    "beyond": "beyond: after_uvb",
    "chosen": "chosen: {en: the dose is our choice, zh: 剂量由本目录设定}",
}


def read_contradictions(catalogue: Catalogue) -> Contradictions:
    """Read the folder; what is wrong in a file stands among the findings.

    Args:
        catalogue: folders to read; a user's file replaces its namesake or is added.
    """
    shelf = read_shelf(catalogue, FOLDER, Contradiction, "contradiction")
    told = tuple(_exemplified(one) for one in shelf.findings)
    return Contradictions(Shelf(shelf.kind, shelf.records, shelf.files, told))


def check_contradictions(
    contradictions: Contradictions, claims: Collection[str], known: Known, readable: frozenset[str]
) -> Findings:
    """Everything wrong with contradictions that read well.

    Args:
        contradictions: from `read_contradictions`.
        claims: ids that there are.
        known: what an experiment may name.
        readable: quantities a formula may read; none if they are not to be looked up.
    """
    catalogue, evidence = known.skin.library.catalogue, known.skin.evidence
    found: list[Finding] = []
    for one in contradictions.shelf:
        file = contradictions.files[one.id]
        complaints = [
            *(unknown("claim", c, claims, f"claims.{k}") for k, c in enumerate(one.claims)
              if c not in claims),
            *_sources(one.sources, "sources", evidence),
            *_differs(one),
        ]  # fmt: skip
        told = [complaint.of(file) for complaint in complaints]
        for name, side in one.sides.items():
            told += _side(side, one.id, name, file, known, readable)
        found += locate([_exemplified(finding) for finding in told], catalogue.file(file))
    return tuple(found)


def check_seen(seen: Seen, contradictions: Contradictions, catalogue: Catalogue) -> Findings:
    """Contradictions and sides that the record of the run names and that do not exist.

    Args:
        seen: the record.
        contradictions: what there is.
        catalogue: where it lies.
    """
    names = contradictions.records
    sides = {f"{one.id}.{side}" for one in contradictions.shelf for side in one.sides}
    path = catalogue.file(SEEN)
    found = [unknown("contradiction", n, names, f"outcomes.{n}")
             for n in seen.outcomes if n not in names]  # fmt: skip
    found += [
        unknown("side", side, sides, f"causes.{name}.sides.{place}")
        for name, cause in seen.causes.items()
        for place, side in enumerate(cause.sides)
        if side not in sides
    ]
    return tuple(locate([one.of(catalogue.label(path)) for one in found], path))


def _side(
    side: Side, contradiction: str, name: str, file: str, known: Known, readable: frozenset[str]
) -> Iterator[Finding]:
    claim = side.claim(contradiction, name, contradiction)
    for one in (
        *named_wrongly(claim, known, readable),
        *_sources(side.sources, "sources", known.skin.evidence),
    ):
        finding = with_example(one.of(file))
        yield replace(finding, column=f"{SIDES}.{name}.{one.column}")


def _differs(one: Contradiction) -> Iterator[Complaint]:
    """What is said to differ does, and what differs is said to."""
    real = one.differences if one.sides else frozenset(one.differs)
    for place, what in enumerate(one.differs):
        if what not in real:
            message, hint = "the sides are the same in this", f"they differ in {_listed(real)}"
            yield Complaint("differs", message, f"differs.{place}", what, hint)
    if left := real - set(one.differs):
        message = "the sides differ in more than is named"
        hint = f"write `differs: [{_listed(real)}]`, or make them alike"
        yield Complaint("differs", message, "differs", _listed(left), hint)


def _listed(what: Collection[str]) -> str:
    return ", ".join(sorted(what)) or "nothing"


def _sources(names: Collection[str], column: str, evidence: Evidence) -> Iterator[Complaint]:
    for source in names:
        for odd in evidence.resolve(source).findings:
            yield Complaint(odd.id, odd.message, column, source, odd.hint)


def _exemplified(finding: Finding) -> Finding:
    """The finding with an example of its field, if it has no hint of its own."""
    parts = finding.column.split(".")
    inside = parts[0] == SIDES and len(parts) > len((SIDES, "name"))
    named = next((key for key in EXAMPLES if f"{key!r}" in finding.message), "")
    field = parts[len((SIDES, "name"))] if inside else parts[0] or named
    if finding.hint:
        return finding
    if field in EXAMPLES:
        return replace(finding, hint=f"for example `{EXAMPLES[field]}`")
    told = with_example(replace(finding, column=field))
    return replace(told, column=finding.column)
