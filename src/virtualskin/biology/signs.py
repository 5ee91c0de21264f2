"""Signs: does an arrow do what its row says, and an influence push the way its source says?

What is said stands in two columns: `effect` of a process row (`-procollagen1 +collagen1_new`) and
`direction` of a drive (`raises` or `lowers`). What is done follows from the stoichiometry of the
`.ant` file, and from form and numbers of the drive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import libsbml

from virtualskin.biology import formula
from virtualskin.biology.drive import Drive
from virtualskin.biology.library import Library
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.reference import medians, renamed
from virtualskin.ground import Finding
from virtualskin.ground.errors import nearest

OFTEN = 0.2  # not science: from this share on, a sign that the spread crosses is told
DIRECTIONS = {1: "raises", -1: "lowers", 0: ""}
_PART = re.compile(r"^([+-])([a-z][a-z0-9_]*)$")


def changes(reaction: libsbml.Reaction) -> dict[str, float]:
    """State → net number made (above 0) or used up (below 0) each time a process happens."""
    found: dict[str, float] = {}
    sides = (reaction.getListOfReactants(), -1.0), (reaction.getListOfProducts(), 1.0)
    for side, sign in sides:
        for reference in side:
            name = reference.getSpecies()
            found[name] = found.get(name, 0.0) + sign * reference.getStoichiometry()
    return {name: step for name, step in found.items() if step}


def effect(reaction: libsbml.Reaction) -> str:
    """What a process does, as the column `effect` says it: `-procollagen1 +collagen1_new`."""
    steps = changes(reaction)
    lost = [f"-{name}" for name, step in steps.items() if step < 0]
    return " ".join([*lost, *(f"+{name}" for name, step in steps.items() if step > 0)])


def processes_say_what_they_do(library: Library) -> Iterable[Finding]:
    """The `effect` of every process row agrees with the stoichiometry of its arrow."""
    for mechanism in library.mechanisms.values():
        reactions = {r.getId(): r for r in mechanism.model.getListOfReactions()}
        for symbol, (line, row) in mechanism.owned("process").items():
            if symbol in reactions:
                yield from _effect_findings(mechanism, line, row.effect, reactions[symbol])


def _effect_findings(
    mechanism: Mechanism, line: int, said: str, reaction: libsbml.Reaction
) -> Iterable[Finding]:
    done = {name: "+" if step > 0 else "-" for name, step in changes(reaction).items()}
    told: dict[str, str] = {}
    name = f"{mechanism.name}.{reaction.getId()}"

    def finding(rule: str, message: str, hint: str) -> Finding:
        return Finding(rule, message, mechanism.tsv, line, "effect", said, hint)

    whole = f"its arrow in {mechanism.ant} does {effect(reaction)!r}"
    if not said:
        yield finding("no_effect", f"the process {name!r} does not say what it does", whole)
        return
    for part in said.split():
        match = _PART.match(part)
        if match is None:
            message = f"{part!r} is not + or - and the name of a state"
            yield finding("effect", message, "write e.g. -procollagen1 +collagen1_new")
            return
        told[match.group(2)] = match.group(1)
    for state, sign in told.items():
        if state not in done:
            near = nearest(state, done)
            hint = f"did you mean {near[0]!r}?" if near else whole
            yield finding("effect", f"the arrow of {name!r} does not change {state!r}", hint)
        elif done[state] != sign:
            verbs = {"+": "makes", "-": "uses up"}
            message = f"the row says that {name!r} {verbs[sign]} {state!r}; the arrow"
            yield finding("effect", f"{message} {verbs[done[state]]} it", whole)
    for state in done.keys() - told.keys():
        message = f"the arrow of {name!r} changes {state!r}, which its row does not say"
        yield finding("effect", message, whole)


def arrows_run_forwards(library: Library, values: Mapping[str, float]) -> Iterable[Finding]:
    """No process runs backwards at the reference: a negative rate turns its row's signs around."""
    for mechanism in library.mechanisms.values():
        for reaction in mechanism.model.getListOfReactions():
            node = renamed(mechanism, reaction.getKineticLaw().getMath())
            rate = formula.evaluate(node, values)
            if rate < 0:
                name = reaction.getId()
                line, row = mechanism.rows[name]
                message = f"the process '{mechanism.name}.{name}' runs backwards: {rate:g} a day"
                numbers = sorted(
                    f"{k} [row {mechanism.rows[k][0]}]"
                    for k in formula.names(reaction.getKineticLaw().getMath())
                    if k in mechanism.owned("parameter")
                )
                hint = f"a rate is not below 0 at the reference; its numbers: {', '.join(numbers)}"
                yield Finding("effect", message, mechanism.tsv, line, "effect", row.effect, hint)


def drives_say_their_direction(library: Library) -> Iterable[Finding]:
    """Every drive of a table says what its source says, and its numbers agree at the medians."""
    at = medians(library)
    for drive in library.drives.values():
        if drive.target[0] in library.observables and not drive.row.direction:
            continue  # the record of an instrument: a reading is read off, it is no claim
        if not drive.row.direction:
            message = f"the drive {drive.id!r} does not say what its source says of it"
            hint = "write raises or lowers: what it does to its target when there is more of it"
            yield Finding("no_direction", message, drive.file, drive.line, "direction", hint=hint)
        wrong = list(_numbers(drive))
        yield from wrong
        if drive.source in at and not wrong:
            yield from _direction(drive, at, at[drive.source])


def directions_of_variables(library: Library, values: Mapping[str, float]) -> Iterable[Finding]:
    """The same for drives that read a variable, whose reference is known once balanced."""
    at = medians(library)
    for drive in library.drives.values():
        reference = values.get(f"reference_{drive.source}")
        if drive.source not in at and reference is not None:
            yield from _direction(drive, values, reference)


def _numbers(drive: Drive) -> Iterable[Finding]:
    """Numbers with which a form means what it says: a half above 0, a share that is one."""
    for name, number in drive.numbers.items():
        least = {"half": 0.0}.get(name)
        if name == "gain" and drive.form in {"rise", "fall", "hill"}:
            least = -1.0
        if least is None or number.value is None or number.value > least:
            continue
        message = f"the {name} of the {drive.form} drive {drive.id!r} must be above {least:g}"
        hint = "below it the factor turns negative or has no value"
        said = f"{number.row.value:g}"
        yield Finding("drive_value", message, number.file, number.line, "value", said, hint)


def _direction(drive: Drive, at: Mapping[str, float], reference: float) -> Iterable[Finding]:
    said = drive.row.direction
    if not said:
        return
    if any(number.value is None for number in drive.numbers.values()):
        return
    done = DIRECTIONS[drive.slope(at, reference)]
    target = drive.target[0] if drive.target[0] == drive.target[1] else ".".join(drive.target)
    if done != said:
        numbers = ", ".join(f"{k} {n.row.value:g}" for k, n in drive.numbers.items())
        message = f"more {drive.source} {done or 'does not move'} {target}, by {drive.form}"
        message += f" with {numbers}" if numbers else ""
        hint = f"the row says {said}: mend the sign of the gain, the form, or the direction"
        where = drive.file, drive.line, "direction", said, hint
        yield Finding("direction", message, *where)
        return
    gain = drive.numbers.get("gain")
    if gain is None or gain.uncertain is None or gain.value is None:
        return
    share = gain.uncertain.across(gain.value)
    if share > OFTEN:
        message = f"in {share:.0%} of draws the drive {drive.id!r} does the reverse of {said!r}"
        hint = "narrow the spread, or use one that keeps the sign (lognormal)"
        spread = str(gain.row.uncertain)
        yield Finding(
            "direction_open", message, gain.file, gain.line, "uncertain", spread, hint, "warning"
        )
