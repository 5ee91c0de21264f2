"""A simulation as a person asks for it, and what can be had of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from virtualskin.biology import Setting
from virtualskin.ground import Findings, SkinError
from virtualskin.lab.treated_hazards import TreatedHazard, hazard_lines, said
from virtualskin.report import (
    PAGE_WIDTH,
    as_text,
    simulation_html,
    simulation_table,
    write_simulation,
)
from virtualskin.therapy import MEDIUM, Therapies
from virtualskin.trial import RunSettings, Scenario, Simulation, read_scenario, scenario_of
from virtualskin.trial.place import in_dish

WEEKS = 24.0  # not science: a horizon, half a year
WEEKS_IN_DISH = 1.0  # not science: a horizon, cultures are read within days


@dataclass(frozen=True)
class Asked:
    """Who and what, as flags say it; None where a flag is not given.

    Args:
        age: years.
        sex: F or M.
        phototype: I to VI.
        product: product id.
        route: route id; needed unless the product goes by one route only, or into a medium.
        sessions: how many.
        every: time between sessions, such as `21d`.
        dose: per session and cm^2, in the unit of the product's record.
        depth_mm: depth of the device.
        weeks: how long the skin is followed.
        setting: where the skin is; the face if not given.
    """

    age: float | None = None
    sex: str | None = None
    phototype: str | None = None
    product: str | None = None
    route: str | None = None
    sessions: int | None = None
    every: str | None = None
    dose: float | None = None
    depth_mm: float | None = None
    weeks: float | None = None
    setting: str | None = None

    def routed(self, therapies: Therapies, place: Setting | None) -> Asked:
        """The same with the route of a product that goes by one route only, or a dish's medium.

        Args:
            therapies: products and routes.
            place: where it is given; None for the face.

        Raises:
            UnknownName: for an unknown product without a route.
            SkinError: if the product can go by several routes, which are named.
        """
        if self.product is None or self.route is not None:
            return self
        if in_dish(place):
            return replace(self, route=MEDIUM)
        routes = therapies.routes_of(therapies.product(self.product))
        if len(routes) == 1:
            return replace(self, route=routes[0])
        raise SkinError(
            f"{self.product!r} can be given by several routes; --route is missing.",
            code="incomplete_course",
            where="--route",
            hint=f"Give one of {', '.join(routes)}.",
        )

    def scenario(
        self, file: Path | str | None, quantities: Iterable[str], place: Setting | None = None
    ) -> tuple[Scenario, str]:
        """The scenario, and how its file is named in findings.

        Args:
            file: a scenario file; the flags must then be silent.
            quantities: what to read, in place of what the scenario names.
            place: where flags have it take place; None for the face.

        Raises:
            SkinError: for a file beside flags, or flags that are no course of treatment.
            BadInput: with every finding.
        """
        given = {name: value for name, value in vars(self).items() if value is not None}
        if file is None:
            person = {name: given.pop(name, None) for name in ("age", "sex", "phototype")}
            weeks = given.pop("weeks", WEEKS_IN_DISH if in_dish(place) else WEEKS)
            where = given.pop("setting", None)
            made, label = scenario_of(person, given, weeks, where), ""
        elif given:
            raise SkinError(
                f"A scenario file says who and what; {', '.join(_flags(given))} says it again.",
                code="two_sources",
                hint="Give a file or flags.",
            )
        else:
            made, label = read_scenario(Path(file), str(file)), str(file)
        wanted = tuple(quantities)
        return (made.model_copy(update={"quantities": wanted}) if wanted else made), label

    def command(
        self, file: Path | str | None, quantities: Iterable[str], settings: RunSettings
    ) -> str:
        """The command that repeats a run."""
        parts = ["virtualskin simulate", *([] if file is None else [Path(file).name])]
        given = {name: value for name, value in vars(self).items() if value is not None}
        parts += [
            f"{flag} {value}" for flag, value in zip(_flags(given), given.values(), strict=True)
        ]
        parts += [f"--quantity {name}" for name in quantities]
        parts.append(f"--people {settings.people} --universes {settings.universes}")
        parts.append(f"--seed {settings.seed}")
        parts += [f"--knockout {name}" for name in settings.knockout]
        if settings.backend != RunSettings.backend:
            parts.append(f"--backend {settings.backend}")
        return " ".join(parts)


def _flags(names: Iterable[str]) -> list[str]:
    return ["--" + name.removesuffix("_mm") for name in names]


@dataclass(frozen=True)
class SimulationRun:
    """A finished simulation.

    Args:
        result: readings over time.
        findings: warnings on the catalogue.
        hazards: what may harm somebody who is treated so.
    """

    result: Simulation
    findings: Findings
    hazards: tuple[TreatedHazard, ...] = ()

    def hazard_lines(self, lang: str = "en") -> list[str]:
        """What may harm, a line each, with counts and bounds; none in a skin left alone.

        Args:
            lang: "en" or "zh".
        """
        return hazard_lines(self.hazards, lang)

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """The readings at a few visits as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(simulation_table(self.result, lang), width=width)

    def html(self, lang: str = "en") -> str:
        """The report as one self-contained HTML file."""
        return simulation_html(self.result, lang, said(self.hazards, lang))

    def write(self, folder: Path | str, lang: str = "en") -> list[Path]:
        """Write report, result, dose table and command to a folder.

        Args:
            folder: a new or empty folder, or one that holds an earlier run.
            lang: language of the report.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        return write_simulation(
            self.result,
            Path(folder),
            lang,
            document=self.as_json(),
            hazards=said(self.hazards, lang),
        )

    def write_doses(self, file: Path | str) -> None:
        """Write what everyone received as a table in NONMEM's columns.

        Args:
            file: where to; ID counts people within universes from 1.

        Raises:
            SkinError: if nothing was given, or the file cannot be written.
        """
        path = Path(file)
        if not self.result.dose_table:
            raise SkinError(
                "There are no doses to write: nothing was given, or a dose table was read.",
                code="no_doses",
                where="--doses-out",
                hint="Name a product and a route.",
            )
        try:
            path.write_text(self.result.dose_table, "utf-8", newline="\n")
        except OSError as error:
            raise SkinError(
                f"Cannot write {path.name!r}: {error.strerror}.",
                code="cannot_write",
                where="--doses-out",
                hint="Name a file in a folder that exists and that you may write to.",
            ) from error

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin simulate`."""
        return {**self.result.as_json(), "hazards": [h.as_json() for h in self.hazards]}
