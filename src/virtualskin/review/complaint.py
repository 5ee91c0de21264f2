"""What is wrong with a field of one record of the review's shelves, and its finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from virtualskin.biology import Skin
from virtualskin.ground import Finding
from virtualskin.ground.errors import nearest


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a field of one record.

    Args:
        id: the rule that is broken.
        message: what is wrong.
        column: the field, as a path of keys.
        value: what stands there.
        hint: what to write.
    """

    id: str
    message: str
    column: str
    value: object = ""
    hint: str = ""

    def of(self, file: str) -> Finding:
        """The finding, still without a line.

        Args:
            file: the record's file.
        """
        return Finding(self.id, self.message, file, None, self.column, str(self.value), self.hint)


def unknown(
    kind: str, name: str, known: Iterable[str], column: str, example: str = ""
) -> Complaint:
    """A name that does not exist, with the nearest one.

    Args:
        kind: of what.
        name: as written.
        known: names that exist.
        column: the field.
        example: what to write where no name is near.
    """
    near = nearest(name, known)
    hint = f"did you mean {near[0]!r}?" if near else example
    return Complaint(f"unknown_{kind}", f"no such {kind}", column, name, hint)


def quantities(skin: Skin) -> frozenset[str]:
    """Everything a formula may read; nothing if the equations are not assembled.

    Args:
        skin: the model.
    """
    return _readable(skin.structure.sbml) if skin.structure.sbml else frozenset()


@lru_cache(maxsize=2)
def _readable(sbml: str) -> frozenset[str]:
    from virtualskin.engine import read_sbml

    return frozenset(read_sbml(sbml).observables)
