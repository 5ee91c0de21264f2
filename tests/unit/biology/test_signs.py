"""A sign that contradicts its row is found, with file, row, column, value and what to write."""

from __future__ import annotations

import math

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import Spread

TURNOVER = "biology/mechanisms/turnover.tsv"
DRIVES = "biology/drives/influences.tsv"
THICKNESS = "biology/observables/thickness.yaml"


def test_an_arrow_that_does_the_reverse(tiny) -> None:
    tiny.change(TURNOVER, "-fibre +fragment", "+fibre +fragment")
    found = tiny.error("effect")
    row = tiny.line(TURNOVER, "cutting\t")
    place = (found.file, found.row, found.column, found.value)
    assert place == (TURNOVER, row, "effect", "+fibre +fragment")
    assert "makes 'fibre'; the arrow uses up it" in found.message
    assert "'-fibre +fragment'" in found.hint


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("-fibre", "changes 'fragment', which its row does not say"),
        ("-fibre +fragment -cell", "does not change 'cell'"),
        ("-fibre +fragmint", "does not change 'fragmint'"),
        ("fibre to fragment", "is not + or - and the name of a state"),
    ],
    ids=["left_out", "too_many", "misspelled", "prose"],
)
def test_an_effect_that_is_not_that_of_the_arrow(tiny, said: str, part: str) -> None:
    tiny.change(TURNOVER, "-fibre +fragment", said)
    found = [f for f in tiny.errors() if f.id == "effect"]
    assert any(part in f.message for f in found)
    assert {(f.row, f.value) for f in found} == {(tiny.line(TURNOVER, "cutting\t"), said)}


def test_a_process_says_what_it_does(tiny) -> None:
    tiny.change(TURNOVER, "\t-fibre +fragment", "\t")
    found = tiny.error("no_effect")
    assert (found.file, found.row) == (TURNOVER, tiny.line(TURNOVER, "cutting\t"))
    assert "'-fibre +fragment'" in found.hint


def test_only_a_process_has_an_effect(tiny) -> None:
    tiny.change(TURNOVER, "fitted\t", "fitted\t+fibre")
    assert "only a process" in tiny.error("schema_value_error").message


def test_what_stands_on_both_sides_is_not_changed(tiny) -> None:
    """A catalyst: one fibre in, one fibre and a fragment out."""
    tiny.change("biology/mechanisms/turnover.ant", "fibre => fragment", "fibre => fibre + fragment")
    found = tiny.error("effect")
    assert "does not change 'fibre'" in found.message


def test_a_negative_rate_runs_backwards(tiny) -> None:
    table = "biology/mechanisms/renewal.tsv"
    tiny.change("biology/mechanisms/renewal.ant", "  birth:", "  gift: => cell; k_gift;\n  birth:")
    tiny.append(table, "gift\tprocess\t\t1\t\t\tassumed\t\t\t\tw\t+cell\n")
    tiny.append(table, "k_gift\tparameter\t-0.01\t1/day\t\t\tassumed\t\t\t\tw\t\n")
    found = tiny.error("effect")
    place = (found.file, found.row, found.column, found.value)
    assert place == (table, tiny.line(table, "gift\t"), "effect", "+cell")
    assert "-0.01" in found.message
    assert f"k_gift [row {tiny.line(table, 'k_gift')}]" in found.hint


FORMS = [
    ("signal_cuts\tsignal\tturnover.cutting\tpower\tgain\t0.5", "0.5", "-0.5", "lowers"),
    ("fragments_signal\tfragment\tsignalling.secretion\tlinear\tgain\t2", "2", "-2", "lowers"),
    ("fibre_feeds\tfibre\trenewal.birth\trise\tgain\t3", "3", "-0.7", "lowers"),
    ("fragments_block\tfragment\tturnover.synthesis\tfall\tgain\t1.5", "1.5", "-0.5", "raises"),
    ("signal_clears\tsignal\tturnover.removal\thill\tgain\t2", "2", "-0.5", "lowers"),
    ("signal_clears\tsignal\tturnover.removal\thill\texponent\t2", "2", "-2", "lowers"),
]


@pytest.mark.parametrize(("row", "old", "new", "does"), FORMS, ids=[
    "power", "linear", "rise", "fall", "hill", "hill_exponent"])  # fmt: skip
def test_a_gain_of_the_wrong_sign(tiny, row: str, old: str, new: str, does: str) -> None:
    tiny.change(DRIVES, row + "\t", row.removesuffix(old) + new + "\t")
    found = tiny.error("direction")
    said = "raises" if does == "lowers" else "lowers"
    name = row.split("\t", maxsplit=1)[0]
    line = min(
        i
        for i, text in enumerate((tiny.root / DRIVES).read_text("utf-8").splitlines(), start=1)
        if text.startswith(name + "\t")
    )
    place = (found.file, found.row, found.column, found.value)
    assert place == (DRIVES, line, "direction", said)
    assert does in found.message
    assert new in found.message


def test_a_fraction_raises(tiny) -> None:
    tiny.change(DRIVES, "fraction\tnone\t\t1\t\t\tassumed\t\twhy\traises",
                "fraction\tnone\t\t1\t\t\tassumed\t\twhy\tlowers")  # fmt: skip
    assert tiny.error("direction").value == "lowers"


def test_the_sign_agrees_with_the_factor_itself(tiny_skin: Skin) -> None:
    """The closed form against a difference of the drive's own formula, with gains of both signs."""
    from virtualskin.biology import formula

    for drive in tiny_skin.library.drives.values():
        for sign in (1, -1):
            at = dict(tiny_skin.values)
            if drive.form != "fraction":
                gain = drive.numbers["gain"].flat
                at[gain] = sign * min(abs(at[gain]), 0.4)
            rest = tiny_skin.values[f"reference_{drive.source}"]
            node = formula.parse(drive.formula("x", "r"))
            factor = [formula.evaluate(node, {**at, "x": rest + h, "r": rest}) for h in (0, 1e-6)]
            assert drive.slope(at, rest) == math.copysign(1, factor[1] - factor[0]), drive.id


def test_a_drive_says_its_direction(tiny) -> None:
    tiny.change(DRIVES, "assumed\t\twhy\traises\nfragments_signal",
                "assumed\t\twhy\t\nfragments_signal")  # fmt: skip
    found = tiny.error("no_direction")
    assert (found.file, found.row, found.column) == (DRIVES, tiny.line(DRIVES, "signal_cuts"),
                                                     "direction")  # fmt: skip


def test_rows_of_one_drive_say_one_direction(tiny) -> None:
    tiny.change(DRIVES, "half\t0.4\t1\t\t\tassumed\t\twhy\tlowers",
                "half\t0.4\t1\t\t\tassumed\t\twhy\traises")  # fmt: skip
    assert tiny.error("drive_differs").column == "direction"


def test_a_word_that_is_no_direction(tiny) -> None:
    tiny.change(DRIVES, "assumed\t\twhy\traises\nfragments_signal",
                "assumed\t\twhy\tup\nfragments_signal")  # fmt: skip
    assert tiny.error("schema_literal_error").value == "up"


def test_the_direction_of_a_reading_is_checked_if_it_is_said(tiny) -> None:
    tiny.change(THICKNESS, "source_state: whole\n", "source_state: whole\n    direction: lowers\n")
    found = tiny.error("direction")
    assert (found.file, found.value) == (THICKNESS, "lowers")
    assert "raises thickness" in found.message


@pytest.mark.parametrize(("number", "value"), [("gain", "-1"), ("half", "0"), ("half", "-1")])
def test_numbers_with_which_a_form_means_nothing(tiny, number: str, value: str) -> None:
    old = {"gain": "rise\tgain\t3", "half": "rise\thalf\t0.5"}[number]
    tiny.change(DRIVES, old, f"rise\t{number}\t{value}")
    found = next(f for f in tiny.errors() if f.id == "drive_value")
    assert (found.file, found.value, found.column) == (DRIVES, value, "value")


@pytest.mark.parametrize(("spread", "share"), [
    ("normal(sd=0.1)", 0.0), ("normal(sd=0.5)", 0.158655), ("normal(sd=0.7)", 0.237525),
    ("normal(sd=5)", 0.460172), ("uniform(low=-1, high=1)", 0.5), ("lognormal(cv=3)", 0.0),
])  # fmt: skip
def test_a_spread_that_often_turns_the_sign_is_told(tiny, spread: str, share: float) -> None:
    """Shares of the normal law from a table: one in 6.3 beyond one sd, and so on."""
    tiny.change(DRIVES, "normal(sd=0.1)", spread)
    found = [f for f in tiny.load().findings if f.id == "direction_open"]
    assert Spread.parse(spread).across(0.5) == pytest.approx(share, abs=1e-6)
    if share <= 0.2:
        assert found == []
        return
    (warning,) = found
    row = tiny.line(DRIVES, "signal_cuts")
    assert (warning.severity, warning.row, warning.column) == ("warning", row, "uncertain")
    assert f"{share:.0%}" in warning.message
