"""From a design to a cohort and plans, with every gap of the source named."""

from __future__ import annotations

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue, Text
from virtualskin.population import Cohort, read_cohort
from virtualskin.therapy import Plan, Therapies, Treatment, make_plan
from virtualskin.trial.design import Arm, Design, Enrolment

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
    changes: dict[str, object] = {"id": f"{design.id}_cohort"}
    open_points: list[Text] = []
    if told.age == "not_reported":
        open_points.append(_open("age", "年龄", base))
    else:
        changes["age"] = told.age
    if told.sex in {"not_reported", "both"}:
        open_points.append(_open("sex", "性别", base))
    else:
        share = 1.0 if told.sex == "F" else 0.0
        changes["women"] = base.women.model_copy(update={"value": share})
    if told.phototype == "not_reported":
        open_points.append(_open("phototype", "皮肤光型", base))
    else:
        changes["phototypes"] = _phototypes(base, told)
    open_points.append(_open("sun history", "日晒史", base))
    return base.model_copy(update=changes), open_points


def _phototypes(base: Cohort, told: Enrolment) -> dict[str, object]:
    """The cohort's mix within the phototypes enrolled; even where it has none of them."""
    wanted = () if told.phototype == "not_reported" else told.phototype
    some = next(iter(base.phototypes.values()))
    shares = {p: float(base.phototypes[p].value or 0) for p in wanted if p in base.phototypes}
    if not sum(shares.values()):
        shares = dict.fromkeys(wanted, 1.0)
    total = sum(shares.values())
    return {p: some.model_copy(update={"value": s / total}) for p, s in shares.items()}


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
