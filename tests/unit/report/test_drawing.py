"""Do figures show the run's own numbers, and leave words to the page?"""

import re
from dataclasses import replace

import numpy as np
import pytest

from virtualskin.report.courses import course_drawing, endpoint_courses
from virtualskin.report.drawing import Label, canvas, inline_svg, spaced
from virtualskin.report.shares import share_drawing, splits
from virtualskin.report.words import words
from virtualskin.trial.result import TrialResult


def test_courses_are_change_from_day_0(result: TrialResult) -> None:
    control, exo = endpoint_courses(result, "wrinkle", relative=True)
    assert (control.arm, control.colour) == ("saline", 1)
    assert (exo.arm, exo.colour) == ("exo", 2)
    # By hand: exo falls by 6 % x pace at week 12, saline by 4 % x pace; paces 0.9 and 1.1.
    assert exo.middle[[0, -1]] == pytest.approx([0.0, -6.0])
    assert control.middle[-1] == pytest.approx(-4.0)
    # 90 % of two values by straight line between them: 5 % in from each end.
    assert exo.low[-1] == pytest.approx(-6.6 + 0.05 * 1.2)
    assert exo.high[-1] == pytest.approx(-5.4 - 0.05 * 1.2)
    assert exo.weeks.tolist() == [0, 3, 6, 9, 12]


def test_a_rating_is_drawn_in_its_own_unit(result: TrialResult) -> None:
    _, exo = endpoint_courses(result, "gais", relative=False)
    assert exo.middle[-1] == pytest.approx(2.1)


def test_people_who_failed_do_not_pull_a_line_down(result: TrialResult) -> None:
    holes = result.courses.copy()
    holes[{"universe": 0, "arm": 1}] = np.nan
    drawn = endpoint_courses(replace(result, courses=holes), "wrinkle", relative=True)
    assert drawn[1].middle[-1] == pytest.approx(-6.6)
    holes[{"arm": 1}] = np.nan
    drawn = endpoint_courses(replace(result, courses=holes), "wrinkle", relative=True)
    assert [c.arm for c in drawn] == ["saline"]


def test_no_course_no_drawing(result: TrialResult) -> None:
    without = replace(result, courses=result.courses.sel(endpoint=["gais"]))
    assert course_drawing(without, "wrinkle", words("en")) is None


def test_split_takes_the_rows_own_numbers(result: TrialResult) -> None:
    (split,) = splits(result)
    assert (split.endpoint, split.alone.median, split.added.difference) == ("wrinkle", -3.96, -2.04)
    drawing = share_drawing(result, words("en"))
    assert drawing is not None
    assert drawing.right[0].text == "−4.0 % alone, −2.0 added"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_drawings_hold_no_text_elements_and_no_own_colours(result: TrialResult, lang: str) -> None:
    say = words(lang)
    for drawing in (course_drawing(result, "wrinkle", say), share_drawing(result, say)):
        assert drawing is not None
        assert "<text" not in drawing.svg
        assert "var(--arm-1)" in drawing.svg
        assert not re.search(r"#[0-9a-f]{6}\b", drawing.svg)
        assert drawing.svg.startswith("<svg aria-hidden")


def test_ids_of_two_drawings_never_meet() -> None:
    made: list[set[str]] = []
    for name in ("a", "b"):
        figure, axes = canvas(2, 1)
        axes.plot([0, 1], [0, 1])
        made.append(set(re.findall(r' id="([^"]+)"', inline_svg(figure, name))))
    assert made[0]
    assert not made[0] & made[1]


def test_labels_keep_their_distance() -> None:
    labels = spaced([Label("low", 52.0), Label("high", 50.0), Label("far", 90.0)], 16)
    assert [(one.text, one.top) for one in labels] == [("high", 50.0), ("low", 66.0), ("far", 90.0)]
