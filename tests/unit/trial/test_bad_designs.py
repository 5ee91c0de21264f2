"""Study files that are wrong: every finding at once, with file, row, key and value, and no run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.ground import BadInput, Catalogue, Finding, SkinError, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.trial import RunSettings, read_design, run, run_trial

PARK = (SHIPPED / "trial/published/park2023_hacs.yaml").read_text(encoding="utf-8")
Refuse = Callable[..., list[Finding]]


@pytest.fixture
def study(tmp_path: Path, shelves, monkeypatch: pytest.MonkeyPatch):
    """Writes the shipped study with changes and tries to run it; solving anything is a failure."""

    def never(*_: object, **__: object) -> None:
        pytest.fail("something was run")

    monkeypatch.setattr(run, "run_sides", never)

    def refuse(*changes: tuple[str, str], content: str | bytes | None = None) -> list[Finding]:
        text = PARK
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "study.yaml"
        raw = text if content is None else content
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        with pytest.raises(BadInput) as caught:
            design, file = read_design(str(path), shelves.catalogue, shelves.trials)
            run_trial(
                design, file, catalogue=shelves.catalogue, skin=shelves.skin,
                therapies=shelves.therapies, shelf=shelves.trials, settings=RunSettings(),
            )  # fmt: skip
        found = list(caught.value.findings)
        assert found
        assert {f.file for f in found} <= {str(path), "population/cohorts/adult_face.yaml"}
        for finding in found:
            if finding.row is not None and finding.value and content is None:
                lines = text.splitlines()
                assert finding.row <= len(lines)
        return found

    return refuse


def row_of(new: str, *changes: tuple[str, str]) -> int:
    """Number of the first line that holds `new` once the changes are made."""
    text = PARK
    for old, other in changes:
        text = text.replace(old, other, 1)
    return next(i for i, line in enumerate(text.splitlines(), start=1) if new in line)


WRONG = {
    "product": ("product: adsc_exo_hacs", "product: adsc_exo_hac", "unknown_product",
                "arms.0.product", "adsc_exo_hac"),
    "route": ("route: microneedling", "route: microneedlin", "unknown_route", "arms.0.route",
              "microneedlin"),
    "endpoint": ("endpoints: [wrinkle_depth_primos,", "endpoints: [wrinkle_depth_primo,",
                 "unknown_endpoint", "endpoints.0", "wrinkle_depth_primo"),
    "negative_n": ("  n: 28", "  n: -28", "schema_greater_than", "design.n", "-28"),
    "no_n": ("  n: 28", "  n: 0", "schema_greater_than", "design.n", "0"),
    "half_n": ("  n: 28", "  n: 2.5", "schema_int_from_float", "design.n", "2.5"),
    "huge_n": ("  n: 28", "  n: 1000000000", "schema_less_than_equal", "design.n", "1000000000"),
    "too_young": ("{min: 43, max: 66}", "{min: 12, max: 66}", "age_range", "cohort.age",
                  "12 to 66"),
    "too_old": ("{min: 43, max: 66}", "{min: 43, max: 120}", "age_range", "cohort.age",
                "43 to 120"),
    "percent_alpha": ("alpha: 0.05", "alpha: 5", "schema_less_than", "design.alpha", "5"),
    "percent_dropout": ("dropout: not_reported", "dropout: 120", "schema_less_than",
                        "design.dropout", "120"),
    "percent_adherence": ("adherence: not_reported", "adherence: 80", "schema_less_than_equal",
                          "design.adherence", "80"),
    "negative_dose": ("dose: not_reported", "dose: -1", "schema_greater_than_equal",
                      "arms.0.dose", "-1"),
    "no_depth": ("needle_depth_mm: not_reported", "needle_depth_mm: 0", "schema_greater_than",
                 "arms.0.needle_depth_mm", "0"),
    "sessions": ("sessions: 3", "sessions: 0", "schema_greater_than_equal", "arms.0.sessions",
                 "0"),
    "late_sessions": ("sessions: 3", "sessions: 9", "schedule", "arms.0.sessions", "day 168"),
    "every": ("every: 21d", "every: 3 weeks", "schema_value_error", "arms.0", "3 weeks"),
    "visits": ("visits_weeks: [0, 12]", "visits_weeks: [12, 0]", "schema_value_error",
               "design.visits_weeks", ""),
    "allocation": ("allocation: split_face", "allocation: not_reported", "allocation",
                   "design.allocation", "not_reported"),
    "crossover": ("allocation: split_face", "allocation: crossover", "allocation",
                  "design.allocation", "crossover"),
    "arm_twice": ("id: saline_mn", "id: hacs_mn", "schema_value_error", "", ""),
    "endpoint_twice": ("elasticity_r2, hydration", "gais, hydration", "schema_value_error", "",
                       ""),
    "control": ("control: saline_mn", "control: placebo", "schema_value_error", "", ""),
    "outcome_arm": ("- {arm: hacs_mn, endpoint: gais", "- {arm: exo, endpoint: gais",
                    "schema_value_error", "", ""),
    "sd": ("spread: not_reported", "spread: -0.1", "schema_greater_than_equal",
           "outcomes.0.spread", "-0.1"),
    "events": ("events: 0, of: 28", "events: 29, of: 28", "schema_value_error", "adverse.0", ""),
    "co_treatment": ("co_treatment: none", "co_treatment: retinol", "co_treatment",
                     "arms.0.co_treatment", "retinol"),
    "no_phototype": ("phototype: not_reported", "phototype: []", "schema_too_short",
                     "cohort.phototype", ""),
    "false_phototype": ("phototype: not_reported", "phototype: [VII]", "schema_literal_error",
                        "cohort.phototype.0", "VII"),
    "misspelled_key": ("  analysis: not", "  analysiss: not", "schema_extra_forbidden",
                       "design.analysiss", "not_reported"),
    "needles": ("route: microneedling\n    needle_depth_mm: not_reported",
                "route: topical\n    needle_depth_mm: 0.5", "no_device",
                "arms.0.needle_depth_mm", "0.5"),
    "nothing_to_dose": ("product: adsc_exo_hacs", "product: saline", "", "", ""),
}  # fmt: skip
del WRONG["nothing_to_dose"]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_study_is_refused_with_row_and_value(study: Refuse, name: str) -> None:
    old, new, rule, key, value = WRONG[name]
    found = study((old, new))
    finding = next((f for f in found if f.id == rule and f.column == key), None)
    assert finding is not None, found
    assert finding.severity == "error"
    assert finding.row is not None
    if value:
        assert value in finding.value + finding.message
    if key:
        block = key.strip(".").split(".")[0]
        assert finding.row >= row_of(f"{block}:", (old, new))


@pytest.mark.parametrize(
    ("name", "piece"),
    [("product", "product: adsc_exo_hac"), ("negative_n", "n: -28"), ("endpoint", "endpoints:"),
     ("too_young", "age:"), ("percent_alpha", "alpha: 5"), ("sessions", "sessions: 0")],
)  # fmt: skip
def test_the_row_is_that_of_the_mistake(study: Refuse, name: str, piece: str) -> None:
    old, new, rule, _, _ = WRONG[name]
    (finding,) = [f for f in study((old, new)) if f.id == rule]
    assert finding.row == row_of(piece, (old, new))


@pytest.mark.parametrize(
    ("name", "near"),
    [("product", "'adsc_exo_hacs'"), ("route", "'microneedling'"),
     ("endpoint", "'wrinkle_depth_primos'"), ("misspelled_key", "'analysis'")],
)  # fmt: skip
def test_a_misspelling_gets_the_nearest(study: Refuse, name: str, near: str) -> None:
    old, new, rule, _, _ = WRONG[name]
    assert near in next(f for f in study((old, new)) if f.id == rule).hint


def test_a_dose_of_what_has_nothing_active(study: Refuse) -> None:
    found = study(("product: adsc_exo_hacs", "product: saline"), ("dose: not_reported", "dose: 5"))
    assert [(f.id, f.column, f.value) for f in found] == [("no_dose", "arms.0.dose", "5.0")]


def test_all_findings_of_the_schema_come_at_once(study: Refuse) -> None:
    found = study(
        ("  n: 28", "  n: -1"), ("alpha: 0.05", "alpha: 50"), ("dose: not_reported", "dose: -3"),
        ("{min: 43, max: 66}", "{min: 66, max: 43}"), ("every: 21d", "every: often"),
    )  # fmt: skip
    starts = {f.column.split(".")[0] for f in found}
    assert {"design", "arms", "cohort"} <= starts
    assert len({f.row for f in found}) >= 4


def test_all_findings_on_names_come_at_once(study: Refuse) -> None:
    found = study(
        ("product: adsc_exo_hacs", "product: x"), ("route: microneedling", "route: y"),
        ("endpoints: [wrinkle_depth_primos,", "endpoints: [z,"),
        ("{min: 43, max: 66}", "{min: 1, max: 66}"), ("co_treatment: none", "co_treatment: w"),
    )  # fmt: skip
    assert {f.id for f in found} == {
        "unknown_product", "unknown_route", "unknown_endpoint", "age_range", "co_treatment",
    }  # fmt: skip
    assert all(f.row for f in found)


@pytest.mark.parametrize(
    "content",
    ["", "id: [", "- a\n- b\n", "\tid: x\n", "id: a\nid: b\n", b"\xff\xfe\x00", "just words",
     "id: !!python/object/apply:os.system ['true']\n", "id: 2001-99-99\n", "[" * 3000],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_cannot_be_read(study: Refuse, content: str | bytes) -> None:
    assert study(content=content)[0].id in {"yaml", "encoding", "schema_missing"}


def test_an_unknown_trial_gets_the_nearest(shelves) -> None:
    with pytest.raises(UnknownName, match="park2023_hacs"):
        read_design("park2023_hac", shelves.catalogue, shelves.trials)


def test_a_study_file_that_is_not_there(shelves, tmp_path: Path) -> None:
    with pytest.raises(SkinError):
        read_design(str(tmp_path / "none.yaml"), shelves.catalogue, shelves.trials)


@pytest.mark.parametrize("name", ["people", "universes", "replicates", "workers"])
def test_sizes_below_one(name: str) -> None:
    with pytest.raises(SkinError, match=f"{name} is 0"):
        RunSettings(**{name: 0})


def attempt(shelves, catalogue: Catalogue, text: str, tmp_path: Path, **settings: object) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    design, file = read_design(str(path), catalogue, shelves.trials)
    run_trial(
        design, file, catalogue=catalogue, skin=shelves.skin, therapies=shelves.therapies,
        shelf=shelves.trials, settings=RunSettings(**settings),
    )  # fmt: skip


def cohort_block() -> str:
    start = PARK.index("cohort:")
    return PARK[start : PARK.index("arms:")]


def test_an_unknown_cohort(shelves, tmp_path: Path) -> None:
    text = PARK.replace(cohort_block(), "cohort: adult_fase\n")
    with pytest.raises(BadInput) as caught:
        attempt(shelves, shelves.catalogue, text, tmp_path)
    (finding,) = caught.value.findings
    assert (finding.id, finding.column, finding.value) == (
        "unknown_cohort", "cohort", "adult_fase",
    )  # fmt: skip
    assert "'adult_face'" in finding.hint


def test_a_cohort_whose_ages_the_model_does_not_know(shelves, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "population" / "cohorts"
    folder.mkdir(parents=True)
    record = (SHIPPED / "population/cohorts/adult_face.yaml").read_text(encoding="utf-8")
    young = record.replace("id: adult_face", "id: young").replace("{min: 30, max: 70}",
                                                                  "{min: 10, max: 20}")  # fmt: skip
    assert young.count("{min: 10, max: 20}") == 1
    (folder / "young.yaml").write_text(young, encoding="utf-8")
    text = PARK.replace(cohort_block(), "cohort: young\n")
    with pytest.raises(BadInput) as caught:
        attempt(shelves, Catalogue.open(tmp_path / "mine"), text, tmp_path)
    (finding,) = caught.value.findings
    assert (finding.id, finding.file) == ("age_range", "population/cohorts/young.yaml")
    assert finding.value == "10 to 20"


def test_an_unknown_knock_out_is_refused_before_anything_is_run(
    shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run_sides", lambda *_, **__: pytest.fail("something was run"))
    with pytest.raises(UnknownName, match="nf_kb"):
        attempt(shelves, shelves.catalogue, PARK, tmp_path, knockout=("nf_kbb",))


def test_a_broken_schema_does_not_hide_unknown_names(shelves, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    text = PARK.replace("n: 28", "n: -3", 1).replace("adsc_exo_hacs", "adsc_exo_hcas", 1)
    path.write_text(text.replace("route: microneedling", "route: mikroneedling", 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        read_design(str(path), shelves.catalogue, shelves.trials, shelves.therapies)
    found = {f.id: f for f in caught.value.findings}
    assert {"schema_greater_than", "unknown_product", "unknown_route"} <= set(found)
    assert found["unknown_product"].row == 1 + text.split("adsc_exo_hcas")[0].count("\n")
    assert "'adsc_exo_hacs'" in found["unknown_product"].hint
