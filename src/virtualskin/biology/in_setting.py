"""The shelf as a setting has it: states held at rest, steady processes, numbers that differ.

The equations stay the same files. What changes is the library that is assembled and balanced, so
people, universes, knock-outs and observables work in every setting as in the face.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from virtualskin.biology.library import Library
from virtualskin.biology.row import Number
from virtualskin.biology.setting import REASONS, Setting
from virtualskin.ground import SkinError, Spread


def library_in(setting: Setting, library: Library) -> Library:
    """The library with what the setting holds, steadies and changes.

    Args:
        setting: one that runs, free of errors.
        library: the shelf of the face.

    Raises:
        SkinError: if the setting is not run, with its reason.
    """
    if setting.reason is not None:
        raise SkinError(
            f"The skin model is not run in the setting {setting.id!r}.",
            code="not_run",
            where=setting.id,
            hint=REASONS[setting.reason].en,
        )
    numbers = dict(library.numbers)
    for change in setting.all_changes:
        owner, _, symbol = change.number.partition(".")
        if owner not in library.mechanisms:  # delivery, in a skin without therapy
            continue
        flat = library.mechanisms[owner].flat(symbol)
        given = change.companions
        if change.factor is not None:
            numbers[flat] = _multiplied(numbers[flat], float(given.value or 0.0), given.uncertain)
        else:
            factor = library.units.factor(given.unit)
            varies = None if given.varies is None else given.varies.scaled(factor)
            uncertain = None if given.uncertain is None else given.uncertain.scaled(factor)
            value = float(given.value or 0.0) * factor
            numbers[flat] = replace(
                numbers[flat], value=value, varies=varies, uncertain=uncertain, row=given
            )
    steady = [*setting.steady, *setting.delivery.steady]
    return replace(
        library,
        numbers=numbers,
        still=held_states(setting, library),
        steady=frozenset(
            tuple(name.split(".", 1)) for name in steady if name.split(".")[0] in library.mechanisms
        ),
    )


def held_states(setting: Setting, library: Library) -> frozenset[str]:
    """States held at rest. A state's own name wins over its mechanism's; held wins over alive."""
    own = {n: set(m.owned("state", "accumulator")) for n, m in library.mechanisms.items()}
    ours = {n for n, m in library.mechanisms.items() if m.folder.startswith("biology/")}
    whole = set(setting.alive) & own.keys() if setting.alive else ours
    held = {s for n in ours - whole for s in own[n]}
    held |= {s for n in setting.held if n in own for s in own[n]}
    held -= {s for s in setting.alive if s not in own}
    named = (*setting.held, *setting.delivery.held)
    known = {s for states in own.values() for s in states}
    return frozenset(held | {s for s in named if s in known})


def inputs_in(setting: Setting, library: Library) -> dict[str, float]:
    """Level of every input the setting gives, in internal units."""
    return {
        g.to: library.units.to_internal(float(g.amount.value or 0.0), g.amount.unit)
        for g in setting.inputs
    }


def begins_in(setting: Setting, library: Library, initial: Mapping[str, float]) -> dict[str, float]:
    """Start of every living state: its reference value and what the setting adds to it."""
    units = library.units
    added = {
        g.to: units.to_internal(float(g.amount.value or 0.0), g.amount.unit) for g in setting.begins
    }
    return {name: value + added.get(name, 0.0) for name, value in initial.items()}


def _multiplied(number: Number, factor: float, uncertain: Spread | None) -> Number:
    """A number times a factor; relative spreads add up as those of a product do."""
    value = None if number.value is None else number.value * factor
    varies = None if number.varies is None else number.varies.scaled(factor)
    own = None if number.uncertain is None else number.uncertain.scaled(factor)
    return replace(number, value=value, varies=varies, uncertain=product_spread(own, uncertain))


def product_spread(first: Spread | None, second: Spread | None) -> Spread | None:
    """Spread of a product of two independent numbers; both lognormal, or one of them exact.

    Raises:
        SkinError: for any other pair.
    """
    if first is None or second is None:
        return first or second
    if (first.kind, second.kind) != ("lognormal", "lognormal"):
        message = f"The product of {first} and {second} has no spread of a known kind."
        raise SkinError(message, code="spread", hint="Give the factor no spread, or a value.")
    squares = [1.0 + s.arguments[0] ** 2 for s in (first, second)]
    return Spread("lognormal", (math.sqrt(math.prod(squares) - 1.0),))


def names_of(library: Library, *kinds: str) -> Iterable[str]:
    """Every `mechanism.symbol` of the given kinds."""
    for name, mechanism in library.mechanisms.items():
        yield from (f"{name}.{symbol}" for symbol in mechanism.owned(*kinds))
