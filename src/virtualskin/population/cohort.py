"""A cohort: who may be enrolled, as distributions with sources."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import BadInput, Catalogue, Text, UnknownName, read_yaml

Phototype: TypeAlias = Literal["I", "II", "III", "IV", "V", "VI"]
Sex: TypeAlias = Literal["F", "M"]
Record = TypeVar("Record", bound=BaseModel)
PHOTOTYPES: tuple[Phototype, ...] = ("I", "II", "III", "IV", "V", "VI")


class AgeRange(BaseModel):
    """Bounds of age at enrolment, in years."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> AgeRange:
        if not self.min <= self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}")
        return self


class Cohort(BaseModel):
    """Who may be enrolled.

    Args:
        id: file stem.
        title: for people.
        age: bounds of age.
        age_spread: how ages lie between the bounds (1 = evenly), with its reason.
        women: share of women.
        phototypes: phototype → share; shares sum to 1.
        sun: mean daily erythemal dose at the face, lifelong.
        by_sex: sex → model input → value; by default what `population/sexes.yaml` says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    age: AgeRange
    age_spread: Companions
    women: Companions
    phototypes: dict[Phototype, Companions] = Field(min_length=1)
    sun: Companions
    by_sex: dict[Sex, dict[str, Companions]] = {}

    @model_validator(mode="after")
    def _shares(self) -> Cohort:
        total = sum(c.value or 0.0 for c in self.phototypes.values())
        if abs(total - 1.0) > 1e-6:  # not science: rounding of shares
            raise ValueError(f"the shares of the phototypes sum to {total:g}, not 1")
        if not 0 <= (self.women.value or 0.0) <= 1:
            raise ValueError("the share of women lies between 0 and 1")
        return self


class Phototypes(BaseModel):
    """What a phototype means: its minimal erythema dose, hence the UV that reaches living cells.

    Args:
        id: file stem.
        minimal_erythema_dose: phototype → dose.
        reference: phototype whose transmission is 1.
        input: the model's input that takes the transmission.
        note: in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    minimal_erythema_dose: dict[Phototype, Companions]
    reference: Phototype
    input: str
    note: Text

    def transmission(self, phototype: Phototype) -> float:
        """UV reaching living cells against the reference phototype."""
        dose = {k: float(v.value or 0.0) for k, v in self.minimal_erythema_dose.items()}
        return dose[self.reference] / dose[phototype]


class Sexes(BaseModel):
    """How the sexes differ: the model's inputs that a person's sex sets.

    Args:
        id: file stem.
        inputs: sex → input → value.
        note: in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    inputs: dict[Sex, dict[str, Companions]]
    note: Text

    @model_validator(mode="after")
    def _both(self) -> Sexes:
        given = {sex: sorted(inputs) for sex, inputs in self.inputs.items()}
        if set(given) != {"F", "M"} or given["F"] != given["M"]:
            raise ValueError("F and M give a value to the same inputs")
        return self


def read_cohort(catalogue: Catalogue, name: str) -> Cohort:
    """A cohort of the catalogue by id, told how the sexes differ where it does not say so itself.

    Raises:
        UnknownName: if there is none of that name.
        BadInput: if its record carries errors.
    """
    files = {p.stem: p for p in catalogue.files("population/cohorts", ".yaml")}
    if name not in files:
        raise UnknownName("cohort", name, files)
    cohort = _record(catalogue, f"population/cohorts/{name}.yaml", Cohort)
    if cohort.by_sex:
        return cohort
    return cohort.model_copy(update={"by_sex": read_sexes(catalogue).inputs})


def read_sexes(catalogue: Catalogue) -> Sexes:
    """How the sexes differ, by the catalogue."""
    return _record(catalogue, "population/sexes.yaml", Sexes)


def read_phototypes(catalogue: Catalogue) -> Phototypes:
    """The phototype table of the catalogue."""
    return _record(catalogue, "population/phototypes.yaml", Phototypes)


def _record(catalogue: Catalogue, name: str, model: type[Record]) -> Record:
    path = catalogue.file(name)
    record, findings = read_yaml(path, catalogue.label(path), model)
    if record is None:
        raise BadInput(findings)
    return record
