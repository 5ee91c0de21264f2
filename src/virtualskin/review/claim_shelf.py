"""The shelf of claims, its list of scope, and everything that can be wrong with a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from virtualskin.biology import read_shelf
from virtualskin.evidence import Evidence, Paper, Reading
from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Findings,
    Shelf,
    Text,
    UnknownName,
    locate,
    read_yaml,
)
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check_names import CheckNames
from virtualskin.review.claim_examples import with_example
from virtualskin.review.claim_names import Known, named_wrongly
from virtualskin.review.claim_scope import ScopeList
from virtualskin.review.complaint import Complaint, quantities, unknown
from virtualskin.review.contradiction import Contradictions
from virtualskin.review.contradiction_check import (
    check_contradictions,
    check_seen,
    read_contradictions,
)
from virtualskin.review.contradictions_seen import Seen, read_seen
from virtualskin.review.misses import FILE as MISSES
from virtualskin.review.misses import Misses

CLAIMS, SCOPE = "review/claims", "review/scope.yaml"
FOLD = "fold_vs_stressed"  # column of evidence rows that holds a fold


@dataclass(frozen=True)
class ClaimShelf:
    """What was read.

    Args:
        claims: by id.
        scope: the list written before the first run.
        contradictions: what speaks against them.
        causes: claim → why it is thought to miss.
        seen: which contradictions held in the run that was looked at.
    """

    claims: Shelf[Claim]
    scope: ScopeList
    contradictions: Contradictions
    causes: Mapping[str, Text]
    seen: Seen | None = None

    def chosen(self, ids: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Claims by id or code, all of them by place in the review if none is named.

        Args:
            ids: which.

        Raises:
            UnknownName: for one that does not exist, with the nearest.
        """
        codes = {claim.code: claim.id for claim in self.claims if claim.code}
        named = tuple(dict.fromkeys(codes.get(name, name) for name in ids))
        for name in named:
            if name not in self.claims.records:
                raise UnknownName("claim", name, [*self.claims.records, *codes])
        return tuple(self.claims.records[name] for name in named or sorted(self.claims.records))


def read_claims(catalogue: Catalogue) -> ClaimShelf:
    """Read the shelf.

    Args:
        catalogue: folders to read.

    Raises:
        BadInput: with every finding, if a file is not sound in itself.
    """
    claims = read_shelf(catalogue, CLAIMS, Claim, "claim")
    findings = [with_example(one) for one in claims.findings]
    path = catalogue.file(SCOPE)
    scope, odd = read_yaml(path, catalogue.label(path), ScopeList)
    findings += odd
    against = read_contradictions(catalogue)
    findings += against.findings
    path = catalogue.file(MISSES)
    misses, odd = read_yaml(path, catalogue.label(path), Misses)
    findings += odd
    seen, odd = read_seen(catalogue)
    findings += odd
    if findings or scope is None or misses is None:
        raise BadInput(findings)
    return ClaimShelf(claims, scope, against, misses.by_claim, seen)


def check_claims(shelf: ClaimShelf, known: Known) -> Findings:
    """Everything wrong with claims that read well: names, readouts, sources, shared runs, scope.

    Args:
        shelf: from `read_claims`.
        known: what a claim may name.
    """
    readable = quantities(known.skin)
    catalogue = known.skin.library.catalogue
    first: dict[str, Claim] = {}
    checks = CheckNames(known.skin, known.therapies)
    found: list[Finding] = []
    # Those of the list come first, so that a newcomer is told of a clash and not what it meets.
    for claim in sorted(shelf.claims, key=lambda c: shelf.scope.status(c.id) is None):
        file = shelf.claims.files[claim.id]
        same = first.setdefault(claim.experiment, claim)
        complaints = [
            *named_wrongly(claim, known, readable),
            *_sources(claim, known.skin.evidence),
            *_shared(claim, same),
            *_scope(claim, shelf.scope),
            *checks.complaints(claim),
        ]
        if complaints:
            told = [with_example(one.of(file)) for one in complaints]
            found += locate(told, catalogue.file(file))
    path = catalogue.file(SCOPE)
    found += locate([one.of(catalogue.label(path)) for one in _listed(shelf)], path)
    found += check_contradictions(shelf.contradictions, shelf.claims.records, known, readable)
    if shelf.seen is not None:
        found += check_seen(shelf.seen, shelf.contradictions, catalogue)
    return tuple(found)


def _listed(shelf: ClaimShelf) -> Iterator[Complaint]:
    """Claims of the list of scope that do not exist."""
    named = {"in_scope": shelf.scope.in_scope}
    named |= {f"others.{reason}": ids for reason, ids in shelf.scope.others.items()}
    for column, ids in named.items():
        for name in ids:
            if name not in shelf.claims.records:
                yield unknown("claim", name, shelf.claims.records, column)


def _sources(claim: Claim, evidence: Evidence) -> Iterator[Complaint]:
    for place, name in enumerate(claim.references):
        found = evidence.resolve(name)
        if not any(isinstance(source, Paper) for source in found.sources):
            column = f"references.{place}"
            yield unknown("reference", name, evidence.papers, column)
    for place, address in enumerate(claim.rows):
        found = evidence.resolve(address)
        if not any(isinstance(source, Reading) for source in found.sources):
            hint = found.findings[0].hint if found.findings else ""
            yield Complaint("unknown_row", "no such row", f"rows.{place}", address, hint)
    if claim.magnitude is not None:
        yield from _magnitude(claim.magnitude.row, claim.magnitude.fold, evidence)


def _magnitude(address: str, fold: float, evidence: Evidence) -> Iterator[Complaint]:
    """A fold is a number of the evidence: it must be the row's, where the row gives one."""
    if address not in evidence.readings:
        yield unknown("row", address, evidence.readings, "magnitude.row")
        return
    dataset, _, row = address.partition(":")
    printed = evidence.datasets[dataset].rows[row].get(FOLD)
    try:
        differs = bool(printed) and float(printed) != fold
    except ValueError:  # a range, or words
        differs = False
    if differs:
        message = f"the row says {printed}"
        yield Complaint("magnitude", message, "magnitude.fold", fold, f"write {printed}")


def _shared(claim: Claim, same: Claim) -> Iterator[Complaint]:
    """Claims that share an experiment share everything that is run."""
    for key in ("setting", "stressor", "intervention", "loses", "comparator"):
        if getattr(claim, key) != getattr(same, key):
            message = f"{same.id} has this experiment with another {key}"
            hint = "give it a name of its own"
            yield Complaint("experiment", message, "experiment", claim.experiment, hint)


def _scope(claim: Claim, scope: ScopeList) -> Iterator[Complaint]:
    """The list written before the first run holds, or a change of it says why not."""
    listed = scope.status(claim.id)
    if listed is not None and listed != claim.scope.status:
        message = f"{SCOPE} has it as {listed}"
        hint = "write the change, its day and its reason there"
        yield Complaint("scope_moved", message, "scope.status", claim.scope.status, hint)
