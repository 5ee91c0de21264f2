"""What a claim can be set against, and stressors without a record, in words of both languages."""

from __future__ import annotations

from typing import Literal, TypeAlias

from virtualskin.ground import Text

# Stressors that are a life lived, not something an experiment adds: no record of their own.
Lived: TypeAlias = Literal["ageing", "daylight", "arrest"]
ARREST = "arrest"
LIVED: dict[str, Text] = {
    "ageing": Text(en="Years lived out of the sun", zh="避光条件下的年龄增长"),
    "daylight": Text(en="Daylight, lived in or given at once", zh="日常或一次性的日光"),
    "arrest": Text(
        en="Cells arrested before the start, as after many passages",
        zh="起始时已停滞的细胞，如多次传代之后",
    ),
}
Against: TypeAlias = Literal[
    "unstressed", "stress_only", "young_self", "young_protected_site", "protected_site",
    "untreated", "vehicle", "baseline", "other_product", "other_route", "other_dose", "without",
    "intact", "earlier", "none",
]  # fmt: skip
AGAINST: dict[Against, Text] = {
    "unstressed": Text(en="the same without the stress", zh="同条件但无应激"),
    "stress_only": Text(en="the same stress without the product", zh="同样应激但不给产品"),
    "young_self": Text(en="the same person when young", zh="同一人年轻时"),
    "young_protected_site": Text(
        en="skin of the same person when young, kept out of the sun", zh="同一人年轻时的避光部位"
    ),
    "protected_site": Text(en="skin of the same person kept out of the sun", zh="同一人的避光部位"),
    "untreated": Text(en="the same person untreated", zh="同一人未治疗"),
    "vehicle": Text(en="the same route with the vehicle alone", zh="同一途径仅给基质"),
    "baseline": Text(
        en="before treatment; the same route with the vehicle is run beside it",
        zh="治疗前；并同时模拟同一途径仅给基质",
    ),
    "other_product": Text(en="another product", zh="另一产品"),
    "other_route": Text(en="the same product by another route", zh="同一产品经另一途径"),
    "other_dose": Text(en="the same product in another dose", zh="同一产品的另一剂量"),
    "without": Text(en="the same with the pathway switched off", zh="同条件但关闭该通路"),
    "intact": Text(en="the same with the pathway left on", zh="同条件但通路保持完好"),
    "earlier": Text(en="the same arm earlier on", zh="同一组的较早时点"),
    "none": Text(en="nothing: no comparison is made", zh="无：不作比较"),
}
