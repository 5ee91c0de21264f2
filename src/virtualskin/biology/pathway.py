"""A pathway: a record that names the drives and processes it switches; what claims depend on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.ground import Text


class Pathway(BaseModel):
    """A named set of drives and processes.

    Args:
        id: file stem, what `--knockout` takes.
        title: for people.
        drives: drive ids it holds at their course in the comparator arm.
        zeroed: ids of cargo drives whose weight it sets to 0, so that they are 1 in both arms. Held
            cargo still acts where the comparator receives cargo too; zeroed cargo acts nowhere.
        stopped: processes (`mechanism.process`) that hand over what a product brought; they run in
            neither arm. Only a process that is still at rest can be stopped.
        silenced: processes and variables (`mechanism.name`) that a cell without the pathway lacks,
            where its loss is itself what is tried (a knock-down). Holding drives at rest says
            nothing there: a pathway at rest still runs.
        review: sections of the review that speak of it.
        note: what is lumped into it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    drives: tuple[str, ...] = ()
    zeroed: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _switches_something(self) -> Pathway:
        if not (self.drives or self.zeroed or self.stopped):
            raise ValueError("a pathway names a drive or a process")
        return self
