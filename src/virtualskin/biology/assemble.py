"""The assembler: mechanisms wired by port name, drives multiplied on, one SBML model.

Text carries structure only: values go from table to engine as doubles (`Skin.values`), since
Antimony and libSBML write numbers with 15 digits. The values written into the SBML file are for
readers of the exported model.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import libsbml

from virtualskin.biology import formula
from virtualskin.biology.drive import Drive
from virtualskin.biology.library import Library
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.reference import STEADY
from virtualskin.biology.unit_definition import add_units, unit_id
from virtualskin.ground import RunFailed

COPY = "comparator_"
HOLD, OFF, RUNS = "hold_", "off_", "runs_"


def runs_name(mechanism: str, process: str) -> str:
    """The switch of a process or variable."""
    return f"{RUNS}{mechanism}_{process}"


@dataclass(frozen=True, slots=True)
class Switches:
    """What an assembled model can switch by parameters.

    One model then serves every knock-out of a setting, and they are solved as one population.

    Args:
        drives: drives that can be fixed at 1 (`off_ID` is 1, else 0) and, in a twin, held at their
            source's course in the comparator (`hold_ID` is 1, else 0).
        stops: (mechanism, process or variable) that can be slowed or stopped in both skins: what
            is left of it is `runs_MECHANISM_NAME`, 1 where nothing is switched.
        twin: whether the model carries a second skin, the comparator's.
        own: in a twin: numbers of which the comparator has its own (`comparator_NAME`).
    """

    drives: frozenset[str] = frozenset()
    stops: frozenset[tuple[str, str]] = frozenset()
    twin: bool = False
    own: frozenset[str] = frozenset()

    @property
    def parameters(self) -> dict[str, float]:
        """Every switch as it stands where nothing is switched."""
        holds = [HOLD + name for name in sorted(self.drives)] if self.twin else []
        offs = [OFF + name for name in sorted(self.drives)]
        still = dict.fromkeys((*holds, *offs), 0.0)
        return still | {runs_name(*one): 1.0 for one in sorted(self.stops)}


@dataclass(frozen=True, slots=True)
class Structure:
    """The assembled equations.

    Args:
        sbml: SBML L3V2 text.
        states: ids of the living states in model order; a state that a setting holds at rest is a
            constant of the model instead.
        variables: algebraic quantities (drives' factors and observables included), in order.
        copied: whether the model carries a second skin, the comparator's, beside the treated one.
    """

    sbml: str
    states: tuple[str, ...]
    variables: tuple[str, ...]
    copied: bool


def assemble(
    library: Library,
    values: dict[str, float],
    *,
    held: Collection[str] = (),
    off: Collection[str] = (),
    stopped: Collection[tuple[str, str]] = (),
    switches: Switches | None = None,
) -> Structure:
    """Join every mechanism and drive of the library into one model.

    Args:
        library: the shelf, free of errors.
        values: value of every number, by flat id, and of every reference (`reference_<name>`).
        held: drives whose source is held at its course in the comparator arm. The model then
            carries two skins: quantities named `comparator_...` follow the comparator, and the
            held drives of the other read the comparator's source.
        off: drives whose factor is fixed at 1.
        stopped: (mechanism, process) left out, in both skins.
        switches: what the model can switch by parameters, and whether it carries two skins.

    Raises:
        RunFailed: if libSBML refuses the assembled model.
    """
    document = libsbml.SBMLDocument(3, 2)  # not science: SBML level and version
    model = document.createModel()
    model.setId("virtualskin")
    model.setName("virtualskin: one square centimetre of facial skin")
    add_units(model, library.units)
    switches = switches or Switches()
    builder = _Builder(library, model, values, frozenset(off), frozenset(stopped), switches)
    builder.constants()
    copied = bool(held) or switches.twin
    if copied:
        builder.skin(COPY, frozenset())
    builder.skin("", frozenset(held))
    document.setLevelAndVersion(3, 2, False)  # not science: SBML level and version
    text = libsbml.writeSBMLToString(document)
    if text is None:
        raise RunFailed("libSBML could not write the assembled model.")
    states = tuple(s.getId() for s in model.getListOfSpecies() if not s.getBoundaryCondition())
    variables = tuple(r.getVariable() for r in model.getListOfRules())
    return Structure(text, states, variables, copied)


class _Builder:
    """Writes one library into one libSBML model, once or twice over."""

    def __init__(
        self,
        library: Library,
        model: libsbml.Model,
        values: dict[str, float],
        off: frozenset[str],
        stopped: frozenset[tuple[str, str]],
        switches: Switches,
    ) -> None:
        self.library = library
        self.model = model
        self.values = values
        self.off = off
        self.stopped = stopped
        self.switches = switches
        self.local: set[str] = set()

    def constants(self) -> None:
        """Compartments and everything both skins share: parameters, inputs, states at rest."""
        compartments = sorted(
            {
                c.getId()
                for m in self.library.mechanisms.values()
                for c in m.model.getListOfCompartments()
            }
        )
        for name in compartments:
            compartment = self.model.createCompartment()
            compartment.setId(name)
            compartment.setSpatialDimensions(3)
            compartment.setSize(1.0)
            compartment.setUnits("dimensionless")
            compartment.setConstant(True)
        states = {
            s for m in self.library.mechanisms.values() for s in m.owned("state", "accumulator")
        }
        for flat, number in self.library.numbers.items():
            if flat not in states:
                self._parameter(
                    flat,
                    unit_id(number.unit, self.library.units),
                    self.values.get(flat),
                    number.name,
                )
        for name, value in self.values.items():
            if name.startswith("reference_"):
                unit = self._unit_of(name.removeprefix("reference_"))
                self._parameter(name, unit, value, f"reference value of {name[10:]}")
            if name.startswith(STEADY):
                unit = self._sbml_unit("1/day")
                self._parameter(name, unit, value, f"resting rate of {name[len(STEADY) :]}")
        for name, value in self.switches.parameters.items():
            self._parameter(name, "dimensionless", value, "a switch")
        for mechanism in self.library.mechanisms.values():
            self._species(mechanism, None)

    def skin(self, prefix: str, held: frozenset[str]) -> None:
        """One skin: species, reactions, rules, drives, observables; names carry `prefix`."""
        rename = _Names(self.library, prefix, self.switches.own if self.switches.twin else ())
        if prefix:
            for name in sorted(self.switches.own & self.library.numbers.keys()):
                number = self.library.numbers[name]
                unit = unit_id(number.unit, self.library.units)
                self._parameter(prefix + name, unit, self.values.get(name), number.name)
        for mechanism in self.library.mechanisms.values():
            self._species(mechanism, rename)
        factors: dict[tuple[str, str], list[str]] = {}
        for drive in self.library.drives.values():
            factors.setdefault(drive.target, []).append(prefix + drive.factor)
        for mechanism in self.library.mechanisms.values():
            self._rules(mechanism, rename, factors)
            self._reactions(mechanism, rename, factors)
        for drive in self.library.drives.values():
            self._drive(drive, rename, COPY if drive.id in held else prefix)
        for name in self.library.observables:
            node = formula.parse(f"{name}_reference")
            self._rule(
                prefix + name,
                formula.product(node, factors.get((name, name), [])),
                self._unit_of(name),
            )

    def _species(self, mechanism: Mechanism, rename: _Names | None) -> None:
        """Living species of one skin; without `rename`, those held at rest, which both share."""
        owned = mechanism.owned("state", "accumulator")
        for source in mechanism.model.getListOfSpecies():
            name = source.getId()
            still = name in self.library.still
            if name not in owned or still == (rename is not None):
                continue
            species = self.model.createSpecies()
            species.setId(name if rename is None else rename(mechanism, name))
            species.setName(owned[name][1].note or name)
            species.setCompartment(source.getCompartment())
            species.setHasOnlySubstanceUnits(True)
            species.setBoundaryCondition(still)
            species.setConstant(False)
            species.setSubstanceUnits("dimensionless")
            species.setInitialAmount(self.values[name])

    def _rules(
        self, mechanism: Mechanism, rename: _Names, factors: dict[tuple[str, str], list[str]]
    ) -> None:
        for rule in mechanism.model.getListOfRules():
            name = rule.getVariable()
            node = rename.math(mechanism, rule.getMath())
            unit = self._sbml_unit(mechanism.rows[name][1].unit)
            node = formula.product(node, factors.get((mechanism.name, name), []))
            if (mechanism.name, name) in self.switches.stops:
                node = formula.product(node, [runs_name(mechanism.name, name)])
            self._rule(rename(mechanism, name), node, unit)

    def _reactions(
        self, mechanism: Mechanism, rename: _Names, factors: dict[tuple[str, str], list[str]]
    ) -> None:
        species = {s.getId() for s in self.model.getListOfSpecies()}
        for source in mechanism.model.getListOfReactions():
            if not self._moves(mechanism, source):
                continue
            reaction = self.model.createReaction()
            reaction.setId(rename(mechanism, source.getId()))
            reaction.setReversible(False)
            for side, make in (
                (source.getListOfReactants(), reaction.createReactant),
                (source.getListOfProducts(), reaction.createProduct),
            ):
                for reference in side:
                    made = make()
                    made.setSpecies(rename(mechanism, reference.getSpecies()))
                    made.setStoichiometry(reference.getStoichiometry())
                    made.setConstant(True)
            if (mechanism.name, source.getId()) in self.library.steady:
                node = self._steady_law(mechanism, source, rename)
            else:
                node = rename.math(mechanism, source.getKineticLaw().getMath())
                node = formula.product(node, factors.get((mechanism.name, source.getId()), []))
            if (mechanism.name, source.getId()) in self.switches.stops:
                node = formula.product(node, [runs_name(mechanism.name, source.getId())])
            formula.dimensionless_literals(node)
            reaction.createKineticLaw().setMath(node)
            taking_part = {r.getSpecies() for r in reaction.getListOfReactants()} | {
                r.getSpecies() for r in reaction.getListOfProducts()
            }
            for name in sorted(formula.names(node) & species - taking_part):
                reaction.createModifier().setSpecies(name)

    def _moves(self, mechanism: Mechanism, source: libsbml.Reaction) -> bool:
        """Whether a process changes anything that lives; one stopped or steady at 0 does not."""
        if (mechanism.name, source.getId()) in self.stopped:
            return False
        steady = (mechanism.name, source.getId()) in self.library.steady
        if steady and self.values[STEADY + mechanism.flat(source.getId())] == 0:
            return False
        species = [*source.getListOfReactants(), *source.getListOfProducts()]
        return any(s.getSpecies() not in self.library.still for s in species)

    def _steady_law(
        self, mechanism: Mechanism, source: libsbml.Reaction, rename: _Names
    ) -> libsbml.ASTNode:
        """The resting rate; less as what it takes runs out, at most twice as it piles up."""
        text = STEADY + mechanism.flat(source.getId())
        for reference in source.getListOfReactants():
            name = reference.getSpecies()
            taken, rest = rename(mechanism, name), f"reference_{name}"
            text += f" * 2 * {taken} / ({taken} + {rest})"
        return formula.parse(text)

    def _drive(self, drive: Drive, rename: _Names, read: str) -> None:
        if drive.id in self.off:
            node = formula.parse("1")
        else:
            # inputs and states at rest are one for both skins: there is no copy to read
            source = read + drive.source if drive.source in rename.moving else drive.source
            switched = drive.id in self.switches.drives
            if switched and self.switches.twin and not rename.prefix and source in rename.moving:
                source = f"({source} + {HOLD}{drive.id} * ({COPY}{source} - {source}))"
            text = drive.formula(source, f"reference_{drive.source}")
            if switched:
                text = f"{OFF}{drive.id} + (1 - {OFF}{drive.id}) * ({text})"
            node = formula.parse(text)
        self._rule(rename.prefix + drive.factor, node, "dimensionless")

    def _rule(self, name: str, node: libsbml.ASTNode, unit: str) -> None:
        self._parameter(name, unit, None, name, constant=False)
        formula.dimensionless_literals(node)
        rule = self.model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(node)

    def _parameter(
        self, flat: str, unit: str, value: float | None, title: str, *, constant: bool = True
    ) -> None:
        parameter = self.model.createParameter()
        parameter.setId(flat)
        parameter.setName(title)
        parameter.setUnits(unit)
        parameter.setConstant(constant)
        if value is not None:
            parameter.setValue(value)

    def _sbml_unit(self, unit: str) -> str:
        return unit_id(self.library.units.internal_unit(unit), self.library.units)

    def _unit_of(self, name: str) -> str:
        """SBML unit id of a state, variable, input or observable."""
        if name in self.library.observables:
            return self._sbml_unit(self.library.observables[name].reference.unit)
        if name in self.library.numbers:
            return self._sbml_unit(self.library.numbers[name].unit)
        for mechanism in self.library.mechanisms.values():
            if name in mechanism.rows:
                return self._sbml_unit(mechanism.rows[name][1].unit)
        return "dimensionless"


class _Names:
    """Renames a mechanism's symbols to those of the assembled model."""

    def __init__(self, library: Library, prefix: str, own: Collection[str] = ()) -> None:
        self.prefix = prefix
        moving: set[str] = set()
        for mechanism in library.mechanisms.values():
            moving |= set(mechanism.owned("state", "accumulator", "variable"))
            moving |= {mechanism.flat(p) for p in mechanism.owned("process")}
        self.moving = (moving | set(own)) - library.still

    def __call__(self, mechanism: Mechanism, symbol: str) -> str:
        flat = mechanism.flat(symbol)
        return self.prefix + flat if flat in self.moving else flat

    def math(self, mechanism: Mechanism, node: libsbml.ASTNode) -> libsbml.ASTNode:
        """A copy of an expression with every symbol renamed."""
        copy = node.deepCopy()
        for child in formula.walk(copy):
            if child.getType() == libsbml.AST_NAME:
                child.setName(self(mechanism, child.getName()))
        return copy
