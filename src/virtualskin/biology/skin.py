"""The skin: mechanisms, numbers and reference point, assembled and ready to be solved by others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from virtualskin.biology.assemble import (
    COPY,
    HOLD,
    OFF,
    Structure,
    Switches,
    assemble,
    runs_name,
)
from virtualskin.biology.check import check_library
from virtualskin.biology.in_setting import begins_in, inputs_in, library_in
from virtualskin.biology.library import DRIVES, MECHANISMS, Library, read_library
from virtualskin.biology.pathway import Pathway
from virtualskin.biology.reference import Resting, balance, medians, residence
from virtualskin.biology.setting import Setting
from virtualskin.biology.settings_shelf import read_settings, unfit
from virtualskin.biology.sources import source_findings
from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Finding, SkinError, Units, UnknownName


@dataclass(frozen=True)
class Skin:
    """One skin.

    Args:
        library: the shelf it is made of.
        evidence: what its numbers rest on.
        structure: the assembled equations.
        values: every number at its median and every `reference_<name>`, by flat id, as doubles.
        findings: warnings that remain.
        setting: where it is run, if not as the reference person's sun-protected face.
    """

    library: Library
    evidence: Evidence
    structure: Structure
    values: Mapping[str, float]
    findings: tuple[Finding, ...]
    setting: Setting | None = None

    @property
    def initial(self) -> dict[str, float]:
        """Reference value of every living state, by the state's id in the model."""
        return {s: self.values[s.removeprefix(COPY)] for s in self.structure.states}

    @property
    def begin(self) -> dict[str, float]:
        """What every living state starts with: its reference value and what the setting adds."""
        if self.setting is None:
            return self.initial
        found = begins_in(self.setting, self.library, self.values)
        return {s: found[s.removeprefix(COPY)] for s in self.structure.states}

    def in_setting(self, setting: Setting | str) -> Skin:
        """The same model run elsewhere: in a dish, a mouse, a wound.

        Equations and numbers are those of this skin but for what the setting declares. Balanced
        constants are found anew, so that the setting rests at the same reference values.

        Args:
            setting: a setting, or the id of one in this skin's catalogue.

        Raises:
            UnknownName: for a setting that does not exist.
            SkinError: for a setting that is not run, or if this skin is in a setting already.
            BadInput: for names this skin lacks, or if nothing can rest with the setting's numbers.
        """
        if self.setting is not None:
            message = f"This skin is in the setting {self.setting.id!r} already."
            raise SkinError(message, code="in_setting", hint="Start from the skin of the face.")
        if isinstance(setting, str):
            known = read_settings(self.library.catalogue).records
            if setting not in known:
                raise UnknownName("setting", setting, known)
            setting = known[setting]
        findings = unfit(setting, self.library)
        if findings:
            raise BadInput(findings)
        library = library_in(setting, self.library)
        rest = balance(library, medians(library))
        if rest.findings:
            raise BadInput(rest.findings)
        structure = assemble(library, rest.values)
        values = {**rest.values, **inputs_in(setting, library)}
        return replace(self, library=library, structure=structure, values=values, setting=setting)

    @cached_property
    def residence_days(self) -> dict[str, float]:
        """How long each state takes to forget a disturbance of its own, in days, drives aside.

        Infinite for a state that nothing removes (a calendar).
        """
        return residence(self.library, self.values)

    @property
    def accumulators(self) -> frozenset[str]:
        """States that move at the reference by decision (calendar, damage that stays)."""
        mechanisms = self.library.mechanisms.values()
        return frozenset(s for m in mechanisms for s in m.owned("accumulator"))

    @property
    def periods(self) -> tuple[float, ...]:
        """Periods of the declared periodic inputs, in days."""
        found = {
            row.period
            for m in self.library.mechanisms.values()
            for _, row in m.rows.values()
            if row.period is not None
        }
        return tuple(sorted(found))

    def rebalanced(self, values: Mapping[str, float]) -> dict[str, float]:
        """Numbers completed by the balanced constants of a universe.

        Args:
            values: numbers by flat id that differ from the medians, in internal units.

        Raises:
            BadInput: if the reference person cannot rest with these numbers.
        """
        rest = self._resting.balance({**medians(self.library), **values})
        if rest.findings:
            raise BadInput(rest.findings)
        return {**rest.values, **self._inputs(values)}

    @cached_property
    def _resting(self) -> Resting:
        return Resting(self.library)

    def _inputs(self, values: Mapping[str, float]) -> dict[str, float]:
        """Inputs of the setting that a caller has left at the reference person's."""
        if self.setting is None:
            return {}
        usual = self.library.numbers
        given = inputs_in(self.setting, self.library).items()
        return {n: v for n, v in given if values.get(n, usual[n].value) == usual[n].value}

    def knocked_out(self, held: Iterable[str], off: Collection[str] = ()) -> Structure:
        """The equations with drives held at their course in the comparator arm.

        Args:
            held: pathway, drive or mechanism names. A mechanism's drives (those that read its
                states, variables or inputs) are fixed at 1 instead, in both arms, as are the
                cargo drives that a pathway lists as `zeroed`.
            off: further drive ids fixed at 1.

        Raises:
            UnknownName: for a name that is neither.
        """
        names = tuple(held)
        drives, fixed = self.drives_of(names)
        return assemble(
            self.library,
            dict(self.values),
            held=drives,
            off=fixed | set(off),
            stopped=self.stopped_by(names),
        )

    def switchable(
        self, pathways: Iterable[str], *, twin: bool = False, own: Collection[str] = ()
    ) -> Structure:
        """The equations with switches for some pathways, all of them open.

        With nothing switched the skin is the plain one; in a twin the comparator's side is so
        whatever is held, while what is fixed or stopped is so on both sides.

        Args:
            pathways: pathway, drive or mechanism names that can be switched.
            twin: whether a second skin, the comparator's, is solved beside it.
            own: in a twin: inputs and parameters of which the comparator has its own.

        Raises:
            UnknownName: for a name that is none of these.
        """
        names = tuple(pathways)
        held, fixed = self.drives_of(names)
        slowed = self.stopped_by(names) | self.silenced_by(names)
        switches = Switches(frozenset(held | fixed), frozenset(slowed), twin, frozenset(own))
        return assemble(self.library, dict(self.values), switches=switches)

    def thrown(self, names: Iterable[str], *, held: bool) -> dict[str, float]:
        """Switches that a knock-out throws.

        Args:
            names: pathway, drive or mechanism names.
            held: whether a pathway's drives are held at their course in the comparator arm, in a
                twin; else they are fixed at 1, as they are in a skin at rest. Cargo drives that a
                pathway lists as `zeroed` are fixed in any case.

        Raises:
            UnknownName: for a name that is none of these.
        """
        wanted = tuple(names)
        drives, fixed = self.drives_of(wanted)
        kept = drives - fixed
        found = {(HOLD if held else OFF) + name: 1.0 for name in kept}
        found |= {OFF + name: 1.0 for name in fixed}
        return found | {runs_name(*one): 0.0 for one in self.stopped_by(wanted)}

    def turned(self, folder: str) -> Skin:
        """The skin with the sign of every drive of a folder turned round; for scoring's controls.

        The resting state stays, since every drive is 1 there.

        Args:
            folder: of the catalogue, such as `therapy/drives`.
        """
        drives = {
            name: replace(drive, turned=drive.file.startswith(f"{folder}/"))
            for name, drive in self.library.drives.items()
        }
        library = replace(self.library, drives=drives)
        structure = assemble(library, dict(self.values))
        return replace(self, library=library, structure=structure)

    def lacking(self, names: Iterable[str], left: float) -> dict[str, float]:
        """Switches of a skin that lacks pathways, where their loss is itself what is tried.

        What a pathway's record calls silenced runs at a share of its rate or level; a pathway that
        silences nothing is thrown as in a skin at rest.

        Args:
            names: pathway, drive or mechanism names.
            left: share of what is silenced that a knock-down leaves.

        Raises:
            UnknownName: for a name that is none of these.
        """
        found: dict[str, float] = {}
        for name in names:
            silenced = self.silenced_by((name,))
            found |= {runs_name(*one): left for one in silenced}
            if not silenced:
                found |= self.thrown((name,), held=False)
        return found

    def stopped_by(self, names: Iterable[str]) -> set[tuple[str, str]]:
        """Processes (mechanism, process) that the pathways among `--knockout` names stop.

        Raises:
            UnknownName: for a name that `holds` does not know.
        """
        return {_split(one) for pathway in self._pathways(names) for one in pathway.stopped}

    def silenced_by(self, names: Iterable[str]) -> set[tuple[str, str]]:
        """Processes and variables (mechanism, name) that the pathways among the names silence.

        Raises:
            UnknownName: for a name that `holds` does not know.
        """
        return {_split(one) for pathway in self._pathways(names) for one in pathway.silenced}

    def _pathways(self, names: Iterable[str]) -> Iterator[Pathway]:
        for name in names:
            kind, plain = self.holds(name)
            if kind == "pathway":
                yield self.library.pathways[plain]

    def drives_of(self, names: Iterable[str]) -> tuple[set[str], set[str]]:
        """Drives to hold and drives to fix at 1 for `--knockout` names.

        Raises:
            UnknownName: for a name that `holds` does not know.
        """
        held: set[str] = set()
        fixed: set[str] = set()
        for name in names:
            kind, plain = self.holds(name)
            if kind == "pathway":
                pathway = self.library.pathways[plain]
                held |= set(pathway.drives)
                fixed |= set(pathway.zeroed)
            elif kind == "drive":
                held.add(plain)
            else:
                mine = self.library.mechanisms[plain].rows
                fixed |= {d.id for d in self.library.drives.values() if d.source in mine}
        return held, fixed

    def holds(self, name: str) -> tuple[str, str]:
        """What a `--knockout` name stands for: (pathway, drive or mechanism; its id).

        Where one id is of two kinds, the plain name is the pathway's before the drive's before the
        mechanism's; `mechanism:NAME` (or `drive:NAME`) names the other.

        Raises:
            UnknownName: for a name that is none of these, with the nearest.
        """
        shelves = {
            "pathway": self.library.pathways,
            "drive": self.library.drives,
            "mechanism": self.library.mechanisms,
        }
        wanted, _, plain = name.rpartition(":")
        for kind, shelf in shelves.items():
            if plain in shelf and wanted in {"", kind}:
                return kind, plain
        known = [entry for shelf in shelves.values() for entry in shelf]
        raise UnknownName("pathway", name, known)


def _split(name: str) -> tuple[str, str]:
    owner, _, symbol = name.partition(".")
    return owner, symbol


def check_skin(
    catalogue: Catalogue,
    *,
    mechanism_folders: Iterable[str] = MECHANISMS,
    drive_folders: Iterable[str] = DRIVES,
) -> tuple[Library, Evidence, tuple[Finding, ...]]:
    """Read the shelf and collect everything that is wrong with it, without assembling a skin.

    Args:
        catalogue: folders to read.
        mechanism_folders: folders of mechanism pairs.
        drive_folders: folders of drives tables.
    """
    units = Units.load(catalogue.file("units.tsv"))
    evidence = Evidence.load(catalogue)
    library = read_library(catalogue, units, mechanism_folders, drive_folders)
    return library, evidence, (*check_library(library), *source_findings(library, evidence))


def load_skin(
    catalogue: Catalogue,
    *,
    mechanism_folders: Iterable[str] = MECHANISMS,
    drive_folders: Iterable[str] = DRIVES,
) -> Skin:
    """Read, check and assemble the skin.

    Args:
        catalogue: folders to read.
        mechanism_folders: folders of mechanism pairs.
        drive_folders: folders of drives tables.

    Raises:
        BadInput: with every finding, if anything is wrong; then nothing is assembled.
    """
    library, evidence, findings = check_skin(
        catalogue, mechanism_folders=mechanism_folders, drive_folders=drive_folders
    )
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    rest = balance(library, medians(library))
    return Skin(library, evidence, assemble(library, rest.values), rest.values, findings)
