"""Every number says truthfully where it is from, or the skin does not load."""

from __future__ import annotations

import pytest

RENEWAL, SIGNALLING, TURNOVER = (
    f"biology/mechanisms/{name}.tsv" for name in ("renewal", "signalling", "turnover")
)
THICKNESS = "biology/observables/thickness.yaml"
K_LOSS = "k_loss\tparameter\t0.12345678901234566\t1/day"
DERIVED = "derived\tmine:r3\tmine:r3 * ln(exp(1))"


def found_at(tiny, rule: str, file: str, start: str) -> str:
    """Check file and row of the only finding of a rule; return its value."""
    finding = tiny.error(rule)
    assert (finding.file, finding.row) == (file, tiny.line(file, start))
    return finding.value


def test_an_unknown_source_names_the_nearest(tiny) -> None:
    tiny.change(RENEWAL, "measured\tmine:r1\t\t\tdeath", "measured\tmine:r11\t\t\tdeath")
    assert found_at(tiny, "unknown_source", RENEWAL, "loss\t") == "mine:r11"
    assert "'mine:r1'" in tiny.error("unknown_source").hint


@pytest.mark.parametrize(
    ("value", "unit", "agrees"),
    [
        ("0.1234", "1/day", True),
        ("0.00514", "1/h", True),  # 0.1234 a day, converted by hand
        ("0.1245", "1/day", True),
        ("0.13", "1/day", False),
        ("0.1234", "1/h", False),
        ("-0.1234", "1/day", False),
    ],
)
def test_a_measured_value_is_what_its_source_says(
    tiny, value: str, unit: str, agrees: bool
) -> None:
    tiny.change(RENEWAL, K_LOSS, f"k_loss\tparameter\t{value}\t{unit}")
    found = [f for f in tiny.errors() if f.id == "not_its_source"]
    assert (not found) == agrees
    if found:
        assert (found[0].file, found[0].row) == (RENEWAL, tiny.line(RENEWAL, "k_loss"))
        assert "mine:r1 says 0." in found[0].message


def test_a_measured_value_within_a_printed_range(tiny) -> None:
    tiny.change("evidence/datasets/mine.tsv", "loss\t0.1234", "loss\t0.05-0.2")
    assert tiny.errors() == []
    tiny.change("evidence/datasets/mine.tsv", "loss\t0.05-0.2", "loss\t0.2-0.3")
    assert found_at(tiny, "not_its_source", RENEWAL, "k_loss") == "0.123457 1/day"


def test_a_measured_value_points_to_a_row_and_not_to_a_paper(tiny) -> None:
    tiny.change(RENEWAL, "measured\tmine:r1\t\t\tread", "measured\tone2001\t\t\tread")
    found_at(tiny, "no_row", RENEWAL, "k_loss")


def test_a_source_without_number(tiny) -> None:
    tiny.change(RENEWAL, "measured\tmine:r1\t\t\tread", "measured\tmine:r4\t\t\tread")
    found_at(tiny, "not_its_source", RENEWAL, "k_loss")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mine:r3 / 0", "cannot be computed"),
        ("mine:r3 * (2", "cannot be computed"),
        ("mine:r3 * factor", "'factor' has no value"),
        ("mine:r4 * 2", "cannot be computed"),
        ("mine:r9 * 2", "No row 'mine:r9'"),
        ("(0 - mine:r3)^0.5", "cannot be computed"),
        ("mine:r3 * 2", "gives 48, in internal units, not 24"),
        ("__import__('os')", "cannot be computed"),
    ],
)
def test_a_derivation_that_does_not_give_the_value(tiny, text: str, says: str) -> None:
    tiny.change(SIGNALLING, DERIVED, f"derived\tmine:r3\t{text}")
    found_at(tiny, "derivation", SIGNALLING, "k_decay")
    assert says in tiny.error("derivation").message


def test_a_derivation_is_arithmetic_over_rows(tiny) -> None:
    tiny.change(SIGNALLING, DERIVED, "derived\tmine:r3; mine:r1\tmine:r3 + mine:r1 - 0.1234")
    assert tiny.errors() == []


def test_a_calibrated_value_names_its_fit(tiny) -> None:
    tiny.change(TURNOVER, "calibrated\tfit:core", "calibrated\tmine:r1")
    found_at(tiny, "no_fit", TURNOVER, "k_cut")


def test_a_fit_that_is_not_there(tiny) -> None:
    tiny.change(TURNOVER, "calibrated\tfit:core", "calibrated\tfit:cores")
    assert found_at(tiny, "unknown_fit", TURNOVER, "k_cut") == "fit:cores"
    (tiny.root / "evidence/fits/core.yaml").unlink()
    assert found_at(tiny, "unknown_fit", TURNOVER, "k_cut") == "fit:cores"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("assumed\t\t\t\thalf", "assumed\t\t\t\t", "says why in its note"),
        ("assumed\t\t\t\thalf", "\t\t\t\thalf", "'measured', 'derived'"),
        ("assumed\t\t\t\thalf", "guessed\t\t\t\thalf", "'measured', 'derived'"),
        ("assumed\t\t\t\thalf", "measured\t\t\t\thalf", "names its source"),
        ("assumed\t\t\t\thalf", "calibrated\t\t\t\thalf", "names its source"),
        ("assumed\t\t\t\thalf", "derived\tmine:r1\t\t\thalf", "gives the arithmetic"),
        ("assumed\t\t\t\thalf", "balanced\t\t\t\thalf", "leave its value empty"),
        ("parameter\t50\t%", "parameter\t\t%", "a parameter needs a value"),
        ("parameter\t50\t%", "parameter\tnan\t%", "finite"),
        ("parameter\t50\t%", "parameter\t1e400\t%", "finite"),
        ("parameter\t50\t%", "parameter\t5 0\t%", "valid number"),
        ("logitnormal(sd=0.5)", "logitnormal(cv=0.5)", "logitnormal takes sd, not cv"),
        ("parameter\t50\t%", "constant\t50\t%", "'state'"),
    ],
)
def test_a_row_that_is_not_honest(tiny, old: str, new: str, says: str) -> None:
    text = (tiny.root / SIGNALLING).read_text("utf-8").splitlines()
    row = tiny.line(SIGNALLING, "frac_through")
    assert old in text[row - 1]
    text[row - 1] = text[row - 1].replace(old, new)
    tiny.write(SIGNALLING, "\n".join(text) + "\n")
    found = [f for f in tiny.errors() if f.file == SIGNALLING and f.row == row]
    assert len(found) == 1
    assert says in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cell\tstate\t1", "cell\tstate\t", "a state needs a value"),
        ("assumed\t\t\tyoung skin\tscale", "assumed\t\t\t\tscale", "says in `reference` to what"),
        ("loss\tprocess\t\t", "loss\tprocess\t3\t", "carries no value of its own"),
        ("cell\tstate", "Cell\tstate", "lower_snake"),
    ],
)
def test_a_row_that_is_not_complete(tiny, old: str, new: str, says: str) -> None:
    tiny.change(RENEWAL, old, new)
    assert any(says in f.message and f.file == RENEWAL and f.row for f in tiny.errors())


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("reference: {value: 50, unit: um, origin: assumed, note: scale}",
         "reference: {value: 50, unit: 1/day, origin: measured, source: mine:r1}",
         "not_its_source"),
        ("reference: {value: 50, unit: um, origin: assumed, note: scale}",
         "reference: {value: 50, unit: mm, origin: assumed, note: scale}", "unit"),
        ("gain: {value: 0.5, origin: assumed, note: thicker}",
         "gain: {value: 0.5, origin: measured, source: mine:r7}", "unknown_source"),
        ("gain: {value: 0.5, origin: assumed, note: thicker}",
         "gain: {value: 0.5, origin: assumed}", "schema_value_error"),
        ("gain: {value: 0.5, origin: assumed, note: thicker}",
         "gain: {value: 0.5, origin: assumed, note: thicker}\n"
         "    half: {value: 0.5, origin: assumed, note: wide}", "schema_value_error"),
    ],
    ids=["value", "unit", "source", "note", "half"],
)  # fmt: skip
def test_an_observable_is_held_to_the_same_rules(tiny, old: str, new: str, rule: str) -> None:
    tiny.change(THICKNESS, old, new)
    assert (THICKNESS, rule) in {(f.file, f.id) for f in tiny.errors()}
