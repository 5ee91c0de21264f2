"""Which studies may stand in one pool: same readout, product, way in, comparator and place.

Rows say all of this in free words. `evidence/pools/classes.tsv` gives each word pattern its class;
the first line that fits decides. Studies are comparable when all their classes agree; a claim's id
plays no part. What no line knows is in no class and is compared with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict

from virtualskin.evidence import Row, compiled
from virtualskin.ground import Catalogue, Finding, Findings, Text, read_table

FILE: Final = "evidence/pools/classes.tsv"
KINDS: Final = ("readout", "product", "route", "stress", "control", "place", "caveat")
# Comparators that the tables state by their columns rather than by a word.
COMPARATORS: Final[Mapping[str, Text]] = {
    "unstressed": Text(en="against unstressed", zh="对照未应激"),
    "stress_only": Text(en="against the stress alone", zh="对照单纯应激"),
    "untreated": Text(en="against untreated", zh="对照未治疗"),
    "vehicle": Text(en="against vehicle or saline", zh="对照基质或盐水"),
    "other_arm": Text(en="against another product or way", zh="对照另一产品或途径"),
    "baseline": Text(en="against before", zh="与治疗前比较"),
    "young": Text(en="old against young", zh="老年对照青年"),
}
NO_PRODUCT: Final = frozenset({"", "none"})
VERSUS: Final = re.compile(r"\bvs\b")


@dataclass(frozen=True, slots=True)
class Class:
    """One line of the table.

    Args:
        kind: one of `KINDS`.
        id: of the class; empty for words that put a row in none.
        pattern: words of it.
        title: for people.
        models: states and observables of the model that mean the same.
        sense: 1 if more of it is more of those, -1 if less.
    """

    kind: str
    id: str
    pattern: re.Pattern[str]
    title: Text
    models: tuple[str, ...]
    sense: int


@dataclass(frozen=True, slots=True)
class Kin:
    """What studies of one pool share.

    Args:
        readout: class of what was read.
        product: class of what was given; of a stress where nothing was.
        route: class of the way in; empty in a dish.
        comparator: one of `COMPARATORS`.
        stress: class of the stress both arms had; empty if none.
        place: class of cell, tissue or body.
    """

    readout: str
    product: str
    route: str
    comparator: str
    stress: str
    place: str

    @property
    def id(self) -> str:
        """A name of its own, made of its classes."""
        product = f"{self.product}_by_{self.route}" if self.route else self.product
        stress = f"_under_{self.stress}" if self.stress else ""
        return f"{self.readout}_of_{product}_over_{self.comparator}{stress}_in_{self.place}"


@dataclass(frozen=True, slots=True)
class Classes:
    """The table, by kind.

    Args:
        lines: in file order.
    """

    lines: tuple[Class, ...]

    def of(self, kind: str, text: str) -> Class | None:
        """The class of a text; None if no line knows it, or a line puts it in none.

        Args:
            kind: one of `KINDS`.
            text: words of a row.
        """
        mine = (one for one in self.lines if one.kind == kind)
        found = next((one for one in mine if one.pattern.search(text)), None)
        return found if found is not None and found.id else None

    def title(self, kind: str, name: str) -> Text:
        """What a class is called."""
        for one in self.lines:
            if one.kind == kind and one.id == name:
                return one.title
        return COMPARATORS.get(name, Text(en=name, zh=name))

    def named(self, kin: Kin) -> Text:
        """A group as people would call it."""
        readout, place = self.title("readout", kin.readout), self.title("place", kin.place)
        given = "product" if any(c.id == kin.product for c in self._products) else "stress"
        product = self.title(given, kin.product)
        route = self.title("route", kin.route) if kin.route else Text(en="", zh="")
        stress = self.title("stress", kin.stress) if kin.stress else Text(en="", zh="")
        comparator = COMPARATORS[kin.comparator]
        en = ", ".join(
            filter(
                None,
                (
                    f"{readout.en}: {product.en}{' ' if route.en else ''}{route.en}",
                    comparator.en,
                    f"after {stress.en}" if stress.en else "",
                    f"in {place.en}",
                ),
            )
        )
        zh = "，".join(
            filter(
                None,
                (
                    f"{readout.zh}：{route.zh}{product.zh}",
                    comparator.zh,
                    f"应激 {stress.zh}" if stress.zh else "",
                    place.zh,
                ),
            )
        )
        return Text(en=en, zh=zh)

    @property
    def _products(self) -> tuple[Class, ...]:
        return tuple(one for one in self.lines if one.kind == "product")

    def readout(self, row: Row) -> Class | None:
        """What a row reads."""
        return self.of("readout", row.reading.quantity)

    def caveat(self, row: Row) -> str:
        """A caveat that keeps a row out of pools; empty if there is none."""
        found = self.of("caveat", f"{row.get('note')} | {row.get('n')} | {row.get('product')}")
        return "" if found is None else found.id

    def kin(self, row: Row, comparator: str) -> Kin | None:
        """What a row shares with others; None if a part of it is in no class.

        Args:
            row: of lab effects, clinical outcomes or ageing values.
            comparator: what its number stands over.
        """
        readout = self.readout(row)
        system = row.reading.system
        clinical, ageing = bool(row.get("delivery")), "age_years" in row.cells.cells
        named = row.get("product")
        given = row.get("delivery") if named in NO_PRODUCT and clinical else named
        stress = self.of("stress", row.get("condition" if ageing else "stressor"))
        product = self.of("product", given) if given not in NO_PRODUCT else None
        words = " | ".join((row.get("system"), row.get("species")))
        place = "human_skin" if system == "human_in_vivo" else ""
        place = place or getattr(self.of("place", words), "id", "")
        if readout is None or not place:
            return None
        if ageing:
            return Kin(readout.id, "age", "", comparator, getattr(stress, "id", ""), place)
        if given in NO_PRODUCT:
            if stress is None:
                return None
            return Kin(readout.id, stress.id, "", comparator, "", place)
        if product is None:
            return None
        device = clinical and named in NO_PRODUCT
        way = self.of("route", row.get("delivery")) if clinical and not device else None
        before = "" if clinical else getattr(stress, "id", "")
        return Kin(readout.id, product.id, getattr(way, "id", ""), comparator, before, place)


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    name: str
    pattern: str
    title_en: str
    title_zh: str
    model: str
    sense: int
    why: str


def read_classes(catalogue: Catalogue) -> tuple[Classes, Findings]:
    """Read the table of classes; lines with an unknown kind or a broken pattern become findings.

    Args:
        catalogue: the folders.
    """
    path = catalogue.file(FILE)
    label = catalogue.label(path)
    read, trouble = read_table(path, label, _Line)
    found: list[Finding] = list(trouble)
    lines: list[Class] = []
    for row in read:
        line = row.record
        pattern = compiled(line.pattern, label, row.line, found)
        if line.kind not in KINDS:
            hint = f"one of {', '.join(KINDS)}"
            found.append(
                Finding("unknown_name", "no such kind", label, row.line, "kind", line.kind, hint)
            )
        elif pattern is not None:
            models = tuple(filter(None, line.model.split(";")))
            title = Text(en=line.title_en, zh=line.title_zh)
            lines.append(Class(line.kind, line.name, pattern, title, models, line.sense))
    return Classes(tuple(lines)), tuple(found)
