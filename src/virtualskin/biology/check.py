"""Rules that the biology shelf must keep: small objects, all run, all reported at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import libsbml

from virtualskin.biology import formula
from virtualskin.biology.annotations import annotation_findings, compartments
from virtualskin.biology.assemble import COPY, assemble
from virtualskin.biology.drive import Drive
from virtualskin.biology.library import Library
from virtualskin.biology.orphans import nothing_is_an_orphan
from virtualskin.biology.pathway import Pathway
from virtualskin.biology.reference import AT_REST, STEADY, balance, medians
from virtualskin.biology.row import UNIT_BY_PREFIX
from virtualskin.biology.signs import (
    arrows_run_forwards,
    directions_of_variables,
    drives_say_their_direction,
    processes_say_what_they_do,
)
from virtualskin.ground import CleanMarks, Finding, SkinError, Units
from virtualskin.ground.errors import nearest

LONGEST_MESSAGE = 400  # not science: characters
_ELEMENT = re.compile(
    r'<(reaction|assignmentRule|parameter|species)\b[^>]*?(?:id|variable)="(\w+)"'
)


def quantities(library: Library) -> dict[str, str]:
    """Every name a port or drive may read, and the internal unit it has."""
    found: dict[str, str] = {}
    for mechanism in library.mechanisms.values():
        for name, (_, row) in mechanism.rows.items():
            if row.kind in {"state", "accumulator", "variable", "input"}:
                found[name] = library.units.internal.get(row.unit, row.unit)
    return found


def ports_have_owners(library: Library) -> Iterable[Finding]:
    """Every port is a quantity another mechanism owns, or a compartment."""
    owned, places = quantities(library), set(compartments(library.catalogue))
    for mechanism in library.mechanisms.values():
        used = {c.getId() for c in mechanism.model.getListOfCompartments()}
        for port in mechanism.ports:
            if port in owned or (port in used and port in places):
                continue
            near = nearest(port, owned.keys() | places)
            hint = (
                f"did you mean {near[0]!r}?" if near else "no mechanism owns it: is a file missing?"
            )
            message = f"the port {port!r} of {mechanism.name!r} is owned by nobody"
            yield Finding("port", message, mechanism.ant, mechanism.header_line, "port", port, hint)
        for place in sorted(used - set(mechanism.ports)):
            message = f"the compartment {place!r} is not a port"
            yield Finding("port", message, mechanism.ant, mechanism.header_line, "port", place)


def drives_connect(library: Library) -> Iterable[Finding]:
    """Every drive reads a quantity that exists and multiplies a process or variable that exists."""
    owned = quantities(library)
    for drive in library.drives.values():
        if drive.source not in owned:
            near = nearest(drive.source, owned)
            hint = (
                f"did you mean {near[0]!r}?" if near else "no mechanism owns it: is a file missing?"
            )
            message = f"the drive {drive.id!r} reads {drive.source!r}, which nobody owns"
            column = "source_state"
            yield Finding("drive", message, drive.file, drive.line, column, drive.source, hint)
        yield from _target(library, drive)


def _target(library: Library, drive: Drive) -> Iterable[Finding]:
    owner, symbol = drive.target
    if owner in library.observables and symbol == owner:
        return
    mechanism = library.mechanisms.get(owner)
    known = mechanism.owned("process", "variable") if mechanism else library.mechanisms
    if mechanism is not None and symbol in known:
        return
    if owner in library.observables:
        mechanism, known = None, [f"{owner}.{owner}"]
    near = nearest(symbol if mechanism else owner, known)
    hint = f"did you mean {near[0]!r}?" if near else "write mechanism.process"
    message = f"the drive {drive.id!r} multiplies {owner}.{symbol}, which does not exist"
    yield Finding("drive", message, drive.file, drive.line, "target", f"{owner}.{symbol}", hint)


def drive_units(library: Library) -> Iterable[Finding]:
    """`half` has the unit of what is read, a linear gain its inverse, other numbers none."""
    owned, units = quantities(library), library.units
    for drive in library.drives.values():
        source = owned.get(drive.source)
        if source is None:
            continue
        for name, number in drive.numbers.items():
            want = units.parse("1")
            if name == "half":
                want = units.parse(source)
            if name == "gain" and drive.form == "linear":
                want = (1 / units.registry.Quantity(1.0, units.parse(source))).units
            if units.parse(number.unit).dimensionality != want.dimensionality:
                message = f"the {name} of the drive {drive.id!r} must be in {want:~}"
                value = number.row.unit
                yield Finding("dimension", message, number.file, number.line, "unit", value)


def power_has_reference(library: Library) -> Iterable[Finding]:
    """A power or fraction of something that is 0 at the reference has no meaning."""
    at = medians(library)
    for drive in library.drives.values():
        if drive.form in {"power", "fraction"} and at.get(drive.source) == 0:
            message = f"the drive {drive.id!r} divides by {drive.source!r}, which rests at 0"
            hint = "use linear, rise or fall"
            yield Finding("drive", message, drive.file, drive.line, "form", drive.form, hint)


def flat_names_are_unique(library: Library) -> Iterable[Finding]:
    """Every name of the assembled model stands for one thing; `comparator_` is the twin's."""
    owner = {place: f"the compartment {place}" for place in compartments(library.catalogue)}

    def claim(flat: str, name: str, file: str, line: int | None) -> Iterable[Finding]:
        if flat.startswith((COPY, STEADY, "reference_")):
            message = f"{name!r} starts with a prefix that the assembler keeps for itself"
            yield Finding("two_owners", message, file, line, "id", flat, "choose another name")
        if owner.setdefault(flat, name) != name:
            message = f"{name!r} has in the model the name {flat!r} of {owner[flat]}"
            hint = "each state, variable, input and flat name has one owner"
            yield Finding("two_owners", message, file, line, "id", flat, hint)

    for mechanism in library.mechanisms.values():
        for symbol, (line, row) in mechanism.rows.items():
            name = f"{mechanism.name}.{symbol}"
            if row.kind in {"process", "variable"}:
                yield from claim(mechanism.flat(symbol), name, mechanism.tsv, line)
            else:
                owner.setdefault(mechanism.flat(symbol), name)
    for name, file in library.observable_files.items():
        yield from claim(name, f"the observable {name}", file, None)
    for number in library.numbers.values():
        yield from claim(number.flat, number.name, number.file, number.line)
    for drive in library.drives.values():
        yield from claim(drive.factor, f"the drive {drive.id}", drive.file, drive.line)


def spreads_suit_values(library: Library) -> Iterable[Finding]:
    """A median lies where its spread has values: a share in 0 to 1, a range between its ends."""
    for number in library.numbers.values():
        for column, spread in (("varies", number.varies), ("uncertain", number.uncertain)):
            if spread is None or number.value is None:
                continue
            low, high = spread.arguments if len(spread.arguments) == 2 else (0.0, 1.0)
            inside = low < number.value < high
            if spread.kind not in {"logitnormal", "uniform", "loguniform"} or inside:
                continue
            message = f"the value of {number.name!r} lies outside its own spread"
            hint = f"it lies between {low:g} and {high:g} {number.unit}"
            said = f"{spread}"
            yield Finding("spread", message, number.file, number.line, column, said, hint)


def names_tell_dimensions(library: Library) -> Iterable[Finding]:
    """`k_` is a rate (per unit of what drives it), `lag_` and `tau_` a time, `frac_` a share."""
    units = library.units
    for mechanism in library.mechanisms.values():
        for symbol, (line, row) in mechanism.owned("parameter").items():
            prefix = symbol.partition("_")[0] + "_"
            if prefix not in UNIT_BY_PREFIX or row.unit not in units.listed:
                continue
            want = UNIT_BY_PREFIX[prefix]
            if not _fits(units, row.unit, want, prefix):
                message = f"{symbol!r} has by its name the dimension of {want!r}"
                hint = f"give {want}, or rename it"
                yield Finding("dimension", message, mechanism.tsv, line, "unit", row.unit, hint)


def _fits(units: Units, unit: str, want: str, prefix: str) -> bool:
    if units.same_dimension(unit, want):
        return True
    # A rate per light dose (1/SED, cm^2/J) becomes 1/day once multiplied by a dose rate.
    light = [x for x in ("1/SED", "cm^2/J") if x in units.listed]
    return prefix == "k_" and any(units.same_dimension(unit, x) for x in light)


def pathways_name_drives(library: Library) -> Iterable[Finding]:
    """A pathway holds drives that exist, and stops processes that nothing at rest depends on."""
    for pathway in library.pathways.values():
        yield from _stopped_processes(library, pathway)
        yield from _silenced(library, pathway)
        named = [("drives", name) for name in pathway.drives]
        for key, name in (*named, *(("zeroed", name) for name in pathway.zeroed)):
            if name not in library.drives:
                near = nearest(name, library.drives)
                hint = f"did you mean {near[0]!r}?" if near else ""
                message = (
                    f"the pathway {pathway.id!r} names the drive {name!r}, which does not exist"
                )
                file = f"biology/pathways/{pathway.id}.yaml"
                yield Finding("pathway", message, file, None, key, name, hint)


def _stopped_processes(library: Library, pathway: Pathway) -> Iterable[Finding]:
    """What a product brought rests at nothing, so without its processes the skin still rests."""
    given = {n: m for n, m in library.mechanisms.items() if not m.folder.startswith("biology/")}
    known = [f"{n}.{symbol}" for n, m in given.items() for symbol in m.owned("process")]
    file = f"biology/pathways/{pathway.id}.yaml"
    for name in pathway.stopped:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near[0]!r}?" if near else "name a process of delivery or action"
            message = f"the pathway {pathway.id!r} stops {name!r}, no process that a product feeds"
            yield Finding("pathway", message, file, None, "stopped", name, hint)


def _silenced(library: Library, pathway: Pathway) -> Iterable[Finding]:
    """What a cell can lack is a process or a variable of some mechanism."""
    mechanisms = library.mechanisms.items()
    known = [f"{n}.{name}" for n, m in mechanisms for name in m.owned("process", "variable")]
    file = f"biology/pathways/{pathway.id}.yaml"
    for name in pathway.silenced:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near[0]!r}?" if near else "name a process or a variable"
            message = f"the pathway {pathway.id!r} silences {name!r}, which does not exist"
            yield Finding("pathway", message, file, None, "silenced", name, hint)


RULES: tuple[Callable[[Library], Iterable[Finding]], ...] = (
    ports_have_owners,
    drives_connect,
    drive_units,
    power_has_reference,
    flat_names_are_unique,
    spreads_suit_values,
    names_tell_dimensions,
    pathways_name_drives,
    annotation_findings,
    nothing_is_an_orphan,
    processes_say_what_they_do,
    drives_say_their_direction,
)


def check_library(library: Library) -> tuple[Finding, ...]:
    """Run every rule; then, if the shelf is whole, balance it and check the units of every law."""
    findings = list(library.findings)
    for rule in RULES:
        findings.extend(rule(library))
    if any(f.severity == "error" for f in findings):
        return tuple(findings)
    try:
        rest = balance(library, medians(library))
    except SkinError as error:
        return (*findings, Finding(error.code, error.message, "biology", hint=error.hint))
    findings.extend(rest.findings or drives_are_one(library, rest.values))
    if not rest.findings:
        findings.extend(directions_of_variables(library, rest.values))
        findings.extend(arrows_run_forwards(library, rest.values))
    if all(f.severity != "error" for f in findings):
        findings.extend(unit_findings(library, assemble(library, rest.values).sbml))
    return tuple(findings)


def drives_are_one(library: Library, values: Mapping[str, float]) -> Iterable[Finding]:
    """Every drive is 1 at the reference, or it would move the person who rests there."""
    for drive in library.drives.values():
        text = drive.formula(f"reference_{drive.source}", f"reference_{drive.source}")
        try:
            factor = formula.evaluate(formula.parse(text), values)
        except SkinError as error:
            message = f"the drive {drive.id!r} has no value at the reference: {error.message}"
            yield Finding("drive", message, drive.file, drive.line, "form", drive.form)
            continue
        if abs(factor - 1.0) > AT_REST:
            message = f"the drive {drive.id!r} is {factor:g} at the reference, not 1"
            yield Finding("drive", message, drive.file, drive.line, "form", drive.form)


def unit_findings(library: Library, sbml: str) -> list[Finding]:
    """libSBML's verdict on the units of every law, traced back to file and row.

    It takes seconds for a whole skin, so a text that was found clean is not judged again.
    """
    marks = CleanMarks("units", libsbml.getLibSBMLDottedVersion())
    if marks.has(sbml):
        return []
    document = libsbml.readSBMLFromString(sbml)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    lines = sbml.splitlines()
    findings: list[Finding] = []
    for index in range(document.getNumErrors()):
        error = document.getError(index)
        element = _enclosing(lines, error.getLine())
        file, row = _row_of(library, element)
        message = " ".join(str(error.getMessage()).split())
        shown = f"units of {element!r}: {message}"[:LONGEST_MESSAGE]
        findings.append(
            Finding("units_of_law", shown, file, row, "unit", hint=_symbols(library, element))
        )
    if not findings:
        marks.add(sbml)
    return findings


def _enclosing(lines: list[str], line: int) -> str:
    for index in range(min(line, len(lines)) - 1, -1, -1):
        match = _ELEMENT.search(lines[index])
        if match:
            return match.group(2)
    return ""


def _row_of(library: Library, flat: str) -> tuple[str, int | None]:
    if flat in library.numbers:
        number = library.numbers[flat]
        return number.file, number.line
    for mechanism in library.mechanisms.values():
        for symbol, (line, _) in mechanism.rows.items():
            if mechanism.flat(symbol) == flat:
                return mechanism.tsv, line
    for drive in library.drives.values():
        if drive.factor == flat:
            return drive.file, drive.line
    return "biology", None


def _symbols(library: Library, flat: str) -> str:
    for mechanism in library.mechanisms.values():
        for symbol in mechanism.owned("process", "variable"):
            if mechanism.flat(symbol) == flat:
                rows = mechanism.owned("parameter")
                said = ", ".join(f"{k} [{r.unit}] row {line}" for k, (line, r) in rows.items())
                return f"numbers of this mechanism: {said}" if said else ""
    return ""
