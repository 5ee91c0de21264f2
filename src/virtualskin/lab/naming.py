"""Names as people write them: what can be explained, and which thing a name means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from virtualskin.ground import SkinError, UnknownName
from virtualskin.report import Explanation


@dataclass(frozen=True)
class Entry:
    """Something that can be explained.

    Args:
        kind: parameter, state, drive, product, paper …
        name: its full name.
        make: gives the explanation.
        short: other ways to write it (flat id, symbol alone).
        title: one line for lists.
    """

    kind: str
    name: str
    make: Callable[[], Explanation]
    short: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Names:
    """Every entry, and where to look a name up.

    Args:
        entries: all of them, in the order of the floors.
    """

    entries: tuple[Entry, ...]
    spelt: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Names:
        """Index entries by every way to write them."""
        names = cls(tuple(entries))
        for entry in names.entries:
            for text in dict.fromkeys((entry.name, *entry.short, f"{entry.kind}:{entry.name}")):
                names.spelt.setdefault(text, []).append(entry)
        return names

    def resolve(self, text: str) -> Entry:
        """The one entry that a name means; a full name wins over a short one.

        Raises:
            UnknownName: if nothing is called so, with the nearest names.
            SkinError: if a short name means several things; names them all.
        """
        wanted = text.strip()
        found = self.spelt.get(wanted, [])
        full = [e for e in found if wanted in {e.name, f"{e.kind}:{e.name}"}]
        best = full or found
        if not best:
            raise UnknownName("name", wanted, self.spelt)
        if len(best) > 1:
            same = len({e.name for e in best}) < len(best)
            ways = [f"{e.kind}:{e.name}" if same else e.name for e in best]
            raise SkinError(
                f"{wanted!r} means {len(best)} things.",
                code="ambiguous_name",
                where=wanted,
                hint=f"Write one of: {', '.join(ways)}.",
            )
        return best[0]
