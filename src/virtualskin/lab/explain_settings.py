"""Explanations of settings and stressors: what lives, what is held, which numbers differ, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virtualskin.biology import REASONS, Companions, Setting, Stressor, held_states
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import explanation, number_explanation
from virtualskin.lab.naming import Entry
from virtualskin.report import Explanation, Fact

DOORS = {
    "medium": "in the medium: straight to the cells, no pores, no lymph",
    "routes": "by the routes of therapy",
    "none": "no dose",
}


class SettingEntries:
    """Entries of the settings and stressors shelves."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """Settings, then stressors."""
        for s in self.bench.settings:
            yield Entry("setting", s.id, lambda s=s: self.setting(s), title=s.title.en)
        for x in self.bench.stressors:
            yield Entry("stressor", x.id, lambda x=x: self.stressor(x), title=x.title.en)

    def setting(self, s: Setting) -> Explanation:
        """Where the model is run: alive, held, changed numbers with sources, doors, clock."""
        facts = [
            Fact("title", (s.title.en, s.title.zh)),
            Fact("stands", (s.system if s.reason is None else f"not run: {REASONS[s.reason].en}",)),
            Fact("note", (s.says.en, s.says.zh, *(f"lacks: {t.en}" for t in s.lacks))),
            Fact("equation", tuple(_change_lines(s))),
            Fact("holds", tuple(self._holds(s)) if s.runs else ()),
            Fact("file", (self.bench.settings.files[s.id],)),
        ]
        parts = self._parts(_numbers(s), self.bench.settings.files[s.id])
        return explanation(s.id, "setting", facts, parts)

    def stressor(self, x: Stressor) -> Explanation:
        """What an experiment gives, and where it goes."""
        takers = [s.id for s in self.bench.settings if x.id in s.stressors]
        facts = [
            Fact("title", (x.title.en, x.title.zh)),
            Fact("equation", (f"{x.into} = dose in {x.unit} × per_unit",)),
            Fact("note", (x.note.en, x.note.zh)),
            Fact("read_by", tuple(f"setting {name}" for name in takers)),
            Fact("file", (self.bench.stressors.files[x.id],)),
        ]
        named = [(f"{x.id}.per_unit", x.per_unit)]
        return explanation(
            x.id, "stressor", facts, self._parts(named, self.bench.stressors.files[x.id])
        )

    def _holds(self, s: Setting) -> Iterable[str]:
        alive, held = alive_and_held(self.bench, s)
        yield f"alive: {', '.join(alive)}"
        yield f"held at rest: {', '.join(held) or 'nothing'}"
        steady = (*s.steady, *s.delivery.steady)
        if steady:
            yield f"goes on at its resting rate: {', '.join(steady)}"
        for state, text in s.stands_for.items():
            yield f"{state} stands for {text.en}"
        yield f"doses: {DOORS[s.doses]}"
        yield from (f"refuses {' or '.join(r.ways)}: {r.reason.en}" for r in s.refuses)
        yield from (f"{what} enters {state}" for what, state in s.delivery.enters.items())
        if s.stressors:
            yield f"stressors: {', '.join(s.stressors)}"
        yield from (f"clock: {line}" for line in clock_lines(s, "en"))
        yield f"read: {', '.join(s.reads) or 'everything that lives, and every observable'}"

    def _parts(
        self, numbers: Iterable[tuple[str, Companions]], file: str
    ) -> tuple[Explanation, ...]:
        evidence = self.bench.evidence
        return tuple(number_explanation(n, row, evidence, "molecule", file) for n, row in numbers)


def alive_and_held(bench: Bench, s: Setting) -> tuple[list[str], list[str]]:
    """States in model order: those that live, and those held; whole mechanisms by their name."""
    still = held_states(s, bench.library)
    alive: list[str] = []
    held: list[str] = []
    for mechanism in bench.library.mechanisms.values():
        states = list(mechanism.owned("state", "accumulator"))
        if not states:
            continue
        mine = [name for name in states if name in still]
        whole = f"{mechanism.name} ({', '.join(states)})" if len(states) > 1 else states[0]
        if not mine:
            alive.append(whole)
        elif len(mine) == len(states):
            held.append(whole)
        else:
            alive += [name for name in states if name not in still]
            held += mine
    return alive, held


def clock_lines(s: Setting, lang: str) -> list[str]:
    """The default time of each kind of readout, one line each."""
    lines: list[str] = []
    for w in s.windows:
        when = w.note.get(lang) if w.note is not None else f"{w.first}–{w.last}"
        lines.append(f"{w.of} {when}")
    return lines


def _numbers(s: Setting) -> list[tuple[str, Companions]]:
    """Numbers by the name of what they change."""
    kinds = [(c, "factor" if c.value is None else "value") for c in s.all_changes]
    named = [(f"{s.id}: {c.number} {kind}", c.companions) for c, kind in kinds]
    named += [(f"{s.id}: input {g.to}", g.amount) for g in s.inputs]
    return named + [(f"{s.id}: {g.to} at the start", g.amount) for g in s.begins]


def _change_lines(s: Setting) -> Iterable[str]:
    for c in s.all_changes:
        n = c.companions
        unit = "" if n.unit == "1" else f" {n.unit}"
        if c.value is None:
            yield f"{c.number} = human × {n.value:g}"
        else:
            yield f"{c.number} = {n.value:g}{unit}"


__all__ = ["DOORS", "SettingEntries", "alive_and_held", "clock_lines"]
