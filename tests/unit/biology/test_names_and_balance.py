"""One owner a name, and a reference person who can rest: what is refused, with file and row."""

from __future__ import annotations

import pytest

from virtualskin.biology import formula

RENEWAL, SIGNALLING, TURNOVER = (
    f"biology/mechanisms/{name}" for name in ("renewal", "signalling", "turnover")
)
DRIVES = "biology/drives/influences.tsv"


def test_two_owners_of_a_state(tiny) -> None:
    tiny.change(
        RENEWAL + ".ant", "species cell in dermis;", "species cell in dermis, fibre in dermis;"
    )
    path = tiny.root / (RENEWAL + ".tsv")
    path.write_text(
        path.read_text("utf-8") + "fibre\tstate\t1\t1\t\t\tassumed\t\t\ty\tw\t\n", "utf-8"
    )
    found = [f for f in tiny.errors() if f.id == "two_owners"]
    assert found[0].file == TURNOVER + ".tsv"
    assert found[0].row == tiny.line(TURNOVER + ".tsv", "fibre")
    assert "renewal.fibre" in found[0].message


def test_two_owners_of_a_variable(tiny) -> None:
    tiny.change(RENEWAL + ".ant", "  birth:", "  whole := cell;\n  birth:")
    path = tiny.root / (RENEWAL + ".tsv")
    path.write_text(
        path.read_text("utf-8") + "whole\tvariable\t\t1\t\t\tassumed\t\t\t\tw\t\n", "utf-8"
    )
    finding = tiny.error("two_owners")
    assert (finding.file, finding.value) == (TURNOVER + ".tsv", "whole")


def test_two_names_that_flatten_to_one(tiny) -> None:
    """`a_b.c` and `a.b_c` are both `a_b_c` in the model; only the process is seen to collide."""
    tiny.write(
        "biology/mechanisms/turnover_extra.ant",
        "model turnover_extra(dermis, cell)\n  compartment dermis;\n"
        "  substanceOnly species more in dermis;\n  loss: => more; k_loss*cell;\nend\n",
    )
    header = (tiny.root / (RENEWAL + ".tsv")).read_text("utf-8").splitlines()[0]
    tiny.write("biology/mechanisms/turnover_extra.tsv",
               f"{header}\nmore\taccumulator\t1\t1\t\t\tassumed\t\t\ty\tw\t\n"
               "loss\tprocess\t\t1\t\t\tassumed\t\t\t\tw\t+more\n"
               "k_loss\tparameter\t1\t1/day\t\t\tassumed\t\t\t\tw\t\n")  # fmt: skip
    assert tiny.errors() == []
    tiny.change(TURNOVER + ".ant", "removal:", "extra_loss:")
    tiny.change(TURNOVER + ".tsv", "removal\tprocess", "extra_loss\tprocess")
    tiny.change(DRIVES, "signal_clears\tsignal\tturnover.removal\thill\tgain",
                "signal_clears\tsignal\tturnover.extra_loss\thill\tgain")  # fmt: skip
    finding = tiny.error("two_owners")
    assert finding.value == "turnover_extra_loss"
    assert finding.row is not None


@pytest.mark.parametrize("name", ["signal", "dermis", "drive_signal_cuts", "reference_fibre",
                                  "comparator_fibre"])  # fmt: skip
def test_an_observable_may_not_take_a_name(tiny, name: str) -> None:
    text = (tiny.root / "biology/observables/thickness.yaml").read_text("utf-8")
    tiny.write(f"biology/observables/{name}.yaml", text.replace("id: thickness", f"id: {name}"))
    found = [f for f in tiny.errors() if f.id == "two_owners"]
    assert name in {f.value for f in found}


def test_a_mechanism_twice_in_two_folders(tiny) -> None:
    from virtualskin.biology import check_skin

    (tiny.root / "therapy/delivery").mkdir(parents=True)
    for suffix in (".ant", ".tsv"):
        text = (tiny.root / (RENEWAL + suffix)).read_text("utf-8")
        tiny.write(f"therapy/delivery/renewal{suffix}", text)
    folders = ("biology/mechanisms", "therapy/delivery")
    found = check_skin(tiny.catalogue, mechanism_folders=folders)[2]
    (finding,) = [f for f in found if f.id == "twice"]
    assert (finding.file, finding.row) == ("therapy/delivery/renewal.ant", 3)


def test_a_drive_twice(tiny) -> None:
    rows = (tiny.root / DRIVES).read_text("utf-8").splitlines()
    tiny.write("biology/drives/more.tsv", "\n".join(rows[:2]) + "\n")
    finding = tiny.error("twice")
    assert (finding.file, finding.row) == ("biology/drives/more.tsv", 2)
    assert DRIVES in finding.message


def test_a_row_twice(tiny) -> None:
    path = tiny.root / (TURNOVER + ".tsv")
    text = path.read_text("utf-8")
    path.write_text(text + text.splitlines()[1] + "\n", "utf-8")
    finding = tiny.error("twice")
    assert (finding.file, finding.row) == (TURNOVER + ".tsv", len(text.splitlines()) + 1)


def test_a_row_of_a_port(tiny) -> None:
    tiny.append(TURNOVER + ".tsv", "cell\tstate\t1\t1\t\t\tassumed\t\t\ty\tw\t\n")
    finding = tiny.error("row_of_port")
    assert (finding.row, finding.value) == (tiny.line(TURNOVER + ".tsv", "cell\t"), "cell")


def test_a_row_of_another_kind(tiny) -> None:
    tiny.change(TURNOVER + ".tsv", "whole\tvariable", "whole\tprocess")
    finding = tiny.error("kind")
    assert (finding.row, finding.value) == (tiny.line(TURNOVER + ".tsv", "whole"), "process")
    assert "variable" in finding.message


def test_a_negative_balance(tiny) -> None:
    """A flow into the fibres that is larger than their loss leaves nothing for their production."""
    tiny.change(
        TURNOVER + ".ant", "  synthesis:", "  inflow: => fibre; k_inflow*cell;\n  synthesis:"
    )
    rows = ("inflow\tprocess\t\t1\t\t\tassumed\t\t\t\tw\t+fibre\n"
            "k_inflow\tparameter\t0.06\t1/day\t\t\tassumed\t\t\t\tw\t\n")  # fmt: skip
    tiny.append(TURNOVER + ".tsv", rows)
    finding = tiny.error("negative_balance")
    assert (finding.file, finding.row) == (
        TURNOVER + ".tsv",
        tiny.line(TURNOVER + ".tsv", "k_synthesis"),
    )
    assert "-0.01" in finding.message


def test_a_state_that_nothing_keeps(tiny) -> None:
    tiny.change(RENEWAL + ".tsv", "k_birth\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n",
                "k_birth\tparameter\t1\t1/day\t\t\tassumed\t\t\t\twhy\t\n")  # fmt: skip
    finding = tiny.error("cannot_rest")
    assert (finding.file, finding.row) == (RENEWAL + ".tsv", tiny.line(RENEWAL + ".tsv", "cell"))


def test_an_accumulator_need_not_rest(tiny) -> None:
    tiny.change(RENEWAL + ".tsv", "cell\tstate\t1", "cell\taccumulator\t1")
    tiny.change(RENEWAL + ".tsv", "k_birth\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n",
                "k_birth\tparameter\t1\t1/day\t\t\tassumed\t\t\t\twhy\t\n")  # fmt: skip
    assert tiny.errors() == []
    assert tiny.load().values["signalling_k_secretion"] == pytest.approx(48.0, rel=1e-15)


def test_a_constant_too_many(tiny) -> None:
    old = "\tlognormal(cv=0.2)\tlognormal(cv=0.5)\tmeasured\tmine:r1\t\t\tread"
    tiny.change(RENEWAL + ".tsv", old, "\t\t\tbalanced\t\t\t\t")
    tiny.change(RENEWAL + ".tsv", "k_loss\tparameter\t0.12345678901234566", "k_loss\tparameter\t")
    assert "5 balanced constants for 4 resting states" in tiny.error("balance").message


def test_constants_that_cannot_be_told_apart(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "synthesis: => fibre; k_synthesis*cell;",
                "synthesis: fibre => fragment; k_synthesis*cell;")  # fmt: skip
    tiny.change(TURNOVER + ".ant", "removal: fragment => ; k_removal*fragment;",
                "removal: fibre => fragment; k_removal*fragment;")  # fmt: skip
    tiny.change(TURNOVER + ".tsv", "made\t+fibre", "made\t-fibre +fragment")
    tiny.change(TURNOVER + ".tsv", "removed\t-fragment", "removed\t-fibre +fragment")
    assert "neither can be computed" in tiny.error("balance").message


def test_a_balanced_constant_that_is_no_plain_factor(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "k_synthesis*cell;", "k_synthesis*k_synthesis*cell;")
    assert ("cannot_rest", TURNOVER + ".tsv", tiny.line(TURNOVER + ".tsv", "fibre")) in {
        (f.id, f.file, f.row) for f in tiny.errors()
    }


def test_a_balanced_constant_inside_a_variable(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "whole := fibre + fragment;",
                "whole := fibre + fragment; pull := k_synthesis*cell;")  # fmt: skip
    tiny.change(
        TURNOVER + ".ant", "=> fibre; k_synthesis*cell", "=> fibre; pull + k_synthesis*cell"
    )
    row = "pull\tvariable\t\t1/day\t\t\tassumed\t\t\t\tw\t\n"
    tiny.append(TURNOVER + ".tsv", row)
    assert {f.id for f in tiny.errors()} == {"cannot_rest"}


def test_variables_in_a_circle(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "whole := fibre + fragment;",
                "whole := fibre + part; part := fragment + whole;")  # fmt: skip
    path = tiny.root / (TURNOVER + ".tsv")
    path.write_text(
        path.read_text("utf-8") + "part\tvariable\t\t1\t\t\tassumed\t\t\t\tw\n", "utf-8"
    )
    found = tiny.errors()
    assert found
    assert any("part" in f.message and "whole" in f.message for f in found)


def test_a_variable_driven_by_itself(tiny) -> None:
    tiny.change(
        DRIVES, "signal_cuts\tsignal\tturnover.cutting", "signal_cuts\twhole\tturnover.whole"
    )
    assert tiny.errors()


@pytest.mark.parametrize(
    "law", ["k_cut*fibre/light", "k_cut*ln(light)", "k_cut*(light - fibre)^fragment"]
)
def test_a_law_without_value_at_rest(tiny, law: str) -> None:
    """Light is 0 at rest: a division by it, its logarithm, a root of a negative number."""
    tiny.change(TURNOVER + ".ant", "turnover(dermis, cell)", "turnover(dermis, cell, light)")
    tiny.change(TURNOVER + ".ant", "k_cut*fibre;", f"{law};")
    finding = tiny.error("formula")
    assert "light" in finding.message


def test_a_value_outside_its_own_spread(tiny) -> None:
    tiny.change(SIGNALLING + ".tsv", "frac_through\tparameter\t50", "frac_through\tparameter\t150")
    finding = tiny.error("spread")
    row = tiny.line(SIGNALLING + ".tsv", "frac_through")
    assert (finding.file, finding.row, finding.column) == (SIGNALLING + ".tsv", row, "uncertain")


def test_a_state_that_nothing_reads_is_a_warning(tiny) -> None:
    text = (tiny.root / DRIVES).read_text("utf-8").splitlines()
    tiny.write(DRIVES, "\n".join(r for r in text if "\tsignal\t" not in r) + "\n")
    tiny.write("biology/pathways/tension.yaml", "id: tension\ntitle: {en: a, zh: b}\n"
               "drives: [fragments_signal]\n")  # fmt: skip
    assert tiny.errors() == []
    (warning,) = tiny.load().findings
    assert (warning.id, warning.severity, warning.row) == (
        "orphan", "warning", tiny.line(SIGNALLING + ".tsv", "signal")
    )  # fmt: skip


def test_all_findings_come_at_once(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "turnover(dermis, cell)", "turnover(dermis, cel)")
    tiny.change(DRIVES, "fibre_shades\tfibre\t", "fibre_shades\tfibr\t")
    tiny.change(RENEWAL + ".tsv", "measured\tmine:r1\t\t\tdeath", "measured\tmine:r9\t\t\tdeath")
    tiny.change("biology/pathways/tension.yaml", "signal_cuts", "signal_cust")
    tiny.change("biology/observables/thickness.yaml", "instrument: ruler\n", "")
    assert {"port", "drive", "unknown_source", "pathway", "schema_missing"} <= {
        f.id for f in tiny.errors()
    }


def test_what_is_too_large_for_a_double_is_infinite() -> None:
    """As in the engine, so that a share that vanishes has a value."""
    at = {"x": 1e3, "n": 1e3}
    assert formula.evaluate(formula.parse("1 / (1 + exp(x))"), at) == 0
    assert formula.evaluate(formula.parse("1 / (1 + x^n)"), at) == 0
    assert formula.evaluate(formula.parse("exp(x)"), at) == float("inf")
