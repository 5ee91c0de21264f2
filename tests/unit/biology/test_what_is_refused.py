"""Whatever is wrong with the shelf is named with file and row, and then nothing runs.

`Tiny.errors` gives the findings of the `BadInput` that loading raises: in each case nothing loads.
"""

from __future__ import annotations

import pytest

from virtualskin.ground import Finding

RENEWAL, SIGNALLING, TURNOVER = (
    f"biology/mechanisms/{name}" for name in ("renewal", "signalling", "turnover")
)
DRIVES = "biology/drives/influences.tsv"
THICKNESS = "biology/observables/thickness.yaml"
HEADER_ROW = 2  # of the .ant files with one comment line


def place(finding: Finding) -> tuple[str, int | None, str, str]:
    return finding.file, finding.row, finding.column, finding.value


def test_a_missing_row(tiny) -> None:
    tiny.change(
        TURNOVER + ".tsv", "removal\tprocess\t\t1\t\t\tassumed\t\t\t\tremoved\t-fragment\n", ""
    )
    finding = tiny.error("no_row")
    assert place(finding) == (TURNOVER + ".tsv", None, "id", "removal")
    assert "process" in finding.hint


def test_a_row_without_symbol_names_the_nearest(tiny) -> None:
    tiny.change(TURNOVER + ".tsv", "removal\tprocess", "removl\tprocess")
    finding = tiny.error("no_symbol")
    row = tiny.line(TURNOVER + ".tsv", "removl\t")
    assert place(finding) == (TURNOVER + ".tsv", row, "id", "removl")
    assert "'removal'" in finding.hint


def test_a_misspelled_port_is_named_with_file_row_and_nearest(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "turnover(dermis, cell)", "turnover(dermis, cel)")
    errors = tiny.errors()
    (port,) = [f for f in errors if f.id == "port"]
    assert place(port) == (TURNOVER + ".ant", HEADER_ROW, "port", "cel")
    assert "'cell'" in port.hint
    (symbol,) = [f for f in errors if f.id == "no_row"]
    assert (symbol.file, symbol.value) == (TURNOVER + ".tsv", "cell")
    assert "'cel'" in symbol.hint


def test_a_misspelled_port_used_throughout(tiny) -> None:
    path = tiny.root / (TURNOVER + ".ant")
    path.write_text(path.read_text("utf-8").replace("cell", "sell"), encoding="utf-8")
    finding = tiny.error("port")
    assert place(finding) == (TURNOVER + ".ant", HEADER_ROW, "port", "sell")
    assert "'cell'" in finding.hint


def test_a_compartment_that_is_no_port_or_not_listed(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "turnover(dermis, cell)", "turnover(cell)")
    assert "'dermis'" in tiny.error("port").message
    tiny.change(TURNOVER + ".ant", "turnover(cell)", "turnover(dermis, cell)")
    tiny.write("biology/compartments.tsv", "id\tmeaning\nepidermis\tepidermis\n")
    assert {f.value for f in tiny.errors() if f.id == "port"} == {"dermis"}


@pytest.mark.parametrize("name", ["renewal", "signalling", "turnover"])
def test_a_removed_mechanism(tiny, name: str) -> None:
    for suffix in (".ant", ".tsv"):
        (tiny.root / f"biology/mechanisms/{name}{suffix}").unlink()
    found = tiny.errors()
    assert found
    assert all(f.file and (f.row or f.column) for f in found)


@pytest.mark.parametrize(("gone", "left"), [(".ant", ".tsv"), (".tsv", ".ant")])
def test_half_a_pair(tiny, gone: str, left: str) -> None:
    (tiny.root / (TURNOVER + gone)).unlink()
    finding = tiny.error("half_a_pair")
    assert (finding.file, finding.row) == (TURNOVER + left, 1)
    assert f"turnover{gone}" in finding.message


def test_the_model_is_named_as_its_file(tiny) -> None:
    tiny.change(RENEWAL + ".ant", "model renewal(", "model renewel(")
    finding = tiny.error("model_name")
    assert (finding.file, finding.row) == (RENEWAL + ".ant", 3)


def test_an_antimony_error_has_its_line(tiny) -> None:
    tiny.change(RENEWAL + ".ant", "loss: cell => ; k_loss*cell;", "loss: cell => ; k_loss*(cell;")
    finding = tiny.error("antimony")
    assert (finding.file, finding.row) == (RENEWAL + ".ant", 7)


def test_a_mechanism_imports_no_file(tiny) -> None:
    path = tiny.root / (RENEWAL + ".ant")
    path.write_text('import "/etc/passwd"\n' + path.read_text("utf-8"), encoding="utf-8")
    assert tiny.error("antimony").file == RENEWAL + ".ant"


def test_an_ant_file_in_another_encoding(tiny) -> None:
    tiny.write(RENEWAL + ".ant", b"// \xff\xfe\nmodel renewal()\nend\n")
    assert tiny.error("encoding").file == RENEWAL + ".ant"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("k_cut*fibre;", "3*k_cut*fibre;"),
        ("fibre + fragment;", "fibre + 0.5*fragment;"),
        ("k_cut*fibre;", "k_cut*fibre; k_cut = 0.07;"),
        ("k_cut*fibre;", "k_cut*fibre; fibre = 7;"),
    ],
    ids=["law", "rule", "parameter", "state"],
)
def test_a_number_in_the_structure(tiny, old: str, new: str) -> None:
    tiny.change(TURNOVER + ".ant", old, new)
    assert tiny.error("number_in_equation").file == TURNOVER + ".ant"


def test_structure_numbers_are_allowed(tiny) -> None:
    tiny.change(TURNOVER + ".ant", "k_cut*fibre;", "k_cut*fibre^2*1;")
    assert tiny.errors() == []


@pytest.mark.parametrize(
    ("symbol", "unit", "wanted"),
    [("k_cut", "um", "1/day"), ("k_cut", "day", "1/day"), ("k_loss", "1", "1/day")],
)
def test_a_wrong_dimension_by_name(tiny, symbol: str, unit: str, wanted: str) -> None:
    file = (RENEWAL if symbol == "k_loss" else TURNOVER) + ".tsv"
    row = tiny.line(file, symbol + "\t")
    text = (tiny.root / file).read_text("utf-8").splitlines()
    cells = text[row - 1].split("\t")
    cells[3] = unit
    text[row - 1] = "\t".join(cells)
    tiny.write(file, "\n".join(text) + "\n")
    finding = tiny.error("dimension")
    assert place(finding) == (file, row, "unit", unit)
    assert wanted in finding.message


def test_a_wrong_dimension_by_law(tiny) -> None:
    """The name tells nothing; the law it stands in does."""
    tiny.change(SIGNALLING + ".ant", "light*frac_through", "light*through")
    tiny.change(SIGNALLING + ".tsv", "frac_through\tparameter\t50\t%\t\tlogitnormal(sd=0.5)",
                "through\tparameter\t50\tum\t\t")  # fmt: skip
    found = [f for f in tiny.errors() if f.id == "units_of_law"]
    assert found
    row = tiny.line(SIGNALLING + ".tsv", "exposure\t")
    assert (SIGNALLING + ".tsv", row) in {(f.file, f.row) for f in found}
    culprit = tiny.line(SIGNALLING + ".tsv", "through\t")
    assert any(f"through [um] row {culprit}" in f.hint for f in found)


def test_a_wrong_dimension_of_an_input(tiny) -> None:
    tiny.change(SIGNALLING + ".tsv", "light\tinput\t0\t1/day", "light\tinput\t0\tum")
    found = {(f.id, f.file, f.row) for f in tiny.errors()}
    assert (
        "units_of_law",
        SIGNALLING + ".tsv",
        tiny.line(SIGNALLING + ".tsv", "exposure"),
    ) in found


def test_an_unlisted_unit(tiny) -> None:
    tiny.change(TURNOVER + ".tsv", "k_cut\tparameter\t0.05\t1/day", "k_cut\tparameter\t0.05\t1/dya")
    finding = tiny.error("unit")
    assert place(finding) == (
        TURNOVER + ".tsv",
        tiny.line(TURNOVER + ".tsv", "k_cut"),
        "unit",
        "1/dya",
    )
    assert "'1/day'" in finding.hint


@pytest.mark.parametrize(
    ("old", "new", "column", "value", "near"),
    [
        ("signal_cuts\tsignal\tturnover.cutting", "signal_cuts\tsignl\tturnover.cutting",
         "source_state", "signl", "'signal'"),
        ("signal_cuts\tsignal\tturnover.cutting", "signal_cuts\tsignal\tturnover.cuting",
         "target", "turnover.cuting", "'cutting'"),
        ("signal_cuts\tsignal\tturnover.cutting", "signal_cuts\tsignal\tturnovr.cutting",
         "target", "turnovr.cutting", "'turnover'"),
        ("signal_cuts\tsignal\tturnover.cutting", "signal_cuts\tsignal\tturnover.k_cut",
         "target", "turnover.k_cut", ""),
        ("signal_cuts\tsignal\tturnover.cutting", "signal_cuts\tsignal\tthickness.thick",
         "target", "thickness.thick", "'thickness.thickness'"),
        ("fibre_shades\tfibre\t", "fibre_shades\tfrac_through\t",
         "source_state", "frac_through", ""),
    ],
    ids=["source", "process", "mechanism", "parameter", "observable", "parameter_read"],
)  # fmt: skip
def test_a_drive_that_connects_nothing(
    tiny, old: str, new: str, column: str, value: str, near: str
) -> None:
    tiny.change(DRIVES, old, new)
    finding = tiny.error("drive")
    row = tiny.line(DRIVES, new.split("\t", maxsplit=1)[0] + "\t")
    assert place(finding) == (DRIVES, row, column, value)
    assert near in finding.hint


@pytest.mark.parametrize("form", ["power", "fraction"])
def test_a_power_of_what_rests_at_zero(tiny, form: str) -> None:
    if form == "power":
        tiny.change(DRIVES, "signal_cuts\tsignal\t", "signal_cuts\tlight_seen\t")
    else:
        tiny.change(DRIVES, "fibre_shades\tfibre\t", "fibre_shades\tlight_seen\t")
    finding = tiny.error("drive")
    row = tiny.line(DRIVES, "signal_cuts" if form == "power" else "fibre_shades")
    assert place(finding) == (DRIVES, row, "form", form)


def test_a_power_of_a_variable_that_is_zero_at_rest(tiny) -> None:
    """Its reference is known only once the skin is balanced."""
    tiny.change(DRIVES, "signal_cuts\tsignal\t", "signal_cuts\texposure\t")
    finding = tiny.error("drive")
    assert place(finding)[:3] == (DRIVES, tiny.line(DRIVES, "signal_cuts"), "form")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("fragments_block\tfragment\tturnover.synthesis\tfall\thalf\t0.4\t1\t\t\tassumed\t\twhy"
         "\tlowers\n",
         "", "drive_parameters"),
        ("signal_cuts\tsignal\tturnover.cutting\tpower\tgain\t0.5",
         "signal_cuts\tsignal\tturnover.cutting\tpower\tgian\t0.5", "drive_parameters"),
        ("rise\thalf\t0.5", "fall\thalf\t0.5", "drive_differs"),
        ("power\tgain\t0.5", "power\tgain\t", "drive_value"),
        ("fraction\tnone\t\t", "fraction\tnone\t2\t", "drive_value"),
        ("power\tgain\t0.5", "root\tgain\t0.5", "schema_literal_error"),
        ("signal_cuts\tsignal", "Signal-cuts\tsignal", "schema_value_error"),
    ],
    ids=["half_missing", "misspelled", "differs", "no_value", "value", "form", "id"],
)  # fmt: skip
def test_a_drive_that_is_not_complete(tiny, old: str, new: str, rule: str) -> None:
    tiny.change(DRIVES, old, new)
    finding = next(f for f in tiny.errors() if f.id == rule)
    assert finding.file == DRIVES
    assert finding.row is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fall\thalf\t0.4\t1", "fall\thalf\t0.4\tum"),
        ("linear\tgain\t2\t1", "linear\tgain\t2\t1/day"),
        ("power\tgain\t0.5\t1", "power\tgain\t0.5\tday"),
    ],
    ids=["half", "linear_gain", "gain"],
)
def test_a_drive_number_of_the_wrong_dimension(tiny, old: str, new: str) -> None:
    tiny.change(DRIVES, old, new)
    finding = tiny.error("dimension")
    assert (finding.file, finding.column, finding.value) == (
        DRIVES,
        "unit",
        new.rsplit("\t", maxsplit=1)[-1],
    )
    lines = (tiny.root / DRIVES).read_text("utf-8").splitlines()
    assert new in lines[(finding.row or 0) - 1]


def test_a_pathway_that_names_no_drive(tiny) -> None:
    tiny.change("biology/pathways/tension.yaml", "signal_cuts", "signal_cust")
    finding = tiny.error("pathway")
    assert (finding.file, finding.value) == ("biology/pathways/tension.yaml", "signal_cust")
    assert "'signal_cuts'" in finding.hint


def test_an_observable_that_reads_nothing(tiny) -> None:
    tiny.change(THICKNESS, "source_state: whole", "source_state: whol")
    finding = tiny.error("drive")
    assert (finding.file, finding.value) == (THICKNESS, "whol")


def test_an_observable_that_reads_one_thing_twice(tiny) -> None:
    tiny.change(THICKNESS, "source_state: light_seen\n    form: linear",
                "source_state: whole\n    form: power")  # fmt: skip
    finding = tiny.error("twice")
    assert (finding.file, finding.value) == (THICKNESS, "whole")


def test_an_id_that_is_not_the_file_name(tiny) -> None:
    tiny.change(THICKNESS, "id: thickness", "id: thick")
    assert tiny.error("id_is_stem").file == THICKNESS
