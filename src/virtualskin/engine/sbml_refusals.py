"""What is refused before a model is read, and how a refusal names its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import libsbml

from virtualskin.engine.errors import UnsupportedSBML

if TYPE_CHECKING:
    from virtualskin.engine.system import System


def each(items: Any) -> Iterator[Any]:
    """The members of a libSBML list, which may be absent."""
    if items is not None:
        for i in range(items.size()):
            yield items.get(i)


def place(element: Any, name: str = "") -> str:
    """`<reaction id="j1"> line 12`: element, id and line, as far as they are known."""
    if element is None:
        return name
    own = name or element.getIdAttribute() or element.getMetaId()
    identity = f' id="{own}"' if own else ""
    return f"<{element.getElementName()}{identity}> line {element.getLine()}"


def refuser(element: Any, name: str = "") -> Callable[[str, str], UnsupportedSBML]:
    """A maker of refusals for one element: `raise refuse(reason, hint)`."""
    own = name or element.getIdAttribute() or _variable(element)

    def refuse(reason: str, hint: str) -> UnsupportedSBML:
        label = f"'{own}'" if own else f"A {element.getElementName()}"
        return UnsupportedSBML(
            f"{label} {reason}, which is not supported.",
            where=place(element, own),
            hint=hint[:1].upper() + hint[1:] + ".",
        )

    return refuse


def _variable(element: Any) -> str:
    for getter in ("getVariable", "getSymbol"):
        if hasattr(element, getter):
            return str(getattr(element, getter)())
    return ""


def refuse_document(document: Any) -> None:
    """Raise for reading errors, required packages and an absent model."""
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            raise UnsupportedSBML(
                f"The SBML cannot be read: {error.getShortMessage()}.",
                where=f"line {error.getLine()}",
                hint="Save the model again with the tool that made it.",
            )
    if document.getModel() is None:
        raise UnsupportedSBML("The SBML holds no model.", hint="Give a document with one model.")
    packages = [document.getPlugin(i).getPackageName() for i in range(document.getNumPlugins())]
    for package in packages:
        # libSBML keeps the mathematics that Level 3 Version 2 made core as a package of its own
        if package != "l3v2extendedmath" and document.getPackageRequired(package):
            raise UnsupportedSBML(
                f"The model needs the SBML package '{package}', which is not supported.",
                where=place(document),
                hint="Flatten or convert it to SBML core.",
            )
    if document.getNumUnknownPackages() > 0:
        raise UnsupportedSBML(
            f"The model uses the unknown SBML package '{document.getUnknownPackageURI(0)}'.",
            where=place(document),
            hint="Remove the package.",
        )


def refuse_model(model: Any) -> None:
    """Raise for parts of SBML core that the engine does not have."""
    if model.getLevel() < 2:
        raise refuser(model)("is SBML Level 1", "convert it to Level 2 or 3")
    for constraint in each(model.getListOfConstraints()):
        if constraint.getMath() is not None:
            raise refuser(constraint)("is a constraint", "remove it; results are not checked")
    for reaction in each(model.getListOfReactions()):
        if reaction.isSetFast() and reaction.getFast():
            raise refuser(reaction)("is a fast reaction", "give it a large rate instead")


def beyond_plain(system_text: str) -> UnsupportedSBML | None:
    """The refusal of the first construct that only the solvers on our own formulas have.

    These are events, conversion factors, stoichiometry that moves, algebraic rules and rateOf.
    """
    document = libsbml.readSBMLFromString(system_text)
    model = document.getModel()
    hint = "take backend='population' or 'reference'"
    ruled = {rule.getVariable() for rule in each(model.getListOfRules())}
    ruled |= {start.getSymbol() for start in each(model.getListOfInitialAssignments())}
    for event in each(model.getListOfEvents()):
        return refuser(event)("is an event", hint)
    for rule in each(model.getListOfRules()):
        if rule.isAlgebraic():
            return refuser(rule)("is an algebraic rule", hint)
    for element in (model, *each(model.getListOfSpecies())):
        if element.isSetConversionFactor():
            return refuser(element)("has a conversion factor", hint)
    for reaction in each(model.getListOfReactions()):
        for side in (reaction.getListOfReactants(), reaction.getListOfProducts()):
            for reference in each(side):
                if reference.isSetStoichiometryMath() or reference.getId() in ruled - {""}:
                    refuse = refuser(reference, reaction.getId())
                    return refuse("has a stoichiometry that is not a number", hint)
    if "symbols/rateOf" in system_text:
        return UnsupportedSBML(
            "The model uses rateOf, which is not supported here.", hint=hint[:1].upper() + hint[1:]
        )
    return None


def refuse_beyond_plain(system: System) -> None:
    """Raise for what `beyond_plain` finds, and for concentrations in compartments that change."""
    refusal = beyond_plain(system.sbml)
    if refusal is not None:
        raise refusal
    model = libsbml.readSBMLFromString(system.sbml).getModel()
    fixed = frozenset(system.parameters)
    for species in each(model.getListOfSpecies()):
        if not species.getHasOnlySubstanceUnits() and species.getCompartment() not in fixed:
            raise refuser(species)(
                f"is a concentration in '{species.getCompartment()}', whose size changes",
                "take backend='population' or 'reference', or give it hasOnlySubstanceUnits",
            )
