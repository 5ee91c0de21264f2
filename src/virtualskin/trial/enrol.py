"""From a design to a cohort and plans, with every gap of the source named."""

from __future__ import annotations

from collections.abc import Sequence

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue, Text
from virtualskin.population import Cohort, read_cohort
from virtualskin.population.cohort import AgeRange, Phototype
from virtualskin.therapy import Plan, Therapies, Treatment, make_plan
from virtualskin.trial.design import Arm, Design

DEFAULT_COHORT = "adult_face"


def plans_of(skin: Skin, therapies: Therapies, design: Design) -> dict[str, Plan]:
    """Arm id → plan."""
    return {arm.id: make_plan(skin, therapies, treatments_of(arm)) for arm in design.arms}


def treatments_of(arm: Arm) -> tuple[Treatment, ...]:
    """What an arm receives, its run-in first."""
    main = Treatment(
        arm.product,
        arm.route,
        arm.days,
        dose=None if arm.dose == "not_reported" else arm.dose,
        depth_mm=None if arm.needle_depth_mm == "not_reported" else arm.needle_depth_mm,
    )
    if arm.run_in == "none":
        return (main,)
    return (Treatment(arm.run_in.product, arm.run_in.route, arm.run_in_days), main)


def cohort_of(design: Design, catalogue: Catalogue) -> tuple[Cohort, list[Text]]:
    """Whom to enrol: what the design reports, else the default cohort; and what was left open."""
    if isinstance(design.cohort, str):
        return read_cohort(catalogue, design.cohort), []
    base, told = read_cohort(catalogue, DEFAULT_COHORT), design.cohort
    open_points: list[Text] = []
    if told.age == "not_reported":
        open_points.append(_open("age", "年龄", base))
    if told.sex in {"not_reported", "both"}:
        open_points.append(_open("sex", "性别", base))
    if told.phototype == "not_reported":
        open_points.append(_open("phototype", "皮肤光型", base))
    open_points.append(_open("sun history", "日晒史", base))
    cohort = narrowed(
        base,
        f"{design.id}_cohort",
        age=None if told.age == "not_reported" else told.age,
        sex=None if told.sex in {"not_reported", "both"} else told.sex,
        phototypes=() if told.phototype == "not_reported" else told.phototype,
    )
    return cohort, open_points


def narrowed(
    base: Cohort,
    name: str,
    *,
    age: AgeRange | None = None,
    sex: str | None = None,
    phototypes: Sequence[Phototype] = (),
) -> Cohort:
    """A cohort of some of the people of another.

    Args:
        base: the cohort it is taken from.
        name: its id.
        age: bounds in years; None for the base's.
        sex: F or M; None for the base's mix.
        phototypes: those enrolled, in the base's mix within them; even where it has none of them.
    """
    changes: dict[str, object] = {"id": name}
    if age is not None:
        changes["age"] = age
    if sex is not None:
        share = 1.0 if sex == "F" else 0.0
        changes["women"] = base.women.model_copy(update={"value": share})
    if phototypes:
        some = next(iter(base.phototypes.values()))
        shares = {
            p: float(base.phototypes[p].value or 0) for p in phototypes if p in base.phototypes
        }
        if not sum(shares.values()):
            shares = dict.fromkeys(phototypes, 1.0)
        total = sum(shares.values())
        mix = {p: some.model_copy(update={"value": s / total}) for p, s in shares.items()}
        changes["phototypes"] = mix
    return base.model_copy(update=changes)


def _open(what: str, chinese: str, cohort: Cohort) -> Text:
    return Text(
        en=f"{what} not reported: taken from the cohort {cohort.id}",
        zh=f"{chinese}未报告：取自队列 {cohort.id}",
    )


def assumptions_of(design: Design, plans: dict[str, Plan]) -> list[Text]:
    """What the source leaves open about design and treatment, and what the run did instead."""
    found: list[Text] = []
    for arm in design.arms:
        for gap in plans[arm.id].not_reported:
            found.append(
                Text(
                    en=f"{arm.title.en}: {gap.en} not reported; drawn from a stated prior",
                    zh=f"{arm.title.zh}：{gap.zh}未报告，按所述先验分布抽取",
                )
            )
    if design.design.analysis == "not_reported":
        found.append(
            Text(
                en="analysis not reported: t test for readings, rank test for ratings",
                zh="统计方法未报告：仪器读数用 t 检验，评分用 Wilcoxon 或 Mann-Whitney 检验",
            )
        )
    for name, value, chinese in (
        ("dropout", design.design.dropout, "脱落率"),
        ("adherence", design.design.adherence, "依从性"),
    ):
        if value == "not_reported":
            text = Text(
                en=f"{name} not reported: everybody completes every session",
                zh=f"{chinese}未报告：假定全部受试者完成全部治疗",
            )
            found.append(text)
    return found
