"""A certificate becomes a product record; every cell that cannot be read is a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from virtualskin.ground import BadInput, Catalogue, Finding, SkinError
from virtualskin.therapy import Conversions, Product, read_conversions
from virtualskin.therapy.certificate import Certificate, Item, read_certificate, read_items
from virtualskin.therapy.own_product import (
    OwnProduct,
    make_product,
    product_name,
    stub,
    write_product,
)

HEAD = "item,method,value,unit,sd,n,note\n"
GOOD = HEAD + (
    "lot,,A-7,,,,\n"
    "particle_count,NTA,2e10,particle/ml,2e9,4,\n"
    "dose_volume,,0.1,ml/cm^2,,,\n"
    "vegf,ELISA,240.6,pg/ml,,,\n"
    "mirna_nfkb,qPCR,2,fold,,,\n"
    "potency,scratch,50,%,,,\n"
    "pdgf,ELISA,3,pg/ml,,,\n"
)
CHINESE = (
    "公司：某某生物\n"
    "项目；方法；数值；单位；标准差；样本数；备注\n"
    "批号；；甲-7；；；；\n"
    "粒子浓度；纳米颗粒跟踪分析；2.0×10^10；个/mL；2×10^9；4；\n"
    "用量；；0,1；mL/cm2；；；\n"
    "效价；划痕；50；％；；；\n"
).replace("；", ";")
INPUTS = frozenset({"mirna_load", "protein_load"})


@pytest.fixture(scope="module")
def table() -> Conversions:
    return read_conversions(Catalogue.open())


@pytest.fixture(scope="module")
def items() -> Mapping[str, Item]:
    found, findings, _ = read_items(Catalogue.open())
    assert findings == ()
    return found


@pytest.fixture
def read(
    tmp_path: Path, table: Conversions, items: Mapping[str, Item]
) -> Callable[..., Certificate]:
    """A certificate of these bytes or this text."""

    def run(content: str | bytes, name: str = "mine.csv", coding: str = "utf-8") -> Certificate:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(coding))
        return read_certificate(path, items, table.units)

    return run


@pytest.fixture
def make(
    read: Callable[..., Certificate], table: Conversions, items: Mapping[str, Item]
) -> Callable[..., OwnProduct]:
    def run(content: str, carried: frozenset[str] = frozenset({"vesicle"})) -> OwnProduct:
        return make_product("mine", read(content), items, table, carried=carried, inputs=INPUTS)

    return run


def component(made: OwnProduct, name: str):
    return next(c for c in made.record.components if c.name == name)


def load(made: OwnProduct, name: str):
    return next(s.amount for s in made.record.settings if s.input == name)


def test_a_certificate_on_paper(make: Callable[..., OwnProduct]) -> None:
    """2e10 a millilitre × 0.1 ml = 2e9 on a square centimetre; loads: panel × half potency."""
    made = make(GOOD, frozenset({"vesicle", "vegf"}))
    vesicles = component(made, "vesicles")
    assert vesicles.dose.value == pytest.approx(2e9)
    assert vesicles.dose.unit == "particle/cm^2"
    assert vesicles.reported
    assert vesicles.dose.uncertain is not None
    by_paper = ((1 + 0.05**2) * (1 + 0.525**2) - 1) ** 0.5
    assert vesicles.dose.uncertain.arguments[0] == pytest.approx(by_paper, rel=1e-4), (
        "the error of the mean, a twentieth, and that of counting (E248)"
    )
    assert component(made, "vegf").dose.value == pytest.approx(2.0), "240.6 over 120.3"
    assert load(made, "mirna_load").value == pytest.approx(1.0)
    assert load(made, "protein_load").value == pytest.approx(0.5)
    for name in ("mirna_load", "protein_load"):
        assert "taken, not shown" in load(made, name).note, "the assumption is told"
    assert any("pdgf: 3" in text for text in made.unused)
    assert "pdgf" in made.record.note.en
    assert "A-7" in made.record.note.en
    assert [f.id for f in made.findings] == ["unused_item"]


def test_the_record_that_is_written_is_the_record(make: Callable[..., OwnProduct]) -> None:
    made = make(GOOD)
    assert Product.model_validate(yaml.safe_load(made.text)) == made.record


def test_what_no_route_carries_is_told(make: Callable[..., OwnProduct]) -> None:
    made = make(GOOD)
    assert {c.name for c in made.record.components} == {"liquid", "vesicles"}
    assert "VEGF: 240.6 pg/ml" in made.unused


def test_what_is_missing_is_named_and_draws_from_a_prior(
    make: Callable[..., OwnProduct],
) -> None:
    made = make(HEAD + "lot,,A-7,,,,\n")
    vesicles = component(made, "vesicles")
    assert not vesicles.reported
    assert str(vesicles.dose.uncertain) == "loguniform(low=3e+07, high=3e+10)"
    assert str(load(made, "mirna_load").uncertain) == "lognormal(cv=0.8)"
    told = [t.en for t in made.missing]
    assert "particle count: not reported, a prior" in told
    assert "relative potency: not reported, a prior" in told
    assert "sterility: not reported" in told
    assert all(t.zh for t in made.missing)
    assert "not reported" in made.record.note.en
    assert "未报告" in made.record.note.zh


def test_protein_stands_in_for_a_count(make: Callable[..., OwnProduct]) -> None:
    """10 µg/ml × 0.1 ml × 2e9 particles a microgram, with a very wide error."""
    made = make(HEAD + "protein,BCA,10,ug/ml,,,\ndose_volume,,0.1,ml/cm^2,,,\n")
    dose = component(made, "vesicles").dose
    assert dose.value == pytest.approx(2e9)
    assert dose.uncertain is not None
    assert dose.uncertain.arguments[0] > 4


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_tables(read: Callable[..., Certificate], coding: str) -> None:
    """A line above the header, semicolons, a decimal comma, full-width signs, four codings."""
    found = read(CHINESE, coding=coding)
    warned = [f.id for f in found.findings]
    assert warned == ([] if coding.startswith("utf") else ["encoding"])
    values = {name: e.value for name, e in found.entries.items()}
    assert values == {"lot": None, "particle_count": 2e10, "dose_volume": 0.1, "potency": 50.0}
    count = found.entries["particle_count"]
    assert (count.unit, count.sd, count.n, count.row) == ("particle/ml", 2e9, 4, 4)


def test_a_form_in_yaml_says_the_same(read: Callable[..., Certificate]) -> None:
    form = "items:\n- {item: particle_count, method: NTA, value: 2e10, unit: particle/ml}\n"
    found = read(form, "mine.yaml")
    assert found.findings == ()
    assert found.entries["particle_count"].value == 2e10
    wrong = read(form.replace("method", "metho") + "- 7\n", "mine.yaml")
    assert [(f.id, f.row) for f in wrong.findings] == [("unknown_column", 2), ("yaml", 3)]


@pytest.mark.parametrize(
    ("cell", "value", "sd"),
    [
        ("2.1e10", 2.1e10, None),
        ("2.1E+10", 2.1e10, None),
        ("2.1×10¹⁰", 2.1e10, None),
        ("2.1 x 10^10", 2.1e10, None),
        ("２．１", 2.1, None),
        ('"0,62"', 0.62, None),
        ("0.62±0.05", 0.62, 0.05),
        ("0.62 +/- 0.05", 0.62, 0.05),
    ],
)
def test_numbers_as_people_write_them(
    read: Callable[..., Certificate], cell: str, value: float, sd: float | None
) -> None:
    found = read(f"{HEAD}particle_count,NTA,{cell},particle/ml,,,\n")
    assert found.findings == ()
    entry = found.entries["particle_count"]
    assert (entry.value, entry.sd) == (pytest.approx(value), sd and pytest.approx(sd))


@pytest.mark.parametrize("cell", ["", ".", "NA", "-", "/", "not tested", "未检测"])
def test_a_cell_that_states_nothing_is_missing(read: Callable[..., Certificate], cell: str) -> None:
    found = read(f"{HEAD}lot,,A,,,,\nparticle_count,NTA,{cell},particle/ml,,,\n")
    assert (found.findings, list(found.entries)) == ((), ["lot"])


@pytest.mark.parametrize(
    ("row", "rule", "column", "value"),
    [
        ("particle_count,NTA,many,particle/ml,,,", "not_a_number", "value", "many"),
        ("particle_count,NTA,<2e9,particle/ml,,,", "not_a_number", "value", "<2e9"),
        ('particle_count,NTA,"1,234",particle/ml,,,', "not_a_number", "value", "1,234"),
        ("particle_count,NTA,1e999,particle/ml,,,", "not_a_number", "value", "1e999"),
        ("particle_count,NTA,-3,particle/ml,,,", "not_positive", "value", "-3"),
        ("particle_count,NTA,0,particle/ml,,,", "not_positive", "value", "0"),
        ("particle_count,NTA,1e300,particle/ml,,,", "beyond_range", "value", "1e300"),
        ("particle_count,NTA,1e-300,particle/ml,,,", "beyond_range", "value", "1e-300"),
        ("particle_count,NTA,2e9,particle/ml,1e300,,", "beyond_range", "sd", "1e300"),
        ("particle_count,NTA,2e9,,,,", "missing_unit", "unit", ""),
        ("particle_count,NTA,2e9,prtcl/ml,,,", "unit", "unit", "prtcl/ml"),
        ("particle_count,NTA,2e9,pg/ml,,,", "dimension", "unit", "pg/ml"),
        ("particle_count,NTA,2e9,particle/ml,-1,,", "negative_sd", "sd", "-1"),
        ("particle_count,NTA,2e9,particle/ml,wide,,", "not_a_number", "sd", "wide"),
        ("particle_count,NTA,2e9,particle/ml,,0,", "not_a_count", "n", "0"),
        ("particle_count,NTA,2e9,particle/ml,,3.5,", "not_a_count", "n", "3.5"),
        ("lot,,B,,,,", "twice", "item", "lot"),
        (",NTA,2e9,particle/ml,,,", "missing_item", "item", ""),
        ("vegf,ELISA,1,pg/ml,,,,,stray", "cell_count", "", ""),
    ],
)
def test_every_bad_cell_is_a_finding(
    read: Callable[..., Certificate], row: str, rule: str, column: str, value: str
) -> None:
    found = [f for f in read(f"{HEAD}lot,,A,,,,\n{row}\n").findings if f.severity == "error"]
    assert [(f.id, f.file, f.row, f.column, f.value) for f in found] == [
        (rule, "mine.csv", 3, column, value)
    ]
    if rule not in {"negative_sd"}:
        assert found[0].hint


def test_columns_nobody_reads_and_columns_that_stand_twice(
    read: Callable[..., Certificate],
) -> None:
    found = read("item,value,unti,value\nlot,A,,B\n").findings
    assert [(f.id, f.column, f.severity) for f in found] == [
        ("unused_column", "unti", "warning"), ("twice", "value", "error"),
    ]  # fmt: skip
    assert found[0].hint == "did you mean 'unit'?"


def test_all_faults_are_told_at_once_and_nothing_is_made(
    make: Callable[..., OwnProduct],
) -> None:
    with pytest.raises(BadInput) as caught:
        make(HEAD + "particle_count,NTA,many,particle/ml,,,\npotency,x,-1,%,,,\n")
    assert [f.row for f in caught.value.findings] == [2, 3]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "missing_column"),
        (b"one,two\n1,2\n", "missing_column"),
        (b"\x00\x01\x02", "encoding"),
        (b"\xff\xff\xff", "encoding"),
        (HEAD.encode(), "empty_file"),
        (b'item,value\n"open', "empty_file"),
    ],
)
def test_files_that_are_no_certificates(
    read: Callable[..., Certificate], content: bytes, rule: str
) -> None:
    errors = [f.id for f in read(content).findings if f.severity == "error"]
    assert errors == [rule]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@example(body=b'particle_count,NTA,"2e9\n')
@example(body="particle_count,NTA,²,particle/ml".encode())
@example(body="potency,,٣,%,,,".encode())
@example(body=b"\r\rpotency,,1\r")
@example(body=b"particle_count,NTA,1e20,particle/ml,1e20,,\npotency,,1e-20,%,1e20,,\n")
@example(body=b"protein,BCA,1e-20,ug/ml,1e20,,\nmirna_nfkb,,1e20,fold,1e-20,,\n")
def test_no_bytes_are_too_much(
    read: Callable[..., Certificate], table: Conversions, items: Mapping[str, Item], body: bytes
) -> None:
    """Whatever a file holds: a certificate or findings, and a product or a refusal."""
    certificate = read(HEAD.encode() + body)
    assert all(isinstance(f, Finding) and f.file == "mine.csv" for f in certificate.findings)
    try:
        made = make_product(
            "mine", certificate, items, table, carried=frozenset({"vesicle"}), inputs=INPUTS
        )
    except BadInput:
        assert any(f.severity == "error" for f in certificate.findings)
        return
    assert Product.model_validate(yaml.safe_load(made.text)) == made.record


def test_a_stub_names_every_blank() -> None:
    """As it stands it is no product, and each blank says what belongs there."""
    from pydantic import ValidationError

    data = yaml.safe_load(stub("mine"))
    with pytest.raises(ValidationError) as caught:
        Product.model_validate(data)
    blanks = stub("mine").count(": <")
    assert len(caught.value.errors()) == blanks > 8
    assert all(str(e["input"]).startswith("<") for e in caught.value.errors())


@pytest.mark.parametrize("name", ["", "My", "my-exo", "../x", "x" * 61, "1x", "x y"])
def test_names_that_no_file_should_have(name: str) -> None:
    with pytest.raises(SkinError, match="cannot be called"):
        product_name(name, [])


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    with pytest.raises(SkinError, match="already"):
        product_name("saline", ["saline"])
    first = write_product(tmp_path / "mine", "exo", "one")
    assert first == tmp_path / "mine" / "therapy" / "products" / "exo.yaml"
    with pytest.raises(SkinError, match="already"):
        write_product(tmp_path / "mine", "exo", "two")
    assert first.read_text("utf-8") == "one"
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(SkinError, match="Cannot write"):
        write_product(tmp_path / "file", "exo", "one")
