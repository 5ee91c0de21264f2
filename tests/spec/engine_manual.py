"""The manual of the engine, written from its specifications.

Run `PYTHONPATH=src python tests/spec/engine_manual.py docs/manual/engine.md` to renew the page.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from engine_specs import SOLVERS, Chapter, Spec, Text, chapters

HEAD = """# What the engine means · 引擎的含义

<!-- Written from `tests/spec/engine/` by `tests/spec/engine_manual.py`; do not edit. -->

Each section is a model of about ten lines, what is asked of it, and the table it must give. The
numbers are those of the closed form above them or were counted by hand; none comes from a solver.
Every section is a test that runs on SciPy's LSODA (`reference`), on the population kernel as
machine code (`llvm`) and in NumPy (`numpy`), and on libRoadRunner (`roadrunner`) unless the section
says that a solver refuses it. The solvers agree with the table to {within:g} relative ({coarser:g}
for `numpy`, which is asked less exactly), unless another figure is given. Models are Antimony, or
the inside of an SBML model with formulas in braces.

每节包含一个约十行的模型、所提的问题以及必须得到的表。数值来自表上方的解析式或手工推算，绝不来自求解器。
每节都是一个测试，在 SciPy 的 LSODA（`reference`）、群体内核的机器码（`llvm`）与
NumPy（`numpy`）以及 libRoadRunner（`roadrunner`）上运行；若某求解器拒绝，则在该节注明。
"""
ASKED = {
    "rest": "`steady_state` · 稳态",
    "rested course": "`solve_preequilibrated` · 先达稳态再运行",
    "derivatives": "`sensitivities` · 导数",
}
COARSER = 30.0


def page(found: list[Chapter]) -> str:
    """The whole page."""
    exact = Spec.model_fields["within"].default
    head = HEAD.format(within=exact, coarser=exact * COARSER)
    count = sum(len(chapter.specs) for chapter in found)
    index = [f"{count} sections · 共 {count} 节", ""]
    body: list[str] = []
    for chapter in found:
        index.append(f"- {_both(chapter.title)}")
        body += ["", f"## {_both(chapter.title)}"]
        for spec in chapter.specs:
            index.append(f"  - [{_both(spec.title)}](#{_anchor(spec)})")
            body += ["", *_section(spec)]
    return "\n".join([head, *index, *body, ""])


def _both(text: Text) -> str:
    return f"{text.en} · {text.zh}"


def _anchor(spec: Spec) -> str:
    return re.sub(r"[^a-z0-9]+", "-", spec.title.en.lower()).strip("-")


def _section(spec: Spec) -> list[str]:
    lines = [f'<a id="{_anchor(spec)}"></a>', "", f"### {_both(spec.title)}", ""]
    lines += [spec.means.en, "", spec.means.zh, ""]
    kind, text = ("xml", spec.sbml) if spec.sbml else ("antimony", spec.model)
    if spec.attributes:
        lines += [f"`<model {spec.attributes}>`", ""]
    lines += [f"```{kind}", *text.rstrip().splitlines(), "```", ""]
    lines += _asked(spec)
    everyone = spec.refused.get("everyone")
    if everyone is not None:
        said = f' ("{everyone}")' if everyone else ""
        return [*lines, f"Refused when it is read{said}. · 读取时即被拒绝。"]
    lines += _table(spec)
    if spec.refused:
        lines += ["", f"Refused by · 拒绝的求解器：{', '.join(map(_code, spec.refused))}"]
    for solver in SOLVERS:
        if solver in spec.missed:
            lines += ["", f"**Missed** by · 未达到：`{solver}`: {spec.missed[solver]}"]
    return lines


def _asked(spec: Spec) -> list[str]:
    asked = [ASKED[spec.ask]] if spec.ask in ASKED else []
    for label, values in (
        ("parameters · 参数", spec.given),
        ("initial states · 初值", spec.initial),
        ("parameters before the run · 运行前的参数", spec.before),
    ):
        if values:
            pairs = ", ".join(f"`{name}` = {_values(value)}" for name, value in values.items())
            asked.append(f"{label}: {pairs}")
    if spec.start:
        asked.append(f"start · 起点: {spec.start:g}")
    if spec.until is not None:
        asked.append(f"end · 终点: {_values(spec.until)}")
    if spec.periods:
        asked.append(f"declared periods · 声明的周期: {_values(spec.periods)}")
    for time, state, amount, *person in spec.doses:
        whom = f", person · 人 {person[0]}" if person else ""
        asked.append(f"dose · 给药: {amount:g} → `{state}`, t = {time:g}{whom}")
    if spec.within != Spec.model_fields["within"].default:
        asked.append(f"agreement · 一致程度: {spec.within:g}")
    lines = [f"- {line}" for line in asked]
    if spec.table:
        lines += ["", "```text", *spec.table.rstrip().splitlines(), "```"]
    return [*lines, ""] if lines else []


def _table(spec: Spec) -> list[str]:
    forms = [(name, form) for name, form in spec.expected.items() if isinstance(form, str)]
    lines = [f"- `{name}` = `{form}`" for name, form in forms]
    lines += [""] if lines else []
    several = spec.people > 1
    head = [*(["person · 人"] if several else []), *([] if spec.ask == "rest" else ["t"])]
    lines.append("| " + " | ".join([*head, *map(_code, spec.expected)]) + " |")
    lines.append("|" + " --: |" * (len(head) + len(spec.expected)))
    answers = [spec.answer(name) for name in spec.expected]
    times = np.atleast_2d(np.array(spec.times))
    for person in range(spec.people):
        if person + 1 in spec.failed:
            reason = spec.failed[person + 1] or "…"
            blank = [""] * (len(head) - 1 + len(spec.expected) - 1)
            lines.append("| " + " | ".join([str(person + 1), f"NaN: {reason}", *blank]) + " |")
            continue
        for row in range(answers[0].shape[1]):
            when = [] if spec.ask == "rest" else [_number(times[person % len(times), row])]
            cells = [*([str(person + 1)] if several else []), *when]
            cells += [_number(answer[person, row]) for answer in answers]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def _code(name: str) -> str:
    return f"`{name}`"


def _values(values: float | list[float]) -> str:
    return ", ".join(map(_number, values)) if isinstance(values, list) else _number(values)


def _number(value: float) -> str:
    text = f"{float(value):.6g}"
    return "0" if text == "-0" else {"nan": "NaN"}.get(text, text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(chapters()), encoding="utf-8")
