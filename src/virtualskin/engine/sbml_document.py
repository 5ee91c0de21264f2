"""A text made a libSBML model: guarded, parsed, its submodels flattened.

Flattening is libSBML's. Before it, the model's size once flat is counted, since submodels that hold
submodels grow without bound, and definitions in other files are refused, since nothing but the
text itself is ever read.
"""

from __future__ import annotations

from typing import Any, Final

import libsbml

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.sbml_refusals import each, place, refuse_document
from virtualskin.engine.xml_guard import guard

MOST_ELEMENTS: Final = 200_000  # not science: bound of a flattened model

# libSBML flattens from the inside out, each level walked recursively
MAX_NESTING: Final = 50  # not science: bound of submodels in submodels


def open_document(text: str) -> tuple[Any, str]:
    """The document of a text and the text of what is simulated, which differ after flattening.

    The caller must keep the document alive as long as it uses its model.
    Raises `UnsupportedSBML` for broken or hostile text and for packages that are not supported.
    """
    guard(text)
    document = libsbml.readSBMLFromString(text)
    if document.getPlugin("comp") is not None and document.getModel() is not None:
        text = _flattened(document)
        # what is read again later, such as in another process, must pass by itself
        guard(text)
        document = libsbml.readSBMLFromString(text)
    refuse_document(document)
    return document, text


def _flattened(document: Any) -> str:
    plugin = document.getPlugin("comp")
    if plugin.getNumExternalModelDefinitions():
        raise UnsupportedSBML(
            "The model takes definitions from other files, which are never opened.",
            where=place(plugin.getExternalModelDefinition(0)),
            hint="Flatten it to one file of SBML core.",
        )
    _refuse_growth(document, plugin)
    properties = libsbml.ConversionProperties()
    properties.addOption("flatten comp", True)
    properties.addOption("performValidation", False)
    properties.addOption("leavePorts", False)
    if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
        reason = document.getError(document.getNumErrors() - 1) if document.getNumErrors() else None
        told = f": {reason.getShortMessage()}" if reason is not None else ""
        raise UnsupportedSBML(
            f"The submodels could not be flattened{told}.",
            where=place(document),
            hint="Flatten or convert it to SBML core.",
        )
    return str(libsbml.writeSBMLToString(document))


def _refuse_growth(document: Any, plugin: Any) -> None:
    models = {m.getId(): m for m in each(plugin.getListOfModelDefinitions())}
    sizes: dict[str, int] = {}
    under_way: list[str] = []

    def size(model: Any) -> int:
        name = model.getId()
        if name in sizes:
            return sizes[name]
        if name in under_way:
            raise UnsupportedSBML(
                f"Submodel '{name}' holds itself.", where=place(model), hint="Break the circle."
            )
        if len(under_way) >= MAX_NESTING:
            raise UnsupportedSBML(
                f"Submodels nest deeper than {MAX_NESTING}.",
                where=place(model),
                hint="Flatten the model, or hold what is inside directly.",
            )
        under_way.append(name)
        # the elements of a model are found by its own ids and those of what it holds
        total = _own_size(model)
        inner = model.getPlugin("comp")
        for submodel in each(inner.getListOfSubmodels() if inner is not None else None):
            held = models.get(submodel.getModelRef())
            total += size(held) if held is not None else 0
        under_way.pop()
        sizes[name] = total
        return total

    whole = size(document.getModel())
    if whole > MOST_ELEMENTS:
        raise UnsupportedSBML(
            f"The model has {whole} elements once its submodels are flattened; "
            f"at most {MOST_ELEMENTS} are read.",
            where=place(document.getModel()),
            hint="Simulate a smaller model.",
        )


def _own_size(model: Any) -> int:
    lists = (
        model.getListOfCompartments(), model.getListOfSpecies(), model.getListOfParameters(),
        model.getListOfReactions(), model.getListOfRules(), model.getListOfEvents(),
        model.getListOfInitialAssignments(), model.getListOfFunctionDefinitions(),
    )  # fmt: skip
    return 1 + sum(items.size() for items in lists)
