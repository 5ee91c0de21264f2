"""Is an explanation shown in full, parts included?"""

from virtualskin.report import Explanation, Fact, as_text, explain_text

PART = Explanation("grow.gain", "number", (Fact("value", ("0.4",)),))
WHOLE = Explanation(
    "grow", "drive", (Fact("equation", ("a / b", "c")), Fact("origin", ("assumed",))), (PART,)
)


def test_all_lines_and_parts_are_shown() -> None:
    text = as_text(explain_text(WHOLE))
    assert [" ".join(line.split()) for line in text.splitlines()] == [
        "grow drive", "Equation a / b", "c", "Origin assumed", "grow.gain number", "Value 0.4",
    ]  # fmt: skip


def test_chinese_labels() -> None:
    text = as_text(explain_text(WHOLE, "zh"))
    assert "方程" in text
    assert "驱动" in text


def test_json_keeps_lines_as_lists() -> None:
    assert WHOLE.as_json() == {
        "name": "grow", "kind": "drive", "equation": ["a / b", "c"], "origin": ["assumed"],
        "parts": [{"name": "grow.gain", "kind": "number", "value": ["0.4"], "parts": []}],
    }  # fmt: skip
    assert WHOLE.get("grade") == ()
