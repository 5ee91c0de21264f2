"""What is refused before a model is read, and how a refusal names its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import libsbml

from virtualskin.engine.errors import UnsupportedSBML


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
    events = model.getListOfEvents()
    if events.size():
        raise refuser(events.get(0))("is an event", "give doses in the program instead of events")
    constraints = model.getListOfConstraints()
    if constraints.size():
        raise refuser(constraints.get(0))("is a constraint", "remove it; results are not checked")
    if model.isSetConversionFactor():
        raise refuser(model)("has a conversion factor", "state one unit of substance throughout")
    for species in each(model.getListOfSpecies()):
        if species.isSetConversionFactor():
            raise refuser(species)("has a conversion factor", "state one unit of substance")
    for reaction in each(model.getListOfReactions()):
        _refuse_reaction(reaction)


def _refuse_reaction(reaction: Any) -> None:
    if reaction.isSetFast() and reaction.getFast():
        raise refuser(reaction)("is a fast reaction", "give it a large rate instead")
    for side in (reaction.getListOfReactants(), reaction.getListOfProducts()):
        for reference in each(side):
            refuse = refuser(reference, reaction.getId())
            moves = reference.getLevel() > 2 and not reference.getConstant()
            assigned = reference.getId() and _is_assigned(reaction.getModel(), reference.getId())
            if reference.isSetStoichiometryMath() or moves or assigned:
                raise refuse("has a stoichiometry that is not a number", "write a constant number")


def _is_assigned(model: Any, name: str) -> bool:
    return model.getInitialAssignmentBySymbol(name) is not None or model.getRule(name) is not None
