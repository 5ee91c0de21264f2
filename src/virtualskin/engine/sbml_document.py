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

# libSBML takes some fifty kilobytes to flatten one submodel, and copies every element
MOST_MODELS: Final = 20_000  # not science: bound of a flattened model
MOST_BYTES: Final = 10_000_000  # not science: bound of a flattened model

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
    sizes: dict[str, tuple[int, int]] = {}
    under_way: list[str] = []

    def size(model: Any) -> tuple[int, int]:
        """Models and bytes that a model comes to."""
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
        count, length = 1, len(model.toSBML())
        inner = model.getPlugin("comp")
        for submodel in each(inner.getListOfSubmodels() if inner is not None else None):
            held = models.get(submodel.getModelRef())
            if held is not None:
                one, long = size(held)
                count, length = count + one, length + long
        under_way.pop()
        sizes[name] = count, length
        return count, length

    count, length = size(document.getModel())
    for found, most, what in ((count, MOST_MODELS, "submodels"), (length, MOST_BYTES, "bytes")):
        if found > most:
            raise UnsupportedSBML(
                f"The model has {found} {what} once its submodels are written out; "
                f"at most {most} are read.",
                where=place(document.getModel()),
                hint="Flatten it to one file of SBML core, or simulate a smaller model.",
            )
