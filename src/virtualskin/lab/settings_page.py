"""The manual page of settings, written from the records.

Renew it with `python -m virtualskin.lab.settings_page docs/manual/settings.md`; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from virtualskin.biology import REASONS, Companions, Experiment, Setting, read_experiments
from virtualskin.ground import Catalogue
from virtualskin.lab.bench import Bench, set_up
from virtualskin.lab.explain_settings import DOORS, alive_and_held, clock_lines

OPENING = """\
# Settings · 情境

<!-- Written from the catalogue by `python -m virtualskin.lab.settings_page`; do not edit. -->

A claim about a dish, a mouse and a face is asked of one model. A setting is a record
(`biology/settings/ID.yaml`) that says which states live and which are held at rest, which
processes go on at their resting rate, which numbers differ and why, where a dose enters, what
stress can be given, and when a readout is taken if a paper does not say. Equations, drives and
every number that a setting does not name are those of the human face. A held state stays at its
reference, so every influence that reads it is 1. Production constants are balanced anew, so each
setting rests at the same reference values.

`virtualskin list settings` and `virtualskin explain SETTING` say the same; in Python
`skin.in_setting("fibroblast_culture")`. A number written as *human × factor* changes nothing for
people, in whom it keeps its own row.
"""
EXPERIMENTS = """\
## Experiments that show it · 验证实验

Each is run by a test at the medians, against the same setting without the stress. An effect counts
from 10 % on. Sizes of the stressors' arrows are assumed; one of them, direct damage of DNA by
peroxide, was chosen after a first look at p21 here, so that row proves nothing. Directions for
peroxide on p21 and procollagen are those of UVA, which acts through oxidants (E222), for want of a
row of their own. What the model misses stays here.
"""
SYSTEMS = {
    "human": "Person · 人",
    "rodent": "Rodent · 啮齿类",
    "explant": "Skin outside the body · 离体皮肤",
    "dish": "Dish · 培养皿",
    "none": "Not run · 不运行",
}


def settings_markdown(bench: Bench) -> str:
    """The whole page.

    Args:
        bench: what was read.
    """
    blocks = [OPENING, *_overview(bench)]
    for setting in bench.settings:
        blocks += _setting(bench, setting)
    blocks += _stressors(bench)
    blocks += _experiments(read_experiments(bench.catalogue)[0])
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks)


def _overview(bench: Bench) -> Iterator[str]:
    rows: list[tuple[str, ...]] = []
    for s in bench.settings:
        living = len(bench.skin.in_setting(s).structure.states) if s.runs else 0
        count = str(living) if s.runs else "–"
        title = f"{s.title.en} · {s.title.zh}"
        rows.append((f"[`{s.id}`](#{s.id})", title, SYSTEMS[s.system], count, s.doses))
    yield _table(("setting", "title", "system", "living states", "doses"), rows)


def _setting(bench: Bench, s: Setting) -> Iterator[str]:
    yield f'<a id="{s.id}"></a>\n\n## {s.title.en} · {s.title.zh}\n'
    yield f"`{s.id}`. {s.says.en}\n\n{s.says.zh}\n"
    if s.reason is not None:
        yield f"Not run: {REASONS[s.reason].en} {REASONS[s.reason].zh}\n"
        return
    alive, held = alive_and_held(bench, s)
    lines = [f"- **Alive:** {', '.join(alive) if held else 'everything'}."]
    lines += [f"- **Held at rest:** {', '.join(held)}."] if held else []
    steady = (*s.steady, *s.delivery.steady)
    lines += [f"- **At its resting rate:** {', '.join(steady)}."] if steady else []
    lines += [
        f"- **{name}** stands for {text.en} · {text.zh}." for name, text in s.stands_for.items()
    ]
    doors = "; ".join(f"{what} into {state}" for what, state in s.delivery.enters.items())
    lines.append(f"- **Doses:** {DOORS[s.doses]}{f' ({doors})' if doors else ''}.")
    lines += [
        f"- **Refuses:** what goes by {' or '.join(r.ways)}; {r.reason.en} · {r.reason.zh}."
        for r in s.refuses
    ]
    lines += [f"- **Stressors:** {', '.join(s.stressors)}."] if s.stressors else []
    lines.append(f"- **Clock:** {'; '.join(clock_lines(s, 'en'))}.")
    lines.append(f"- **Read:** {', '.join(s.reads) or 'all that lives, and every observable'}.")
    lines += [f"- **Lacking:** {text.en} {text.zh}" for text in s.lacks]
    yield "\n".join(lines) + "\n"
    rows = list(_numbers(s))
    if rows:
        yield _table(("number", "here", "uncertain", "origin", "source", "why"), rows)


def _numbers(s: Setting) -> Iterator[tuple[str, ...]]:
    for c in s.all_changes:
        yield _row(c.number, c.companions, "human × " if c.value is None else "")
    for g in s.inputs:
        yield _row(f"input {g.to}", g.amount)
    for g in s.begins:
        yield _row(f"{g.to} at the start", g.amount)


def _row(name: str, n: Companions, before: str = "") -> tuple[str, ...]:
    unit = "" if n.unit == "1" else f" {n.unit}"
    spread = "–" if n.uncertain is None else str(n.uncertain)
    source = f"{n.source} = {n.derivation}" if n.derivation else n.source
    return (name, f"{before}{n.value:g}{unit}", spread, n.origin, source or "–", n.note)


def _stressors(bench: Bench) -> Iterator[str]:
    yield "## Stressors · 应激因素\n"
    rows = [
        (f"`{x.id}`", f"{x.title.en} · {x.title.zh}", x.unit, f"{x.into} × {x.per_unit.value:g}",
         x.per_unit.note, x.note.en)
        for x in bench.stressors
    ]  # fmt: skip
    yield _table(("stressor", "title", "unit", "enters", "why so much", "note"), rows)


def _experiments(experiments: Iterable[Experiment]) -> Iterator[str]:
    yield EXPERIMENTS
    rows: list[tuple[str, ...]] = []
    for e in experiments:
        times = len(e.times)
        dose = f"{e.stressor} {e.dose:g} {e.unit}" + (f", {times} times" if times > 1 else "")
        when = f"{e.at:g} d" if e.at >= 1 else f"{e.at * 24:.0f} h"  # not science: hours of a day
        answer = e.answer.replace("_", " ")
        why = f"{e.reason} · {e.reason_zh}" if e.reason else ""
        where = f"{e.reads} in {e.setting}, {when}"
        rows.append((dose, where, e.expects.replace("_", " "), e.row, f"**{answer}**", why))
    met = sum(row[4] == "**met**" for row in rows)
    yield _table(("given", "read", "published", "row", "model", "why it misses"), rows)
    yield f"{met} of {len(rows)} directions are met.\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


if __name__ == "__main__":
    page = settings_markdown(set_up(Catalogue.open()))
    Path(sys.argv[1]).write_text(page, encoding="utf-8", newline="\n")
