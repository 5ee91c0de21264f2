"""A small trial through the lab: its table, its folder, and the same bytes again."""

from pathlib import Path

import pytest

from virtualskin.lab import Lab, TrialRun

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> TrialRun:
    """Two people in one universe."""
    folder = tmp_path_factory.mktemp("run") / "out"
    done = lab.run_trial("park2023_hacs", people=2, universes=1, seed=3, workers=1, out=folder)
    assert sorted(p.name for p in folder.iterdir()) == [
        "command.txt", "people.csv", "report.html", "result.json",
    ]  # fmt: skip
    return done


def test_the_table_names_every_endpoint_of_the_trial(run: TrialRun) -> None:
    table = run.table()
    for title in run.result.endpoint_titles.values():
        assert title.en in table
    assert "皱纹" in run.table("zh")


def test_the_report_leads_to_the_paper(run: TrialRun) -> None:
    assert 'href="https://doi.org/10.1111/jocd.15872"' in run.html()
    assert run.references["clinical_outcomes:2"].doi == "10.1111/jocd.15872"


def test_the_same_seed_writes_the_same_bytes(run: TrialRun, lab: Lab, tmp_path: Path) -> None:
    run.write(tmp_path / "one", "zh")
    again = lab.run_trial("park2023_hacs", people=2, universes=1, seed=3, workers=1)
    again.write(tmp_path / "two", "zh")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_json_has_the_keys_of_the_interface(run: TrialRun) -> None:
    document = run.as_json()
    assert {"trial", "stamp", "replicates", "failed", "rows", "adverse", "summary"} <= set(document)
    wanted = "arm endpoint instrument unit week n baseline value person_sd change_pct vs_control"
    assert {*wanted.split(), "published", "verdict", "reason"} <= set(document["rows"][0])
