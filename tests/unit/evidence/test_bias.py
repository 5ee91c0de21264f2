"""Is risk of bias judged from what rows state, and is what they do not state left unclear?"""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.evidence import (
    JUDGEMENTS,
    Bias,
    BiasRules,
    Evidence,
    Row,
    Study,
    read_bias_rules,
    row_of,
    studies,
)
from virtualskin.ground import Catalogue


@pytest.fixture(scope="module")
def rules(catalogue: Catalogue) -> BiasRules:
    made, findings = read_bias_rules(catalogue)
    assert findings == ()
    return made


def study(evidence: Evidence, *addresses: str) -> Study:
    rows: tuple[Row, ...] = tuple(row_of(evidence, a) for a in addresses)
    return Study("mine", rows)


def judged(made: Bias) -> dict[str, str]:
    return {d.id: d.judgement for d in made.domains}


def test_an_open_photograph_trial_and_a_blind_one_differ_where_they_should(
    rules: BiasRules, evidence: Evidence
) -> None:
    (blind,) = rules.assess(study(evidence, "clinical_outcomes:72"))  # participant and rater
    (open_arm,) = rules.assess(study(evidence, "clinical_outcomes:61"))  # one arm, nobody blind
    assert blind.tool == "rob2"
    assert judged(blind) == {
        "randomisation": "unclear", "deviations": "some", "missing": "unclear",
        "measurement": "low", "reporting": "unclear",
    }  # fmt: skip
    assert open_arm.tool == "robins_i"
    assert judged(open_arm)["confounding"] == judged(open_arm)["measurement"] == "high"
    assert (blind.overall, open_arm.overall) == ("unclear", "high")


def test_an_open_histology_is_not_judged_as_an_open_score(
    rules: BiasRules, evidence: Evidence
) -> None:
    (made,) = rules.assess(study(evidence, "clinical_outcomes:70"))  # stained sections, not blind
    assert judged(made)["measurement"] == "some"


def test_animals_and_cells_have_tools_of_their_own(rules: BiasRules, evidence: Evidence) -> None:
    (rats,) = rules.assess(study(evidence, "lab_effects:E077"))
    (cells,) = rules.assess(study(evidence, "lab_effects:E030"))
    assert (rats.tool, len(rats.domains)) == ("syrcle", 10)
    assert (cells.tool, len(cells.domains)) == ("in_vitro", 9)
    # A "random skin flap" is a kind of flap and no random allotment.
    assert set(judged(rats).values()) == {"unclear"}


def test_a_paper_on_cells_and_mice_is_judged_twice(rules: BiasRules, evidence: Evidence) -> None:
    made = rules.assess(study(evidence, "lab_effects:E001", "lab_effects:E009"))
    assert [one.tool for one in made] == ["syrcle", "in_vitro"]


def test_a_measurement_on_the_product_fits_no_tool(rules: BiasRules, evidence: Evidence) -> None:
    assert rules.assess(study(evidence, "lab_effects:E066")) == ()


def test_every_judgement_has_a_reason_in_both_languages(
    rules: BiasRules, evidence: Evidence
) -> None:
    for one in studies(evidence, ("lab_effects", "clinical_outcomes")).values():
        for made in rules.assess(one):
            assert made.overall in JUDGEMENTS
            for domain in made.domains:
                assert domain.why.en
                assert any("\u4e00" <= sign <= "\u9fff" for sign in domain.why.zh)


def test_rows_of_one_trial_are_one_study_and_of_two_papers_two(evidence: Evidence) -> None:
    found = studies(evidence, ("lab_effects", "clinical_outcomes"))
    holding = {row.id: key for key, one in found.items() for row in one.rows}
    assert holding["clinical_outcomes:196"] == holding["clinical_outcomes:199"]
    assert holding["lab_effects:E001"] == holding["lab_effects:E015"]
    assert holding["lab_effects:E001"] != holding["lab_effects:E016"]


@pytest.mark.parametrize(
    ("table", "line", "column", "hint"),
    [
        ("bias_rules", "rob2\tmeasurment\topen\thigh\twhy\t因为", "domain", "'measurement'"),
        ("bias_rules", "rob3\tmeasurement\topen\thigh\twhy\t因为", "tool", "'rob2'"),
        ("bias_rules", "rob2\tmeasurement\topen+nobody\thigh\twhy\t因为", "facts", "one of"),
        ("bias_rules", "rob2\tmeasurement\topen\tterrible\twhy\t因为", "judgement", ""),
        ("bias_facts", "mine\tnote\t(unclosed\twhy", "pattern", "write words"),
    ],
)
def test_a_broken_rule_is_named(small: Path, table: str, line: str, column: str, hint: str) -> None:
    path = small / "evidence" / "grades" / f"{table}.tsv"
    text = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([text[0], line, *text[1:], ""]), encoding="utf-8")
    _, findings = read_bias_rules(Catalogue((small,)))
    found = [f for f in findings if f.column == column and f.row == 2]
    assert found, findings
    assert hint in found[0].hint


def test_a_table_without_a_last_word_is_refused(small: Path) -> None:
    path = small / "evidence" / "grades" / "bias_rules.tsv"
    kept = [t for t in path.read_text(encoding="utf-8").split("\n") if not t.startswith("*")]
    path.write_text("\n".join(kept), encoding="utf-8")
    _, findings = read_bias_rules(Catalogue((small,)))
    assert [f.id for f in findings] == ["no_last_rule"]
