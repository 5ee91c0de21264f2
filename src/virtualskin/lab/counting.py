"""Counting the numbers of a bench by origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from virtualskin.biology import Companions
from virtualskin.lab.bench import Bench
from virtualskin.report import NumberCounts


def count_numbers(bench: Bench) -> NumberCounts:
    """Every number that a trial run may use, and every arrow, by origin.

    A number counts where it stands with its five companions: mechanism tables, drives, observables,
    products, routes, how products are made, cohorts, phototypes, endpoints, raters, reactions,
    settings, stressors. An arrow is a process, an algebraic relation or a drive that has no number
    of its own.
    """
    library = bench.library
    numbers = [n.row.origin for n in library.numbers.values()]
    numbers += [o.smallest_effect.origin for o in library.observables.values()]
    # a number that one setting takes over from another is one number
    once = {id(c): c for record in _records(bench) for c in companions(record)}
    numbers += [c.origin for c in once.values()]
    arrows = [
        row.origin
        for m in library.mechanisms.values()
        for _, row in m.owned("process", "variable").values()
    ]
    arrows += [d.row.origin for d in library.drives.values() if not d.numbers]
    return NumberCounts(Counter(numbers), Counter(arrows))


def companions(record: object) -> Iterator[Companions]:
    """Every number inside a record, however deep, in order."""
    if isinstance(record, Companions):
        yield record
    elif isinstance(record, BaseModel):
        yield from companions([getattr(record, name) for name in type(record).model_fields])
    elif isinstance(record, Mapping):
        yield from companions(list(record.values()))
    elif isinstance(record, list | tuple):
        for part in record:
            yield from companions(part)


def _records(bench: Bench) -> Iterable[BaseModel]:
    yield from bench.therapies.products
    yield from bench.therapies.routes
    making = bench.therapies.making
    for shelf in (making.engineering, making.processes, making.steps, making.stability):
        yield from shelf
    yield from bench.cohorts
    yield bench.phototypes
    yield from bench.trials.endpoints
    yield from bench.trials.raters
    yield bench.trials.reactions
    yield from bench.settings
    yield from bench.stressors
