"""Numbers that a claim's check names, read from the catalogue as draws of our ignorance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from virtualskin.biology import Companions, Skin
from virtualskin.evidence import Reading
from virtualskin.ground import SkinError, Text, duration_days, stream
from virtualskin.review.check_rules import CheckRules, Seen
from virtualskin.review.claim_check_record import (
    Clumps,
    Counting,
    EntryOf,
    FactorOf,
    Kept,
    Limit,
    LoadOf,
    Lots,
    Made,
    Missing,
    ModelOf,
    Number,
    Passes,
    RowOf,
    StepActive,
)
from virtualskin.therapy import Range, Therapies, read_conversions
from virtualskin.therapy.made_numbers import DRAWS, MadeNumber, MadeNumbers

Floats = NDArray[np.float64]
WIDE = 1.6448536269514722  # not science: standard scores of a 90 % interval
WIDER = 1.959963984540054  # not science: standard scores of a 95 % interval
SHARE = "1"
ASSUMED, NO_SPREAD = "assumed", "no_spread"


@dataclass(frozen=True)
class Told:
    """A number, read.

    Args:
        what: of what.
        values: (K,) draws in `unit`; one value for a number that is exact.
        unit: a unit of the catalogue.
        sources: addresses of the evidence it rests on, or that gives its direction.
        flags: `assumed` where no evidence stands behind it, `no_spread` where none was printed.
    """

    what: Text
    values: Floats
    unit: str
    sources: tuple[str, ...]
    flags: tuple[str, ...] = ()

    @property
    def seen(self) -> Seen:
        """The number with its 90 % interval."""
        r = Range.of(self.values)
        return Seen(self.what, r.median, r.lo90, r.hi90, self.unit, "; ".join(self.sources))

    def drawn(self, count: int) -> Floats:
        """As many draws as are wanted; a number with fewer is drawn again from what it has."""
        if len(self.values) == count:
            return self.values
        return stream(0, "claim", self.what.en).choice(self.values, count)


def missing_of(numbers: Iterable[Number | None]) -> tuple[Missing, ...]:
    """Those of the numbers that the catalogue does not hold."""
    return tuple(n for n in numbers if isinstance(n, Missing))


class Numbers:
    """Reads numbers of one catalogue.

    Args:
        skin: the model and the evidence.
        therapies: products and how they are made.
        rules: for a number printed without spread.
    """

    def __init__(self, skin: Skin, therapies: Therapies, rules: CheckRules) -> None:
        self.skin, self.therapies, self.rules = skin, therapies, rules
        self.units = skin.library.units
        self.making = therapies.making
        self.made = MadeNumbers(self.making, read_conversions(skin.library.catalogue, self.units))
        self._readers: dict[type[object], Callable[..., Told]] = {
            Made: self._made, FactorOf: self._factor, Passes: self._passes, Clumps: self._clumps,
            Kept: self._kept, StepActive: self._step_active, EntryOf: self._entry,
            LoadOf: self._load, Lots: self._lots, Counting: self._counting, RowOf: self._row,
            ModelOf: self._model, Limit: self._limit,
        }  # fmt: skip

    def read(self, number: Number) -> Told:
        """One number.

        Args:
            number: as a check names it, not one that is missing.

        Raises:
            SkinError: for a name that does not exist, or nothing behind it.
        """
        try:
            return self._readers[type(number)](number)
        except KeyError as error:
            name = str(error.args[0])
            raise SkinError(f"No {name!r} where {number.of!r} is read.", code="no_number") from None

    def in_unit(self, told: Told, unit: str) -> Told:
        """The same in another unit; raises `UnitError` for one of another dimension."""
        size = self.units.convert(1.0, told.unit, unit)
        return Told(told.what, told.values * size, unit, told.sources, told.flags)

    def _made(self, n: Made) -> Told:
        joined = "+".join(n.engineering)
        got = self.made.amount(n.process, n.step, n.target, per=n.per, made_to_be=joined)
        chain = self.making.chain(self.making.process(n.process))
        steps = [step for step, _ in chain if step.id == n.step]
        numbers = [m.each for s in steps for m in s.makes if m.of == n.target]
        numbers += self._engineered(n.engineering, n.target)
        step, target = steps[0].title, self.making.targets[n.target].title
        en, zh = f"{target.en} after {step.en}", f"{step.zh}后的{target.zh}"
        unit = self.making.targets[n.target].unit
        if n.per:
            unit = f"{unit}/{self.making.targets[n.per].unit}"
            per = self.making.targets[n.per].title
            en, zh = (
                f"{target.en} per {per.en} after {step.en}",
                f"{step.zh}后每{per.zh}的{target.zh}",
            )
        return self.in_unit(_told(Text(en=en, zh=zh), got, numbers), unit)

    def _engineered(self, names: Iterable[str], target: str) -> list[Companions]:
        found = (f for name in names for f in self.making.engineered(name).factors)
        return [f.factor for f in found if f.target == target]

    def _factor(self, n: FactorOf) -> Told:
        got = self.made.factor("+".join(n.engineering), n.target)
        titles = [self.making.engineered(name).title for name in n.engineering]
        target = self.making.targets[n.target].title
        en = f"factor on {target.en} by {', '.join(t.en for t in titles)}"
        zh = f"{'、'.join(t.zh for t in titles)}对{target.zh}的系数"
        return _told(Text(en=en, zh=zh), got, self._engineered(n.engineering, n.target))

    def _passes(self, n: Passes) -> Told:
        step, target = self.making.steps.records[n.step], self.making.targets[n.target].title
        en = f"share of {target.en} that passes {step.title.en}"
        what = Text(en=en, zh=f"{step.title.zh}中{target.zh}的回收比例")
        return _told(what, self.made.passes(n.step, n.target), [step.passes[n.target]])

    def _clumps(self, n: Clumps) -> Told:
        step = self.making.steps.records[n.step]
        en = f"share of the vesicles in clumps after {step.title.en}"
        what = Text(en=en, zh=f"{step.title.zh}后成团囊泡的比例")
        return _told(what, self.made.clumped(n.step), _given(step.aggregates))

    def _step_active(self, n: StepActive) -> Told:
        step = self.making.steps.records[n.step]
        en, zh = f"share left active by {step.title.en}", f"{step.title.zh}后仍有活性的比例"
        got = self.made.left_active(n.step)
        return _told(Text(en=en, zh=zh), got, _given(step.active.get("rest")), step.evidence)

    def _kept(self, n: Kept) -> Told:
        form, days = self.making.form(n.form), duration_days(n.after)
        got = self.made.kept(n.form, n.celsius, days)
        en = f"share active of {form.title.en} after {days:g} days at {n.celsius:g} °C"
        zh = f"{form.title.zh}在 {n.celsius:g} °C 存放 {days:g} 天后的活性比例"
        lives = [p.half_life for p in form.points]
        return _told(Text(en=en, zh=zh), got, lives, form.evidence)

    def _entry(self, n: EntryOf) -> Told:
        product = self.therapies.product(n.product)
        component = self.therapies.component(n.component)
        there = [e.dose for e in product.components if e.component == n.component]
        en = f"{component.title.en} in {product.title.en}"
        return self._card(Text(en=en, zh=f"{product.title.zh}中的{component.title.zh}"), there, en)

    def _load(self, n: LoadOf) -> Told:
        product, target = self.therapies.product(n.product), self.making.targets[n.input].title
        there = [s.amount for s in product.settings if s.input == n.input]
        en = f"{target.en}, {product.title.en}"
        return self._card(Text(en=en, zh=f"{product.title.zh}的{target.zh}"), there, en)

    def _card(self, what: Text, there: list[Companions], place: str) -> Told:
        """Entries of a card, added up; nothing, exactly, where there is none."""
        if not there:
            return Told(what, np.zeros(1), SHARE, (), (ASSUMED,))
        unit = there[0].unit
        parts = [self.made.drawn(n, f"{place}.{at}") for at, n in enumerate(there)]
        sizes = [self.units.convert(1.0, n.unit, unit) if n.unit != "%" else 1.0 for n in there]
        values = np.sum([p * s for p, s in zip(parts, sizes, strict=True)], axis=0)
        return _told(what, MadeNumber(values, SHARE if unit == "%" else unit), there)

    def _lots(self, n: Lots) -> Told:
        process, target = self.making.process(n.process), self.making.targets[n.target].title
        en = f"coefficient of variation of {target.en} between lots of {process.title.en}"
        what = Text(en=en, zh=f"{process.title.zh}各批次间{target.zh}的变异系数")
        given = _given(process.lots.get(n.target, process.lots.get("rest")))
        return self._widened(_told(what, self.made.lot_cv(n.process, n.target), given))

    def _counting(self, n: Counting) -> Told:
        row = self.made.conversions.rows[n.name]
        if n.of == "conversion":
            what = Text(
                en=f"{row.to} counted where {row.start} counts one",
                zh=f"{row.start} 计为 1 时 {row.to} 的读数",
            )
            return _told(what, self.made.conversion(n.name), [row])
        what = Text(
            en=f"coefficient of variation of counts by {row.start}",
            zh=f"{row.start} 计数的变异系数",
        )
        return self._widened(_told(what, self.made.error(n.name), [row]))

    def _row(self, n: RowOf) -> Told:
        reading = self.skin.evidence.reading(n.row)
        spelling = self.skin.evidence.spellings.get(reading.unit)
        if spelling is None or not reading.number.numeric:
            message = f"The row {n.row} holds no number with a unit of the catalogue."
            raise SkinError(message, code="no_number", where=n.row)
        words = reading.quantity.replace("_", " ")
        what = Text(en=f"{words} ({reading.id})", zh=f"证据行 {reading.id}（{words}）")
        values, spread = self._printed(reading)
        flags = () if spread else (NO_SPREAD,)
        return Told(what, values * spelling.factor, spelling.unit, (reading.id,), flags)

    def _printed(self, reading: Reading) -> tuple[Floats, bool]:
        """Draws of a printed number, and whether its spread was printed too."""
        source = stream(0, "claim", "row", reading.id)
        low, high, spread = reading.low, reading.high, reading.spread
        if reading.value is None and low is not None and high is not None:
            return _even(low, high, source), True
        if reading.value is None:
            message = f"The row {reading.id} prints a bound only."
            raise SkinError(message, code="no_number", where=reading.id)
        if spread.low is not None and spread.high is not None and spread.kind == "range":
            return _even(spread.low, spread.high, source), True
        width = spread.width
        if spread.low is not None and spread.high is not None:  # a 95 % interval
            width = (spread.high - spread.low) / 2 / WIDER
        elif width is not None and spread.kind == "ci95":
            width = width / WIDER
        if width is None:
            return self._about(reading.value, source), False
        return _bell(reading.value, width, source), True

    def _about(self, value: float, source: np.random.Generator) -> Floats:
        """Draws of a number without spread: the rules say how wide."""
        width = abs(value) * float(self.rules.unprinted.value or 0.0) / WIDE
        return _bell(value, width, source)

    def _widened(self, told: Told) -> Told:
        """A single number without spread, drawn as the rules say."""
        values = self._about(float(told.values[0]), stream(0, "claim", "lone", told.what.en))
        return Told(told.what, values, told.unit, told.sources, (*told.flags, NO_SPREAD))

    def _model(self, n: ModelOf) -> Told:
        number = {x.name: x for x in self.skin.library.numbers.values()}[n.quantity]
        if number.value is None:
            message = f"{n.quantity} is computed by the assembler; it has no value of its own."
            raise SkinError(message, code="no_number", where=n.quantity)
        what = Text(en=f"{n.quantity} of the model", zh=f"模型参数 {n.quantity}")
        values = np.full(1, number.value)
        if number.uncertain is not None:
            scores = _bell(0.0, 1.0, stream(0, "claim", "model", number.flat))
            values = number.uncertain.at(number.value, scores)
        return _told(what, MadeNumber(values, number.unit), [number.row])

    def _limit(self, n: Limit) -> Told:
        return Told(n.note, np.full(1, n.value), n.unit, ())


def _steps(source: np.random.Generator) -> Floats:
    """Quantiles from 0 to 1 at even steps, in a drawn order, so that a median is exact."""
    return source.permutation((np.arange(DRAWS) + 1 / 2) / DRAWS)


def _even(low: float, high: float, source: np.random.Generator) -> Floats:
    """Draws of a printed range."""
    return low + (high - low) * _steps(source)


def _bell(middle: float, width: float, source: np.random.Generator) -> Floats:
    """Draws of a number with a standard deviation."""
    return middle + width * ndtri(_steps(source))


def _given(number: Companions | None) -> list[Companions]:
    return [] if number is None else [number]


def _told(
    what: Text, got: MadeNumber, numbers: Iterable[Companions], evidence: Iterable[str] = ()
) -> Told:
    """A number of the making layer with what it rests on."""
    there = list(numbers)
    sources = tuple(dict.fromkeys((*_addresses(there), *evidence)))
    flags = () if sources else (ASSUMED,)
    return Told(what, np.ravel(got.values), got.unit, sources, flags)


def _addresses(numbers: Iterable[Companions]) -> Iterator[str]:
    for number in numbers:
        yield from (part.strip() for part in number.source.split(";") if part.strip())
