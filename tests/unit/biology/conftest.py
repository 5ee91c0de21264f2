"""tiny_skin: a whole catalogue of three mechanisms, written into a folder that a test may spoil."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from virtualskin.biology import Skin, load_skin
from virtualskin.ground import BadInput, Catalogue, Finding
from virtualskin.ground.catalogue import SHIPPED

EXACT = "0.12345678901234566"  # 17 significant digits; 15 of them make another double
ROW = (
    "id\tkind\tvalue\tunit\tvaries\tuncertain\torigin\tsource\tderivation\treference\tnote"
    "\teffect\n"
)
FILES = {
    "units.tsv": """unit\tinternal\tpint\tdefine\tsbml\tmeaning
1\t1\tdimensionless\t\tdimensionless\tpure
%\t1\tpercent\t\tdimensionless\thundredth
day\tday\tday\t\t86400 second\ttime
1/day\t1/day\t1/day\t\tper day\trate
1/h\t1/day\t1/hour\t\t\trate
um\tum\tmicrometer\t\tmicrometre\tlength
""",
    "biology/compartments.tsv": "id\tmeaning\ndermis\tdermis\n",
    "biology/mechanisms/renewal.ant": """// Cells renew.
// review sections: 2, 5.1
model renewal(dermis)
  compartment dermis;
  substanceOnly species cell in dermis;
  birth: => cell; k_birth;
  loss: cell => ; k_loss*cell;
end
""",
    "biology/mechanisms/renewal.tsv": ROW
    + "cell\tstate\t1\t1\t\t\tassumed\t\t\tyoung skin\tscale\t\n"
    "birth\tprocess\t\t1\t\t\tassumed\t\t\t\tdivision\t+cell\n"
    "loss\tprocess\t\t1\t\t\tmeasured\tmine:r1\t\t\tdeath\t-cell\n"
    "k_birth\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n"
    f"k_loss\tparameter\t{EXACT}\t1/day\tlognormal(cv=0.2)\tlognormal(cv=0.5)\tmeasured\tmine:r1"
    "\t\t\tread\t\n",
    "biology/mechanisms/signalling.ant": """// Cells signal, and count the light.
model signalling(dermis, cell)
  compartment dermis;
  substanceOnly species signal in dermis, light_seen in dermis;
  exposure := light*frac_through;
  secretion: => signal; k_secretion*cell;
  decay: signal => ; k_decay*signal;
  counting: => light_seen; exposure;
end
""",
    "biology/mechanisms/signalling.tsv": ROW
    + "signal\tstate\t2\t1\t\t\tassumed\t\t\tyoung skin\tscale\t\n"
    "light_seen\taccumulator\t0\t1\t\t\tassumed\t\t\tdoses\tscale\t\n"
    "light\tinput\t0\t1/day\t\t\tassumed\t\t\t\tdark\t\n"
    "exposure\tvariable\t\t1/day\t\t\tassumed\t\t\t\tlight that arrives\t\n"
    "secretion\tprocess\t\t1\t\t\tassumed\t\t\t\tmade\t+signal\n"
    "decay\tprocess\t\t1\t\t\tassumed\t\t\t\tlost\t-signal\n"
    "counting\tprocess\t\t1\t\t\tassumed\t\t\t\tcounted\t+light_seen\n"
    "k_secretion\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n"
    "k_decay\tparameter\t1\t1/h\t\tlognormal(cv=0.3)\tderived\tmine:r3"
    "\tmine:r3 * ln(exp(1))\t\thour\t\n"
    "frac_through\tparameter\t50\t%\t\tlogitnormal(sd=0.5)\tassumed\t\t\t\thalf\t\n",
    "biology/mechanisms/turnover.ant": """// Fibres are made, cut and removed.
model turnover(dermis, cell)
  compartment dermis;
  substanceOnly species fibre in dermis, fragment in dermis;
  whole := fibre + fragment;
  synthesis: => fibre; k_synthesis*cell;
  cutting: fibre => fragment; k_cut*fibre;
  removal: fragment => ; k_removal*fragment;
end
""",
    "biology/mechanisms/turnover.tsv": ROW
    + "fibre\tstate\t1\t1\t\t\tassumed\t\t\tyoung skin\tscale\t\n"
    "fragment\tstate\t0.25\t1\t\t\tassumed\t\t\tyoung skin\tscale\t\n"
    "whole\tvariable\t\t1\t\t\tassumed\t\t\t\tall\t\n"
    "synthesis\tprocess\t\t1\t\t\tassumed\t\t\t\tmade\t+fibre\n"
    "cutting\tprocess\t\t1\t\t\tassumed\t\t\t\tcut\t-fibre +fragment\n"
    "removal\tprocess\t\t1\t\t\tassumed\t\t\t\tremoved\t-fragment\n"
    "k_synthesis\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n"
    "k_cut\tparameter\t0.05\t1/day\t\tlognormal(cv=0.3)\tcalibrated\tfit:core\t\t\tfitted\t\n"
    "k_removal\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n",
    "biology/drives/influences.tsv": "id\tsource_state\ttarget\tform\tparameter\tvalue\tunit"
    "\tvaries\tuncertain\torigin\tsource\tnote\tdirection\n"
    "signal_cuts\tsignal\tturnover.cutting\tpower\tgain\t0.5\t1\t\tnormal(sd=0.1)\tassumed\t"
    "\twhy\traises\n"
    "fragments_signal\tfragment\tsignalling.secretion\tlinear\tgain\t2\t1\t\t\tassumed\t"
    "\twhy\traises\n"
    "fibre_feeds\tfibre\trenewal.birth\trise\tgain\t3\t1\t\t\tassumed\t\twhy\traises\n"
    "fibre_feeds\tfibre\trenewal.birth\trise\thalf\t0.5\t1\t\t\tassumed\t\twhy\traises\n"
    "fragments_block\tfragment\tturnover.synthesis\tfall\tgain\t1.5\t1\t\t\tassumed\t"
    "\twhy\tlowers\n"
    "fragments_block\tfragment\tturnover.synthesis\tfall\thalf\t0.4\t1\t\t\tassumed\t"
    "\twhy\tlowers\n"
    "signal_clears\tsignal\tturnover.removal\thill\tgain\t2\t1\t\t\tassumed\t\twhy\traises\n"
    "signal_clears\tsignal\tturnover.removal\thill\thalf\t3\t1\t\t\tassumed\t\twhy\traises\n"
    "signal_clears\tsignal\tturnover.removal\thill\texponent\t2\t1\t\t\tassumed\t\twhy\traises\n"
    "fibre_shades\tfibre\tsignalling.exposure\tfraction\tnone\t\t1\t\t\tassumed\t\twhy\traises\n",
    "biology/observables/thickness.yaml": """id: thickness
title: {en: Thickness, zh: 厚度}
instrument: ruler
reference: {value: 50, unit: um, origin: assumed, note: scale}
smallest_effect: {value: 3, unit: "%", origin: assumed, note: before any run}
influences:
  - source_state: whole
    form: power
    gain: {value: 0.5, origin: assumed, note: thicker}
  - source_state: light_seen
    form: linear
    gain: {value: 0.1, origin: assumed, note: thicker}
""",
    "biology/pathways/tension.yaml": """id: tension
title: {en: Tension, zh: 张力}
drives: [signal_cuts, fragments_signal]
""",
    "evidence/datasets/mine.tsv": "row\tquantity\tvalue\tunit\tn\tdoi\tconfidence\n"
    "r1\tloss\t0.1234\t1/day\t12\t10.1000/one\tfull_text\n"
    "r3\tdecay\t1\t1/h\t4\t10.1000/one\tfull_text\n"
    "r4\tunstated\t\t1/h\t4\t10.1000/one\tfull_text\n",
    "evidence/unit_spellings.tsv": "text\tunit\tfactor\n1/day\t1/day\t1\n1/h\t1/h\t1\n",
    "evidence/references.bib": "@article{one2001,\n  title = {First},\n  author = {One, A.},\n"
    "  year = {2001},\n  doi = {10.1000/one},\n  number = {1},\n}\n",
    "evidence/fits/core.yaml": "id: core\n",
}


@dataclass(frozen=True)
class Tiny:
    """The folder of the tiny catalogue, and what can be done with it."""

    root: Path

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue((self.root,))

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a piece of text that stands in a file exactly once."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, file: str, text: str | bytes) -> None:
        (self.root / file).write_bytes(text.encode() if isinstance(text, str) else text)

    def append(self, file: str, text: str) -> None:
        with (self.root / file).open("a", encoding="utf-8") as handle:
            handle.write(text)

    def line(self, file: str, start: str) -> int:
        """Number of the only line that starts so."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        (found,) = [i for i, text in enumerate(lines, start=1) if text.startswith(start)]
        return found

    def load(self) -> Skin:
        return load_skin(self.catalogue)

    def errors(self) -> list[Finding]:
        """Every error, as loading raises them; so nothing runs whenever there is one."""
        try:
            self.load()
        except BadInput as refusal:
            return [f for f in refusal.findings if f.severity == "error"]
        return []

    def error(self, rule: str) -> Finding:
        """The only finding of one rule."""
        errors = self.errors()
        (found,) = [f for f in errors if f.id == rule] or [None]
        assert found is not None, f"no {rule}: {errors}"
        return found


def write_tiny(root: Path) -> Tiny:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    shutil.copytree(SHIPPED / "evidence" / "grades", root / "evidence" / "grades")
    return Tiny(root)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return write_tiny(tmp_path / "catalog")


@pytest.fixture(scope="session")
def tiny_skin(tmp_path_factory: pytest.TempPathFactory) -> Skin:
    return write_tiny(tmp_path_factory.mktemp("tiny") / "catalog").load()
