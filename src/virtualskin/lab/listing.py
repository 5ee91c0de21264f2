"""What there is, by kind: the items of `virtualskin list`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from virtualskin.biology import Number
from virtualskin.calibrate import fitted_facts
from virtualskin.ground import Text, UnknownName
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_records import instruments
from virtualskin.lab.naming import Names
from virtualskin.review.pool import LACKS
from virtualskin.therapy import read_engineering, read_manufacturing

Item: TypeAlias = dict[str, object]
ACTIONS = "therapy/actions"
# Kinds whose records no floor reads so far: their shelf is listed by file name.
SHELVES = {
    "fits": "evidence/fits",
}
FIGURES = {
    "course": Text(en="Course of an endpoint in each arm", zh="各组终点的过程曲线"),
    "front": Text(
        en="Front of a regimen search, goal against goal", zh="方案搜索的前沿，目标两两对照"
    ),
    "forest": Text(
        en="Comparable studies, their pool and the model", zh="可比研究、合并结果与模型"
    ),
    "facts": Text(en="Model against facts, module by module", zh="模型与事实的对照，按模块"),
    "shares": Text(en="Control alone, and what is added", zh="对照本身的作用与额外增加的作用"),
}


def listing(bench: Bench, names: Names, kind: str, lang: str) -> list[Item]:
    """Items of one kind, each with id and title.

    Args:
        bench: what was read.
        names: every name that can be explained.
        kind: one of `KINDS`.
        lang: language of titles that exist in two.

    Raises:
        UnknownName: for another kind, with the nearest.
    """
    if kind in SHELVES:
        files = bench.catalogue.files(SHELVES[kind], ".yaml")
        return [{"id": path.stem, "title": path.stem.replace("_", " ")} for path in files]
    makers = _makers(bench, names, lang)
    if kind not in makers:
        raise UnknownName("kind", kind, KINDS)
    return list(makers[kind]())


def _makers(bench: Bench, names: Names, lang: str) -> dict[str, Callable[[], Iterable[Item]]]:
    library, therapies, trials = bench.library, bench.therapies, bench.trials
    papers = bench.evidence.kinds()
    return {
        "kinds": lambda: [{"id": k, "title": _count(bench, names, k, lang)} for k in KINDS],
        "names": lambda: [
            {"id": e.name, "title": e.title, "kind": e.kind}
            for e in names.entries
            if e.kind not in {"row", "paper"}
        ],
        "numbers": lambda: [_number(n) for n in library.numbers.values()],
        "mechanisms": lambda: _mechanisms(bench, lambda folder: folder != ACTIONS, lang),
        "actions": lambda: _mechanisms(bench, lambda folder: folder == ACTIONS, lang),
        "drives": lambda: [
            {"id": d.id, "title": f"{d.source} → {'.'.join(d.target)}", "form": d.form}
            for d in library.drives.values()
        ],
        "pathways": lambda: [
            {"id": p.id, "title": p.title.get(lang), "drives": len(p.drives)}
            for p in library.pathways.values()
        ],
        "observables": lambda: [
            {"id": o.id, "title": o.title.get(lang), "unit": o.reference.unit}
            for o in library.observables.values()
        ],
        "settings": lambda: [
            {"id": s.id, "title": s.title.get(lang), "system": s.system, "runs": s.runs}
            for s in bench.settings
        ],
        "stressors": lambda: [
            {"id": s.id, "title": s.title.get(lang), "unit": s.unit, "into": s.into}
            for s in bench.stressors
        ],
        "products": lambda: [
            {"id": p.id, "title": p.title.get(lang), "kind": p.kind} for p in therapies.products
        ],
        "engineering": lambda: [
            {"id": e.id, "title": e.title.get(lang), "acts on": ", ".join(e.acts_on)}
            for e in read_engineering(bench.catalogue)
        ],
        "manufacturing": lambda: [
            {"id": p.id, "title": p.title.get(lang), "doses": p.dose.of}
            for p in read_manufacturing(bench.catalogue)
        ],
        "steps": lambda: [
            {"id": s.id, "title": s.title.get(lang), "kind": s.kind} for s in therapies.making.steps
        ],
        "forms": lambda: [
            {"id": s.id, "title": s.title.get(lang), "of": s.of} for s in therapies.making.stability
        ],
        "routes": lambda: [{"id": r.id, "title": r.title.get(lang)} for r in therapies.routes],
        "hazards": lambda: [
            {"id": h.id, "title": h.title.get(lang), "seen_as": h.seen_as or "none"}
            for h in bench.safety.hazards
        ],
        "regulation": lambda: [
            {"id": r.id, "title": r.title.get(lang), "market": r.market, "topic": r.topic}
            for r in bench.safety.regulation
        ],
        "trials": lambda: [
            {"id": d.id, "title": d.title.get(lang), "n": d.design.n} for d in trials.published
        ],
        "designs": lambda: [
            {"id": d.id, "title": d.title.get(lang), "n": d.design.n} for d in trials.planned
        ],
        "regimens": lambda: [
            {"id": p.id, "title": p.title.get(lang), "goals": len(p.goals)} for p in trials.regimens
        ],
        "cohorts": lambda: [{"id": c.id, "title": c.title.get(lang)} for c in bench.cohorts],
        "endpoints": lambda: [
            {"id": e.id, "title": e.title.get(lang), "unit": e.unit, "better": e.better}
            for e in (*trials.endpoints, *trials.raters)
        ],
        "instruments": lambda: [
            {"id": name, "title": f"→ {', '.join(read)}"}
            for name, read in instruments(bench).items()
        ],
        "claims": lambda: [
            {
                "id": c.id,
                "title": c.says.get(lang),
                "type": c.type,
                "scope": c.scope.status,
                "reason": c.scope.reason,
            }
            for c in bench.claims.chosen()
        ],
        "contradictions": lambda: [
            {"id": x.id, "title": x.question.get(lang), "sides": len(x.sides)}
            for x in bench.claims.contradictions.shelf
        ],
        "pools": lambda: _pools(bench, lang),
        "facts": lambda: _facts(bench, lang),
        "papers": lambda: [dict(item) for item in papers["papers"]],
        "datasets": lambda: [dict(item) for item in papers["datasets"]],
        "figures": lambda: [{"id": f, "title": t.get(lang)} for f, t in FIGURES.items()],
    }


KINDS = (
    "mechanisms",
    "drives",
    "pathways",
    "settings",
    "stressors",
    "observables",
    "products",
    "routes",
    "engineering",
    "manufacturing",
    "hazards",
    "regulation",
    "steps",
    "forms",
    "actions",
    "trials",
    "designs",
    "regimens",
    "cohorts",
    "endpoints",
    "instruments",
    "claims",
    "contradictions",
    "pools",
    "facts",
    "fits",
    "papers",
    "datasets",
    "figures",
    "numbers",
    "names",
    "kinds",
)


def _mechanisms(bench: Bench, wanted: Callable[[str], bool], lang: str) -> list[Item]:
    return [
        {"id": m.name, "title": m.title.get(lang), "folder": m.folder}
        for m in bench.library.mechanisms.values()
        if wanted(m.folder)
    ]


def _pools(bench: Bench, lang: str) -> list[Item]:
    """Groups of two or more comparable studies, and those of one that has a usable number."""
    groups = bench.appraisal.pools.values()
    return [
        {
            "id": p.id,
            "title": p.title.get(lang),
            "studies": len(p.members),
            "usable": len(p.usable),
            "state": LACKS[p.lacks].get(lang),
        }
        for p in groups
        if len(p.members) > 1 or p.usable
    ]


def _facts(bench: Bench, lang: str) -> list[Item]:
    used = fitted_facts(bench.catalogue)
    return [
        {"id": f.id, "title": f.says.get(lang), "module": f.module, "fitted": f.id in used}
        for f in bench.facts.chosen()
    ]


def _number(number: Number) -> Item:
    row = number.row
    told = {"id": number.name, "title": row.note, "value": row.value}
    return {**told, "unit": row.unit, "origin": row.origin}


def _count(bench: Bench, names: Names, kind: str, lang: str) -> str:
    return "" if kind == "kinds" else str(len(listing(bench, names, kind, lang)))
