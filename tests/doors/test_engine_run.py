"""`virtualskin engine run`: any SBML model, its people, doses and results; what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import antimony
import numpy as np
import pytest

from virtualskin.engine import CourseStore

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A concentration that decays, in two litres."""
    antimony.clearPreviousLoads()
    text = "model bag()\ncompartment v = 2; species c in v = 0; k = 0.5; out: c => ; k*c*v\nend"
    assert antimony.loadAntimonyString(text) >= 0
    path = tmp_path_factory.mktemp("model") / "bag.xml"
    path.write_text(antimony.getSBMLString("bag"), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    vary, doses, own = tmp_path / "vary.tsv", tmp_path / "doses.tsv", tmp_path / "own.csv"
    vary.write_text("model\tparameter\tcv\nbag\tk\t0.3\nother\tz\t0.1\n", "utf-8")
    doses.write_text("TIME\tAMT\tCMT\n0\t8\tc\n", "utf-8")
    own.write_text("ID,TIME,EVID,AMT,CMT\n1,0,1,8,c\n1,2,0,.,.\n3,0,1,4,c\n3,1,0,,\n3,2,0,,\n")
    return {"vary": str(vary), "doses": str(doses), "own": str(own)}


def test_people_doses_and_times(
    call: Call, model: Path, files: dict[str, str], tmp_path: Path
) -> None:
    said = call("engine", "run", str(model), "--people", "5000", "--vary", files["vary"],
                "--doses", files["doses"], "--times", "0:4:5", "--out", str(tmp_path / "o"),
                "--json")  # fmt: skip
    assert (said.status, said.err) == (0, "")
    told = said.json
    assert (told["model"], told["people"], told["solved"], told["failed"]) == ("bag", 5000, 5000, 0)
    assert told["quantities"] == ["c"]
    assert told == json.loads((tmp_path / "o" / "result.json").read_text("utf-8"))
    course = CourseStore.open(tmp_path / "o" / told["store"]).course(0, 5000)
    np.testing.assert_array_equal(course.times, [0, 1, 2, 3, 4])
    rates = -np.log(course.values[:, 2, 0] / 4) / 2
    # lognormal: mean kept, CV as asked
    assert rates.mean() == pytest.approx(0.5, rel=0.02)
    assert rates.std() / rates.mean() == pytest.approx(0.3, rel=0.05)
    np.testing.assert_allclose(course.values[:, 4, 0], 4 * np.exp(-4 * rates), rtol=1e-5)


def test_each_person_may_have_doses_and_observations(
    call: Call, model: Path, files: dict[str, str], tmp_path: Path
) -> None:
    said = call("engine", "run", str(model), "--people", "4", "--doses", files["own"], "--set",
                "k=1", "--out", str(tmp_path / "o"))  # fmt: skip
    assert said.status == 0
    assert said.out.startswith("bag: 4 people, 4 solved, 0 failed")
    course = CourseStore.open(tmp_path / "o" / "courses.zarr").course(0, 4)
    np.testing.assert_array_equal(course.times[[0, 2]], [[2, np.nan], [1, 2]])
    assert np.isnan(course.values[[1, 3]]).all()
    expected = [4 * np.exp(-2), 2 * np.exp(-1), 2 * np.exp(-2)]
    np.testing.assert_allclose(course.values[[0, 2, 2], [0, 0, 1], 0], expected, rtol=1e-5)


def test_resume(call: Call, model: Path, files: dict[str, str], tmp_path: Path) -> None:
    command = ["engine", "run", str(model), "--people", "9", "--times", "1", "--vary",
               files["vary"], "--out", str(tmp_path / "o"), "--json"]  # fmt: skip
    first = call(*command)
    assert first.status == 0
    taken = call(*command)
    assert (taken.status, taken.json["error"]["code"]) == (2, "store_taken")
    assert call(*command, "--resume").json == first.json
    other = call(*command, "--resume", "--seed", "2")
    assert (other.status, other.json["error"]["code"]) == (2, "store_mismatch")
    assert "inputs differ" in other.json["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--times", "1"), "no_out", "folder"),
        (("--out", "o"), "bad_input", "no output times"),
        (("--out", "o", "--times", "0:1"), "bad_input", "cannot be read"),
        (("--out", "o", "--times", "3,2"), "bad_input", "must increase"),
        (("--out", "o", "--times", "1", "--observe", "d"), "unknown_quantity", "'d'"),
        (("--out", "o", "--times", "1", "--rtol", "0"), "bad_input", "tolerance"),
        (("--out", "o", "--times", "1", "--set", "k"), "bad_input", "NAME=VALUE"),
        (("--out", "o", "--times", "1", "--set", "kk=1"), "unknown_parameter", "'kk'"),
        (("--out", "o", "--times", "1", "--people", "0"), "bad_input", "at least 1"),
        (("--out", "o", "--times", "1", "--vary", "VARY"), "bad_input", "usable spread"),
        (("--out", "o", "--times", "1", "--doses", "DOSES"), "bad_input", "no such state"),
        (("--out", "o", "--times", "1", "--doses", "nowhere.tsv"), "bad_input", "cannot be read"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    call: Call,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "VARY").write_text("parameter\nk\n", "utf-8")
    (tmp_path / "DOSES").write_text("TIME\tAMT\tCMT\n0\t8\td\n", "utf-8")
    answer = call("engine", "run", str(model), *arguments, "--json")
    assert (answer.status, answer.err) == (2, "")
    assert answer.json["error"]["code"] == code
    assert said in json.dumps(answer.json)
    assert not (tmp_path / "o").exists()


def test_a_model_that_is_no_model(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text("<sbml", "utf-8")
    said = call("engine", "run", str(tmp_path / "m.xml"), "--times", "1", "--out", "o", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "sbml_unsupported")
    said = call("engine", "run", str(tmp_path / "n.xml"), "--times", "1", "--out", "o", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "bad_input")


def test_a_cluster_that_is_not_there_fails_the_run(call: Call, model: Path, tmp_path: Path) -> None:
    said = call("engine", "run", str(model), "--times", "1", "--out", str(tmp_path / "o"),
                "--cluster", "nonsense", "--json")  # fmt: skip
    assert (said.status, said.json["error"]["code"]) == (3, "cluster_failed")


BROKEN = {
    "truncated": "<sbml>",
    "deep": "<sbml>" + "<apply>" * 100_000 + "</apply>" * 100_000 + "</sbml>",
    "bomb": '<!DOCTYPE s [<!ENTITY a "&#38;a;&#38;a;">]><sbml>&a;</sbml>',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_hostile_models_end_in_one_sentence(call: Call, text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(text, "utf-8")
    said = call("engine", "run", str(path), "--times", "1", "--out", str(tmp_path / "o"))
    assert said.status == 2
    assert (said.out + said.err).startswith("Error: ")
    assert (said.out + said.err).count("\n") == 1
    assert not (tmp_path / "o" / "courses.zarr").exists()


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_hostile_case_is_refused_with_its_reason(call: Call, text: str, tmp_path: Path) -> None:
    case = tmp_path / "00001"
    case.mkdir()
    settings = "start: 0\nduration: 1\nsteps: 1\nvariables: x\nabsolute: 1e-6\nrelative: 1e-4\n"
    (case / "00001-settings.txt").write_text(settings, "utf-8")
    (case / "00001-results.csv").write_text("time,x\n0,1\n1,1\n", "utf-8")
    (case / "00001-sbml-l3v2.xml").write_text(text, "utf-8")
    said = call("engine", "conformance", str(tmp_path), "--workers", "1", "--json")
    assert (said.status, said.json["wrong"]) == (0, [])
    assert said.json["refused"][0]["case"] == "00001"
    (case / "00001-results.csv").write_text("time,x\n0,1\n1\n", "utf-8")
    broken = call("engine", "conformance", str(tmp_path), "--workers", "1", "--json")
    assert (broken.status, broken.json["error"]["code"]) == (2, "bad_case")
