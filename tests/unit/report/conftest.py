"""A small trial result written by hand, with everything in it that a report must show."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from virtualskin.ground import NOTHING, Text
from virtualskin.trial.result import (
    AdverseRow,
    AgainstControl,
    Blocked,
    Interval,
    Published,
    Stamp,
    TrialResult,
    TrialRow,
)

WEEKS = np.array([0.0, 3.0, 6.0, 9.0, 12.0])
ENDS = {"exo": {"wrinkle": 0.94, "gais": 2.1}, "saline": {"wrinkle": 0.96, "gais": 1.6}}


def courses() -> xr.DataArray:
    """Two universes, two arms, five times: a wrinkle that falls and a rating that rises."""
    values = np.full((2, 2, 5, 2, 3), np.nan)
    for u, pace in enumerate((0.9, 1.1)):
        for a, arm in enumerate(("saline", "exo")):
            fall = 1 - (1 - ENDS[arm]["wrinkle"]) * pace * WEEKS / 12
            values[u, a, :, 0, :] = 100 * fall[:, None] * np.array([0.6, 1.0, 1.6])
            rise = ENDS[arm]["gais"] * pace * WEEKS / 12
            values[u, a, :, 1, :] = rise[:, None] * np.array([0.8, 1.0, 1.2])
    return xr.DataArray(
        values,
        dims=("universe", "arm", "time", "endpoint", "band"),
        coords={
            "universe": [0, 1],
            "arm": ["saline", "exo"],
            "time": WEEKS * 7,
            "endpoint": ["wrinkle", "gais"],
            "band": ["lo90", "median", "hi90"],
        },
    )


def rows() -> tuple[TrialRow, ...]:
    """A reading in per cent and a rating, on both arms."""
    down = Published("down", None, None, "clinical_outcomes:2", "abstract")
    rated = Published("up", None, "0.005", "clinical_outcomes:1", "abstract")
    return (
        TrialRow(
            "exo", "wrinkle", "PRIMOS", "um", 12, 28, 100.2, 94.1, 33.0,
            Interval(-6.0, -8.2, -3.9), AgainstControl(-2.04, -3.5, -0.6, 0.013, 0.82),
            down, "reproduced",
            Text(en="In 2 of 2 universes the effect is passed.", zh="两个宇宙中均超过。"), 1.0,
        ),
        TrialRow(
            "saline", "wrinkle", "PRIMOS", "um", 12, 28, 100.2, 96.2, 34.0,
            Interval(-3.96, -5.0, -2.9), None, None, None, NOTHING, None,
        ),
        TrialRow(
            "exo", "gais", "rater", "grade", 12, 28, None, 2.1, 0.7,
            None, AgainstControl(0.5, -0.1, 1.2, 0.2, 0.4), rated, "undecided",
            Text(en="The universes split.", zh="各宇宙不一致。"), 0.5,
        ),
        TrialRow(
            "saline", "gais", "rater", "grade", 12, 28, None, 1.6, 0.8,
            None, None, None, None, NOTHING, None,
        ),
    )  # fmt: skip


def made(*, failed: int = 0) -> TrialResult:
    """The result, with as many people unsolved as wanted out of 100."""
    people = pd.DataFrame(
        {
            "person": [0, 0, 1],
            "universe": [0, 0, 1],
            "arm": ["exo", "saline", "exo"],
            "endpoint": ["wrinkle"] * 3,
            "week": [12.0, 12.0, 12.0],
            "true": [94.123456789, 96.0, np.nan],
            "measured": [93.0, 97.5, np.nan],
        }
    )
    return TrialResult(
        trial="made2001_exo",
        title=Text(en="Exosomes <with> needles", zh="外泌体联合微针 <试验>"),
        stamp=Stamp("ab" * 32, "cd" * 32, "0.1.0", 1, 50, 2, "reference", "x86_64", 1e-6, 1e-9, ()),
        replicates=400,
        failed=failed,
        solved=100,
        rejected_universes=0,
        rows=rows(),
        adverse=(
            AdverseRow("exo", "erythema", Interval(0.9, 0.8, 1.0), Interval(3.2, 2.0, 5.5),
                       Text(en="gone within 7 days", zh="7 天内消退"), "clinical_adverse:2",
                       "reproduced", Text(en="Gone by day 6.", zh="第 6 天消退。")),
            AdverseRow("exo", "serious_adverse_event", None, None,
                       Text(en="0 of 28", zh="28 人中 0 例"), "clinical_adverse:1", "out_of_scope",
                       Text(en="No mechanism makes one.", zh="没有相应机制。")),
        ),
        blocked=(Blocked("exo", "wrinkle", Text(en="per cent change", zh="百分比变化"),
                         Text(en="stands in the full text only", zh="仅见于全文")),),
        assumptions=(Text(en="Needle depth is drawn.", zh="针深按先验抽取。"),),
        people=people,
        courses=courses(),
        arm_titles={"exo": Text(en="Exosomes with needles", zh="外泌体联合微针"),
                    "saline": Text(en="Saline with needles", zh="生理盐水联合微针")},
        endpoint_titles={"wrinkle": Text(en="Wrinkle depth", zh="皱纹深度"),
                         "gais": Text(en="Global improvement (GAIS)", zh="总体改善（GAIS）")},
        better={"wrinkle": "down", "gais": "up"},
        sessions=(0.0, 21.0, 42.0),
        command="virtualskin trial run made2001_exo --people 50 --universes 2 --seed 1",
    )  # fmt: skip


@pytest.fixture
def result() -> TrialResult:
    """A run without unsolved people."""
    return made()


@pytest.fixture
def failing() -> TrialResult:
    """A run in which 5 of 100 people could not be solved."""
    return made(failed=5)
