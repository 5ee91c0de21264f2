"""The appraisal of the literature: rules of bias and certainty, comparisons, pools; read once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from virtualskin.evidence import (
    Bias,
    BiasRules,
    CertaintyRules,
    Evidence,
    Study,
    read_bias_rules,
    read_certainty_rules,
    studies,
)
from virtualskin.ground import BadInput, Catalogue, Findings
from virtualskin.review.comparable import read_classes
from virtualskin.review.compared import Compared, Tables, comparisons, read_spreads
from virtualskin.review.pool import Pool, pools


@dataclass(frozen=True)
class Appraisal:
    """What is needed to say how good a source is, and what comparable sources say together.

    Args:
        evidence: the evidence shelf.
        bias_rules: how risk of bias is judged.
        certainty_rules: what raises and lowers certainty.
        tables: what comparisons are read with.
        directions: address of a row → up, down or no_change, where a trial record says so.
        reserved: keys of studies kept for validation; no pool of the strict kind has them.
    """

    evidence: Evidence
    bias_rules: BiasRules
    certainty_rules: CertaintyRules
    tables: Tables
    directions: Mapping[str, str]
    reserved: Collection[str] = ()

    @cached_property
    def studies(self) -> Mapping[str, Study]:
        """Every study of the evidence, by key."""
        return studies(self.evidence)

    @cached_property
    def compared(self) -> Mapping[str, Compared]:
        """Every comparison, by the address of its row."""
        found = comparisons(self.evidence, self.tables, self.directions)
        return {one.row.id: one for one in found}

    @cached_property
    def bias(self) -> Mapping[str, tuple[Bias, ...]]:
        """Risk of bias of every study that compares something, by key."""
        keys = dict.fromkeys(one.study for one in self.compared.values())
        return {key: self.bias_rules.assess(self.studies[key]) for key in keys}

    @cached_property
    def pools(self) -> Mapping[str, Pool]:
        """Every group of comparable studies, by name; those with a pool first."""
        made = pools(self.compared.values(), self.tables.classes, self.bias, reserved=self.reserved)
        return {pool.id: pool for pool in made}


def read_appraisal(
    catalogue: Catalogue,
    evidence: Evidence,
    directions: Mapping[str, str] | None = None,
    *,
    reserved: Collection[str] = (),
) -> tuple[Appraisal, Findings]:
    """Read the rules; what is wrong with them comes back as findings.

    Args:
        catalogue: the folders.
        evidence: the evidence shelf.
        directions: address of a row → up, down or no_change, where others know.
        reserved: keys of studies kept for validation.
    """
    bias, in_bias = read_bias_rules(catalogue)
    certainty, in_certainty = read_certainty_rules(catalogue)
    classes, in_classes = read_classes(catalogue)
    spreads, in_spreads = read_spreads(catalogue, evidence)
    made = Appraisal(
        evidence, bias, certainty, Tables(classes, spreads), directions or {}, reserved
    )
    return made, (*in_bias, *in_certainty, *in_classes, *in_spreads)


def load_appraisal(
    catalogue: Catalogue, evidence: Evidence, directions: Mapping[str, str] | None = None
) -> Appraisal:
    """The same, for use.

    Args:
        catalogue: the folders.
        evidence: the evidence shelf.
        directions: address of a row → up, down or no_change, where others know.

    Raises:
        BadInput: with every error of the rules.
    """
    made, findings = read_appraisal(catalogue, evidence, directions)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return made
