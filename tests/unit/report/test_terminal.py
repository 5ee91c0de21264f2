"""Does the terminal say what the run found, in words as well as signs, in both languages?"""

from virtualskin.report import trial_text
from virtualskin.trial.result import TrialResult


def squeezed(text: str) -> str:
    """The text with all runs of blanks as one."""
    return " ".join(text.split())


def test_every_number_of_a_row_is_shown(result: TrialResult) -> None:
    text = trial_text(result)
    for part in ("Wrinkle depth (µm)", "100\u00a0µm", "−6.0 %", "(−8.2, −3.9)", "−2.0 points",
                 "(−3.5, −0.6)", "0.013", "82 %", "↓ down", "✓ reproduced"):  # fmt: skip
        assert part in text


def test_a_rating_shows_its_grade_and_what_was_published(result: TrialResult) -> None:
    text = squeezed(trial_text(result))
    for part in ("2.10 grade", "(SD 0.70)", "+0.50 grade", "0.005", "≈ undecided"):
        assert part in text


def test_reactions_blocked_and_assumptions_are_named(result: TrialResult) -> None:
    text = squeezed(trial_text(result))
    assert "(80 %, 100 %)" in text
    assert "○ out of scope" in text
    assert "Wrinkle depth: per cent change" in text
    assert "Needle depth is drawn." in text


def test_failures_come_first_when_more_than_one_per_cent(
    result: TrialResult, failing: TrialResult
) -> None:
    assert trial_text(failing).splitlines()[0].startswith("! 5 of 100 virtual people (5.0 %)")
    assert "could not be solved;" not in trial_text(result)


def test_summary_counts_rows_and_reactions(result: TrialResult) -> None:
    assert "✓ reproduced 2 · ≈ undecided 1 · ○ out of scope 1 · nothing published 2" in trial_text(
        result
    )


def test_chinese(result: TrialResult) -> None:
    text = trial_text(result, "zh")
    for part in ("皱纹深度", "✓ 重现", "≈ 未定", "针深按先验抽取。", "不构成医疗建议"):
        assert part in text
    assert "reproduced" not in text


def test_lines_fit_the_width_asked_for(result: TrialResult) -> None:
    assert max(len(line) for line in trial_text(result, width=90).splitlines()) <= 90


def test_context_of_use_is_stated(result: TrialResult) -> None:
    assert "Not medical advice" in trial_text(result)
