"""Units of the internal set as SBML unit definitions."""

from __future__ import annotations

import re

import libsbml

from virtualskin.ground import Units

# What the base dimensions of units.tsv are in SBML: kind and exponent of that kind.
_BASE: dict[str, tuple[tuple[int, int], ...]] = {
    "[time]": ((libsbml.UNIT_KIND_SECOND, 1),),
    "[length]": ((libsbml.UNIT_KIND_METRE, 1),),
    "[substance]": ((libsbml.UNIT_KIND_MOLE, 1),),
    "[uva_energy]": ((libsbml.UNIT_KIND_JOULE, 1),),
    "[erythemal_dose]": ((libsbml.UNIT_KIND_JOULE, 1), (libsbml.UNIT_KIND_METRE, -2)),
}
J_PER_M2_IN_ONE_SED = 100.0  # not science: definition of the unit SED


def unit_id(unit: str, units: Units) -> str:
    """The SBML id of an internal unit text: `1/day` → `per_day`."""
    if unit in units.pure:
        return "dimensionless"
    text = unit.replace("1/", "per_").replace("/", "_per_").replace("^", "").replace(" ", "_")
    return re.sub(r"\W", "_", text)


def add_units(model: libsbml.Model, units: Units) -> None:
    """Write the unit definitions, and day and pure number as the model's own units."""
    for unit in sorted(set(units.internal.values())):
        name = unit_id(unit, units)
        predefined = libsbml.UnitKind_forName(name) != libsbml.UNIT_KIND_INVALID
        if unit not in units.pure and not predefined:
            _define(model, name, unit, units)
    model.setTimeUnits("day")
    model.setSubstanceUnits("dimensionless")
    model.setExtentUnits("dimensionless")


def _define(model: libsbml.Model, name: str, unit: str, units: Units) -> None:
    definition = model.createUnitDefinition()
    definition.setId(name)
    root = units.registry.Quantity(1.0, units.parse(unit)).to_root_units()
    multiplier = float(root.magnitude)
    parts: list[tuple[int, int]] = []
    for dimension, power in sorted(dict(root.dimensionality).items()):
        exponent = int(str(power).partition(".")[0])
        parts += [(kind, each * exponent) for kind, each in _BASE.get(dimension, ())]
        if dimension == "[erythemal_dose]":
            multiplier *= J_PER_M2_IN_ONE_SED**exponent
    _unit(definition, libsbml.UNIT_KIND_DIMENSIONLESS, 1, multiplier)
    for kind, exponent in parts:
        _unit(definition, kind, exponent, 1.0)


def _unit(definition: libsbml.UnitDefinition, kind: int, exponent: int, multiplier: float) -> None:
    unit = definition.createUnit()
    unit.setKind(kind)
    unit.setExponent(exponent)
    unit.setScale(0)
    unit.setMultiplier(multiplier)
