"""Equations as people read them: the law of an arrow, the drives multiplied onto it, a reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtualskin.biology import Drive, Library, Mechanism, Observable, formula


@dataclass(frozen=True)
class Law:
    """One law of a mechanism.

    Args:
        mechanism: its owner.
        symbol: process or variable it belongs to.
        text: the law in the mechanism's own symbols.
        reads: flat names it reads.
        changes: states that it changes.
        process: whether it is an arrow (else an algebraic relation).
    """

    mechanism: Mechanism
    symbol: str
    text: str
    reads: frozenset[str]
    changes: frozenset[str]
    process: bool

    @property
    def name(self) -> str:
        """`mechanism.symbol`."""
        return f"{self.mechanism.name}.{self.symbol}"


def laws(library: Library) -> Iterator[Law]:
    """Every law of every mechanism."""
    for m in library.mechanisms.values():
        for reaction in m.model.getListOfReactions():
            node = reaction.getKineticLaw().getMath()
            lost = [r.getSpecies() for r in reaction.getListOfReactants()]
            made = [r.getSpecies() for r in reaction.getListOfProducts()]
            arrow = f"{' + '.join(lost) or '∅'} → {' + '.join(made) or '∅'}"
            text = f"{arrow}, rate {formula.show(node)}"
            changed = frozenset([*lost, *made])
            yield Law(m, reaction.getId(), text, _flat(m, node), changed, True)
        for rule in m.model.getListOfRules():
            name = rule.getVariable()
            text = f"{name} = {formula.show(rule.getMath())}"
            yield Law(m, name, text, _flat(m, rule.getMath()), frozenset(), False)


def law_lines(library: Library, law: Law) -> list[str]:
    """A law with its drives multiplied on, and below it what each drive is."""
    drives = drives_on(library, law.mechanism.name, law.symbol)
    factors = "".join(f" × {d.id}" for d in drives)
    return [f"{law.name}: {law.text}{factors}", *(f"  {drive_line(d)}" for d in drives)]


def drives_on(library: Library, owner: str, symbol: str) -> list[Drive]:
    """Drives multiplied onto one process, variable or observable."""
    return [d for d in library.drives.values() if d.target == (owner, symbol)]


def drive_line(drive: Drive) -> str:
    """A drive's factor in the names of its own numbers; `ref` is the reference person's value."""
    text = drive.formula(drive.source, f"ref({drive.source})")
    for name, number in drive.numbers.items():
        text = text.replace(number.flat, name)
    return f"{drive.id} = {text}"


def observable_lines(library: Library, observable: Observable) -> list[str]:
    """A reading: the reference person's, times its influences."""
    drives = drives_on(library, observable.id, observable.id)
    factors = "".join(f" × {d.id}" for d in drives)
    lines = [f"{observable.id} = reference{factors}"]
    return lines + [f"  {drive_line(d)}" for d in drives]


def _flat(mechanism: Mechanism, node: formula.libsbml.ASTNode) -> frozenset[str]:
    return frozenset(mechanism.flat(name) for name in formula.names(node))
