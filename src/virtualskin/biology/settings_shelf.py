"""The shelf of settings and stressors: read from the catalogue, checked against the library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from virtualskin.biology.in_setting import held_states, names_of, product_spread
from virtualskin.biology.library import Library, read_shelf
from virtualskin.biology.row import Companions
from virtualskin.biology.setting import Change, Setting, Stressor, extended
from virtualskin.biology.sources import Stated, check_source
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue, Finding, Findings, Shelf, SkinError, UnitError, locate
from virtualskin.ground.errors import nearest

FOLDER = "biology/settings"
STRESSORS = "biology/stressors"


def read_settings(catalogue: Catalogue) -> Shelf[Setting]:
    """Every setting, with what it takes over from the one it is `like`.

    What is wrong comes back as the shelf's findings; `check_settings` adds names, units, sources.
    """
    shelf = read_shelf(catalogue, FOLDER, Setting, "setting")
    records: dict[str, Setting] = {}
    findings = list(shelf.findings)
    for setting in shelf:
        base = shelf.records.get(setting.like or "")
        if setting.like is not None and (base is None or base.like is not None):
            near = nearest(setting.like, [s.id for s in shelf if s.like is None])
            message = f"no setting {setting.like!r} of its own, so none to start from"
            hint = f"did you mean {near[0]!r}?" if near else ""
            file = shelf.files[setting.id]
            findings.append(Finding("setting", message, file, None, "like", setting.like, hint))
            continue
        records[setting.id] = setting if base is None else extended(setting, base)
    return Shelf("setting", records, shelf.files, tuple(findings))


def read_stressors(catalogue: Catalogue) -> Shelf[Stressor]:
    """Every stressor; what is wrong comes back as the shelf's findings."""
    return read_shelf(catalogue, STRESSORS, Stressor, "stressor")


def check_settings(
    settings: Shelf[Setting], stressors: Shelf[Stressor], library: Library, evidence: Evidence
) -> Findings:
    """Everything that is wrong with settings and stressors.

    Args:
        settings: from `read_settings`.
        stressors: from `read_stressors`.
        library: the whole model, therapy's mechanisms included.
        evidence: what the numbers' sources are resolved in.
    """
    found = [*settings.findings, *stressors.findings]
    names = _Names.of(library)
    for setting in settings:
        file = settings.files[setting.id]
        complaints = [
            *_states(setting, names, file),
            *_given(setting, names, stressors, file),
            *_changes(setting, names, file),
            *_reads(setting, names, file),
        ]
        found += locate(
            _numbers(setting.companions(), library, evidence, file), _path(library, file)
        )
        found += locate(complaints, _path(library, file))
    for stressor in stressors:
        file = stressors.files[stressor.id]
        found += locate(_stressor(stressor, names, library, file), _path(library, file))
        numbers = [("per_unit", stressor.per_unit)]
        found += locate(_numbers(numbers, library, evidence, file), _path(library, file))
    return tuple(dict.fromkeys(found))


def unfit(setting: Setting, library: Library) -> list[Finding]:
    """What a setting names that this library lacks or cannot give; sources are not looked at.

    Where the library has no mechanisms of therapy, what a setting says of delivery is left aside.
    """
    names, file = _Names.of(library), f"{FOLDER}/{setting.id}.yaml"
    stressors = read_stressors(library.catalogue)
    found = [
        *_states(setting, names, file),
        *_given(setting, names, stressors, file),
        *_changes(setting, names, file),
        *_reads(setting, names, file),
    ]
    bare = all(m.folder.startswith("biology/") for m in library.mechanisms.values())
    return [f for f in found if not (bare and f.column.startswith("delivery"))]


@dataclass(frozen=True)
class _Names:
    """Every name a setting may speak of."""

    library: Library
    states: frozenset[str]
    inputs: frozenset[str]
    readable: frozenset[str]
    processes: frozenset[str]
    parameters: frozenset[str]

    @classmethod
    def of(cls, library: Library) -> _Names:
        rows = library.mechanisms.values()
        states = frozenset(s for m in rows for s in m.owned("state", "accumulator"))
        variables = {s for m in rows for s in m.owned("variable")}
        return cls(
            library,
            states,
            frozenset(s for m in rows for s in m.owned("input")),
            frozenset({*states, *variables, *library.observables}),
            frozenset(names_of(library, "process")),
            frozenset(names_of(library, "parameter")),
        )


def _unknown(file: str, column: str, name: str, known: Iterable[str], kind: str) -> Finding:
    near = nearest(name, known)
    hint = f"did you mean {near[0]!r}?" if near else "no mechanism owns it"
    return Finding("setting", f"no such {kind}", file, None, column, name, hint)


def _states(setting: Setting, names: _Names, file: str) -> Iterable[Finding]:
    """`alive`, `held` and `steady` name what exists, and each state once."""
    mechanisms = names.library.mechanisms
    own = {s: n for n, m in mechanisms.items() for s in m.owned("state", "accumulator")}
    named = [
        ("alive", setting.alive),
        ("held", setting.held),
        ("delivery.held", setting.delivery.held),
    ]
    seen: dict[str, str] = {}
    for column, listed in named:
        for at, name in enumerate(listed):
            place = f"{column}.{at}"
            if name not in mechanisms and name not in own:
                yield _unknown(file, place, name, [*mechanisms, *own], "mechanism or state")
            if seen.setdefault(name, column) != column or own.get(name) in listed:
                message = f"{name!r} is named twice, itself or with its mechanism"
                hint = "name a state beside its mechanism only to say the opposite"
                yield Finding("setting", message, file, None, place, name, hint)
    for column, listed in (
        ("steady", setting.steady),
        ("delivery.steady", setting.delivery.steady),
    ):
        for at, name in enumerate(listed):
            if name not in names.processes:
                yield _unknown(file, f"{column}.{at}", name, names.processes, "process")


def _given(
    setting: Setting, names: _Names, stressors: Shelf[Stressor], file: str
) -> Iterable[Finding]:
    """Inputs, starts, stressors and doors for doses exist; nothing is given to a held state."""
    held = held_states(setting, names.library) if setting.runs else frozenset[str]()
    for at, given in enumerate(setting.inputs):
        if given.to not in names.inputs:
            yield _unknown(file, f"inputs.{at}.to", given.to, names.inputs, "input")
        elif given.amount.varies is not None or given.amount.uncertain is not None:
            message = "an input of a setting has no spread: a cohort draws people's inputs"
            yield Finding("setting", message, file, None, f"inputs.{at}.amount", given.to)
    doors = [(f"begins.{at}.to", g.to) for at, g in enumerate(setting.begins)]
    doors += [(f"delivery.enters.{part}", s) for part, s in setting.delivery.enters.items()]
    for column, state in doors:
        if state not in names.states:
            yield _unknown(file, column, state, names.states, "state")
        elif state in held:
            message = f"{state!r} is held here, so nothing can be added to it"
            yield Finding("setting", message, file, None, column, state)
    for at, name in enumerate(setting.stressors):
        if name not in stressors.records:
            yield _unknown(file, f"stressors.{at}", name, stressors.records, "stressor")
        elif stressors.records[name].into in held:
            message = f"{name!r} goes into {stressors.records[name].into!r}, which is held here"
            yield Finding("setting", message, file, None, f"stressors.{at}", name)


def _changes(setting: Setting, names: _Names, file: str) -> Iterable[Finding]:
    """Changed numbers exist, are changed once, and belong to something that lives."""
    held = held_states(setting, names.library) if setting.runs else frozenset[str]()
    seen: set[str] = set()
    listed = [(f"changes.{at}", c) for at, c in enumerate(setting.changes)]
    listed += [(f"delivery.changes.{at}", c) for at, c in enumerate(setting.delivery.changes)]
    for column, change in listed:
        if change.number in seen:
            message = f"{change.number!r} is changed twice"
            yield Finding("setting", message, file, None, f"{column}.number", change.number)
        seen.add(change.number)
        if change.number not in names.parameters:
            yield _unknown(file, f"{column}.number", change.number, names.parameters, "parameter")
            continue
        yield from _change(change, names.library, file, column)
        owner = names.library.mechanisms[change.number.partition(".")[0]]
        states = owner.owned("state", "accumulator")
        if states and not states.keys() - held:
            message = f"{change.number!r} is changed, but every state of {owner.name!r} is held"
            hint = "leave the change out, or let a state live"
            yield Finding("setting", message, file, None, column, change.number, hint)


def _change(change: Change, library: Library, file: str, column: str) -> Iterable[Finding]:
    owner, _, symbol = change.number.partition(".")
    number = library.numbers[library.mechanisms[owner].flat(symbol)]
    given, units = change.companions, library.units
    if number.row.origin == "balanced":
        message = f"{change.number!r} is balanced, so it cannot be given"
        hint = "change what removes the state; its production follows"
        yield Finding("setting", message, file, None, f"{column}.number", change.number, hint)
    if given.value is None:
        yield Finding("setting", "a change gives a number", file, None, column, change.number)
    if change.factor is not None:
        try:
            product_spread(number.uncertain, given.uncertain)
        except SkinError as error:
            place = f"{column}.factor.uncertain"
            yield Finding("setting", error.message, file, None, place, "", error.hint)
    kind, want = ("factor", "1") if change.value is None else ("value", number.unit)
    if given.unit in units.listed and not units.same_dimension(given.unit, want):
        message = "a factor is pure" if change.value is None else f"the number is in {want}"
        yield Finding("setting", message, file, None, f"{column}.{kind}.unit", given.unit)


def _reads(setting: Setting, names: _Names, file: str) -> Iterable[Finding]:
    """What is read exists and lives."""
    held = held_states(setting, names.library) if setting.runs else frozenset[str]()
    for at, name in enumerate(setting.reads):
        if name not in names.readable:
            yield _unknown(file, f"reads.{at}", name, names.readable, "quantity")
        elif name in held:
            message = f"{name!r} is held here, so reading it says nothing"
            yield Finding("setting", message, file, None, f"reads.{at}", name)
    for name in setting.stands_for:
        if name not in names.readable:
            yield _unknown(file, f"stands_for.{name}", name, names.readable, "quantity")


def _stressor(s: Stressor, names: _Names, library: Library, file: str) -> Iterable[Finding]:
    known = names.states | names.inputs
    if s.into not in known:
        yield _unknown(file, "into", s.into, known, "state or input")
    try:
        library.units.parse(s.unit)
    except UnitError as error:
        yield Finding("unit", error.message, file, None, "unit", s.unit, error.hint)


def _numbers(
    numbers: Iterable[tuple[str, Companions]], library: Library, evidence: Evidence, file: str
) -> list[Finding]:
    """Units are listed and sources say what is claimed."""
    found: list[Finding] = []
    for column, row in numbers:
        if row.unit not in library.units.listed:
            found.append(_unknown(file, f"{column}.unit", row.unit, library.units.listed, "unit"))
            continue
        for f in check_source(Stated(row, file, None), library.catalogue, library.units, evidence):
            where = f"{column}.{f.column}" if f.column else column
            found.append(Finding(f.id, f.message, f.file, None, where, f.value, f.hint, f.severity))
    return found


def _path(library: Library, file: str) -> Path:
    return library.catalogue.file(file)
