"""People drawn by number: the same in whatever company, and what is wrong with a table."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import System, Varied, read_sbml
from virtualskin.ground import BadInput


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(sbml_of("x = 1; a=2; b=3; c=4; d=5; e=6; n=-1; x' = (a+b+c+d+e+n)*x"))


def test_a_person_is_the_same_in_whatever_company(system: System, tmp_path: Path) -> None:
    """Five names: not a whole number of the generator's words."""
    path = tmp_path / "vary.tsv"
    path.write_text("parameter\tcv\n" + "".join(f"{n}\t0.4\n" for n in "abcde"), "utf-8")
    varied = Varied.read(path, system, seed=7)
    whole = varied.draw(0, 4000)
    for first, count in ((0, 1), (3, 1), (17, 100), (3999, 1)):
        part = varied.draw(first, count)
        for name in "abcde":
            np.testing.assert_array_equal(part[name], np.asarray(whole[name])[first:][:count])
    logs = np.log(np.stack([np.asarray(whole[name]) for name in "abcde"]))
    # independent, and lognormal with the mean kept
    assert np.abs(np.corrcoef(logs) - np.eye(5)).max() < 0.06
    assert np.asarray(whole["c"]).mean() == pytest.approx(4.0, rel=0.03)
    assert logs.std(axis=1) == pytest.approx(np.full(5, np.sqrt(np.log(1.16))), rel=0.05)
    other = Varied.read(path, system, seed=8)
    assert other.key != varied.key
    assert not np.array_equal(np.asarray(other.draw(0, 9)["a"]), np.asarray(whole["a"])[:9])


def test_everything_wrong_is_said_at_once(system: System, tmp_path: Path) -> None:
    path = tmp_path / "vary.tsv"
    path.write_text("parameter\tcv\nk\t0.1\na\t-1\nn\t0.1\nb\t0.1\nb\t0.2\n", "utf-8")
    with pytest.raises(BadInput) as raised:
        Varied.read(path, system, seed=1)
    found = [(f.row, f.column, f.value) for f in raised.value.findings]
    expected = [(2, "parameter", "k"), (3, "cv", "-1.0"), (4, "parameter", "n"),
                (6, "parameter", "b")]  # fmt: skip
    assert found == expected
