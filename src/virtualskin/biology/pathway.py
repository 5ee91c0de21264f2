"""A pathway: a record that names the drives it switches; what claims depend on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from virtualskin.ground import Text


class Pathway(BaseModel):
    """A named set of drives.

    Args:
        id: file stem, what `--knockout` takes.
        title: for people.
        drives: drive ids it holds at their course in the comparator arm.
        zeroed: ids of cargo drives whose weight it sets to 0, so that they are 1 in both arms. Held
            cargo still acts where the comparator receives cargo too; zeroed cargo acts nowhere.
        review: sections of the review that speak of it.
        note: what is lumped into it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    drives: tuple[str, ...]
    zeroed: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    note: Text | None = None
