"""Everything that a claim's check names and the catalogue does not know, as complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from virtualskin.biology import Setting, Skin, Stressor, formula, read_settings, read_stressors
from virtualskin.ground import BadInput, Shelf, SkinError, UnitError
from virtualskin.review.check_rules import CheckRules, read_check_rules
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check_record import (
    Check,
    Composition,
    HazardOf,
    Made,
    Missing,
    Number,
    Presence,
    RangeOf,
    Trial,
)
from virtualskin.review.claim_numbers import Numbers
from virtualskin.review.complaint import Complaint, quantities, unknown
from virtualskin.therapy import Safety, Therapies
from virtualskin.therapy.safety import read_safety

EXAMPLES = {
    "composition": "parts: [{number: {of: factor, engineering: [hypoxia], target: vegf}, "
    "stands: above, than: {of: limit, value: 1, note: {en: no change, zh: 无变化}}}]",
    "hazard": "hazards: [serious_event], product: adsc_exo, stands: safe",
    "range": "numbers: [{of: row, row: 'lab_effects:E248'}], stated: {low: 20, high: 80, "
    "unit: '%', note: {en: as said, zh: 据原文}}",
    "presence": "trials: [{halve: [psmad], readouts: [procollagen1], moves: down}]",
}


@dataclass(frozen=True)
class CheckNames:
    """What a check may name, read when first asked for.

    Args:
        skin: the model.
        therapies: products and how they are made.
    """

    skin: Skin
    therapies: Therapies

    def complaints(self, claim: Claim) -> Iterator[Complaint]:
        """Names of a claim's check that do not exist, and numbers that cannot be compared.

        What is wrong with the records themselves is told by the checks of their own shelves; until
        it is mended there, nothing is said here.

        Args:
            claim: with or without a check.
        """
        if claim.check is None:
            return
        try:
            yield from _complaints(claim, claim.check, self)
        except BadInput:
            return

    @cached_property
    def safety(self) -> Safety:
        return read_safety(self.skin.library.catalogue)

    @cached_property
    def rules(self) -> CheckRules:
        return read_check_rules(self.skin.library.catalogue)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.skin, self.therapies, self.rules)

    @cached_property
    def conversions(self) -> frozenset[str]:
        return frozenset(self.numbers.made.conversions.rows)

    @cached_property
    def settings(self) -> Shelf[Setting]:
        return read_settings(self.skin.library.catalogue)

    @cached_property
    def stressors(self) -> Shelf[Stressor]:
        return read_stressors(self.skin.library.catalogue)

    @cached_property
    def states(self) -> frozenset[str]:
        mechanisms = self.skin.library.mechanisms.values()
        return frozenset(s for m in mechanisms for s in m.owned("state"))

    @cached_property
    def model(self) -> frozenset[str]:
        """Numbers of the model that have a value."""
        numbers = self.skin.library.numbers.values()
        return frozenset(n.name for n in numbers if n.value is not None)

    @cached_property
    def everything(self) -> frozenset[str]:
        """Whatever a missing datum could be called if it were there."""
        making, library = self.therapies.making, self.skin.library
        shelves: tuple[Mapping[str, object], ...] = (
            making.targets, making.engineering.records, making.steps.records,
            making.stability.records, making.processes.records, self.therapies.products.records,
            self.therapies.components.records, self.safety.hazards.records, library.observables,
        )  # fmt: skip
        return frozenset(name for shelf in shelves for name in shelf) | self.states


def _complaints(claim: Claim, check: Check, shelves: CheckNames) -> Iterator[Complaint]:
    hint = f"for example `{EXAMPLES[check.kind]}`"
    if isinstance(check, Composition):
        for at, part in enumerate(check.parts):
            column = f"check.parts.{at}"
            yield from _numbers({f"{column}.number": part.number, f"{column}.than": part.than},
                                "", shelves, hint)  # fmt: skip
    elif isinstance(check, RangeOf):
        for at, number in enumerate(check.numbers):
            column = f"check.numbers.{at}"
            yield from _numbers({column: number}, check.stated.unit, shelves, hint)
    elif isinstance(check, HazardOf):
        yield from _hazard(check, shelves, hint)
    else:
        yield from _presence(claim, check, shelves, hint)


def _known(number: Number, shelves: CheckNames) -> Iterator[tuple[str, str, Iterable[str], str]]:
    """(kind, name, names that exist, key) of every name a number gives."""
    making, therapies = shelves.therapies.making, shelves.therapies
    fields: dict[str, tuple[str, Iterable[str]]] = {
        "process": ("process", making.processes.records),
        "step": ("step", making.steps.records),
        "target": ("target", making.targets),
        "per": ("target", making.targets),
        "engineering": ("engineering", making.engineering.records),
        "form": ("form", making.stability.records),
        "product": ("product", therapies.products.records),
        "component": ("component", therapies.components.records),
        "input": ("load", [t.id for t in making.targets.values() if t.kind == "load"]),
        "name": ("conversion", shelves.conversions),
        "row": ("row", shelves.skin.evidence.readings),
        "quantity": ("number", shelves.model),
    }
    if isinstance(number, Made) and number.process in making.processes.records:
        chain = making.chain(making.process(number.process))
        fields["step"] = ("step", [step.id for step, _ in chain])
    for key, (kind, known) in fields.items():
        given = getattr(number, key, ())
        for name in (given,) if isinstance(given, str) else given:
            if name:
                yield kind, name, known, key


def _numbers(
    numbers: Mapping[str, Number | None], unit: str, shelves: CheckNames, hint: str
) -> Iterator[Complaint]:
    """Names of some numbers, and whether they can be compared with each other, or with `unit`."""
    units = {"": unit} if unit else {}
    for column, number in numbers.items():
        if number is None:
            continue
        if isinstance(number, Missing):
            yield from _missing(number, column, shelves)
            continue
        odd = [
            unknown(kind, name, known, f"{column}.{key}", hint)
            for kind, name, known, key in _known(number, shelves)
            if name not in set(known)
        ]
        yield from odd
        if odd:
            continue
        try:
            units[column] = shelves.numbers.read(number).unit
        except SkinError as error:
            said = error.hint or hint
            yield Complaint("no_number", error.message, column, number.of, said)
    yield from _comparable(units, shelves, hint)


def _comparable(units: Mapping[str, str], shelves: CheckNames, hint: str) -> Iterator[Complaint]:
    first = next(iter(units.values()), "")
    for column, unit in units.items():
        try:
            same = shelves.skin.library.units.same_dimension(first, unit)
        except UnitError as error:
            yield Complaint("unit", error.message, column or "check.stated.unit", unit, error.hint)
            return
        if not same:
            message = f"this is in {unit}, and what it is set beside in {first}"
            yield Complaint("unit", message, column, unit, hint)


def _missing(number: Missing, column: str, shelves: CheckNames) -> Iterator[Complaint]:
    for at, name in enumerate(number.names):
        if name in shelves.everything:
            message = "this is in the catalogue now, so nothing is missing"
            hint = "read it instead of writing `of: missing`"
            yield Complaint("not_missing", message, f"{column}.names.{at}", name, hint)


def _hazard(check: HazardOf, shelves: CheckNames, hint: str) -> Iterator[Complaint]:
    hazards, products = shelves.safety.hazards.records, shelves.therapies.products.records
    for key, names in (("hazards", check.hazards), ("beside", check.beside)):
        for at, name in enumerate(names):
            if name not in hazards:
                yield unknown("hazard", name, hazards, f"check.{key}.{at}", hint)
    for key, name in (("product", check.product), ("than", check.than)):
        if name and name not in products:
            yield unknown("product", name, products, f"check.{key}", hint)


def _presence(claim: Claim, check: Presence, shelves: CheckNames, hint: str) -> Iterator[Complaint]:
    stress = claim.stressor
    if check.stressed and (stress is None or stress.kind not in shelves.stressors.records):
        message = "the claim has no stressor that could be given"
        yield Complaint("stressor", message, "check.stressed", check.stressed, "take it out")
    for at, trial in enumerate(check.trials):
        yield from _trial(claim, trial, f"check.trials.{at}", shelves, hint)


def _trial(
    claim: Claim, trial: Trial, column: str, shelves: CheckNames, hint: str
) -> Iterator[Complaint]:
    pathways = shelves.skin.library.pathways
    for key, names, kind, known in (
        ("halve", trial.halve, "state", shelves.states),
        ("switch_off", trial.switch_off, "pathway", pathways),
    ):
        for at, name in enumerate(names):
            if name not in known:
                yield unknown(kind, name, known, f"{column}.{key}.{at}", hint)
    name = trial.setting or claim.setting
    setting = shelves.settings.records.get(name)
    if setting is None:
        yield unknown("setting", name, shelves.settings.records, f"{column}.setting", hint)
    elif not setting.runs:
        message = "nothing is run in this setting"
        yield Complaint("setting", message, f"{column}.setting", name, hint)
    if not (trial.at or claim.at):
        message = "neither the trial nor the claim says when"
        yield Complaint("no_time", message, f"{column}.at", "", "write `at: 28d`")
    readable = quantities(shelves.skin)
    for at, text in enumerate(trial.readouts):
        where = f"{column}.readouts.{at}"
        try:
            read = formula.names(formula.parse(text))
        except SkinError as error:
            yield Complaint("formula", error.message, where, text, error.hint or hint)
            continue
        for name in sorted(read - readable) if readable else ():
            yield unknown("quantity", name, readable, where, hint)
        for name in sorted(read & set(trial.halve)):
            message = "this is held at half, so reading it says nothing"
            yield Complaint("halved", message, where, name, hint)
