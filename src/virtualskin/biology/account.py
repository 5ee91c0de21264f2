"""Where mass goes: the same model, with what leaves the skin collected instead of forgotten.

Every process that takes away something accounted for gets one more product, an accumulator, so that
what was given equals what is in the skin and what was cleared and lost, by stoichiometry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import libsbml

from virtualskin.biology.assemble import COPY, Structure
from virtualskin.biology.library import Library
from virtualskin.ground import RunFailed

CLEARED, LOST, MADE = "cleared_", "lost_", "made_"


@dataclass(frozen=True, slots=True)
class Account:
    """What is counted together.

    Args:
        id: its name.
        states: states that hold it.
        cleared: processes (`mechanism.process`) that carry it off with lymph or blood; others that
            take it away lose it.
    """

    id: str
    states: tuple[str, ...]
    cleared: tuple[str, ...] = ()

    @property
    def collected(self) -> tuple[str, str, str]:
        """Ids of its accumulators: cleared, lost, made by the skin itself."""
        return CLEARED + self.id, LOST + self.id, MADE + self.id


def accounted(structure: Structure, library: Library, accounts: Iterable[Account]) -> Structure:
    """The equations with three accumulators per account, which nothing reads.

    Args:
        structure: the assembled model; of two skins in it the treated one is accounted for.
        library: the shelf it was assembled from.
        accounts: what to count.

    Raises:
        RunFailed: if libSBML refuses the model.
    """
    document = libsbml.readSBMLFromString(structure.sbml)
    model = document.getModel()
    added: list[str] = []
    for account in accounts:
        states = [s for s in account.states if s in structure.states]
        if not states:
            continue
        cleared = {_flat(library, name) for name in account.cleared}
        for name in account.collected:
            _accumulator(model, name, model.getSpecies(states[0]).getCompartment())
            added.append(name)
        for reaction in model.getListOfReactions():
            if reaction.getId().startswith(COPY):
                continue
            change = _change(reaction, frozenset(states))
            if change:
                gone = CLEARED if reaction.getId() in cleared else LOST
                product = reaction.createProduct()
                product.setSpecies((MADE if change > 0 else gone) + account.id)
                product.setStoichiometry(abs(change))
                product.setConstant(True)
    text = libsbml.writeSBMLToString(document)
    if text is None:
        raise RunFailed("libSBML could not write the accounted model.")
    return replace(structure, sbml=text, states=(*structure.states, *added))


def _flat(library: Library, process: str) -> str:
    owner, _, symbol = process.partition(".")
    return library.mechanisms[owner].flat(symbol)


def _change(reaction: libsbml.Reaction, states: frozenset[str]) -> float:
    """What a reaction adds to some states together."""
    gained = sum(
        p.getStoichiometry() for p in reaction.getListOfProducts() if p.getSpecies() in states
    )
    taken = sum(
        r.getStoichiometry() for r in reaction.getListOfReactants() if r.getSpecies() in states
    )
    return float(gained - taken)


def _accumulator(model: libsbml.Model, name: str, compartment: str) -> None:
    species = model.createSpecies()
    species.setId(name)
    species.setCompartment(compartment)
    species.setHasOnlySubstanceUnits(True)
    species.setBoundaryCondition(False)
    species.setConstant(False)
    species.setSubstanceUnits("dimensionless")
    species.setInitialAmount(0.0)
