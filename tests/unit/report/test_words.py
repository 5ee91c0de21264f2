"""Do both languages say everything, and nothing that no report asks for?"""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from virtualskin.evidence.status import STATUSES
from virtualskin.ground import SkinError
from virtualskin.report import ORIGINS, Field, words
from virtualskin.report.claims import PARTS
from virtualskin.report.contradictions import COUNTED
from virtualskin.report.facts import SCORES
from virtualskin.review import BASELINES, REASONS
from virtualskin.review.arms import COMPARATOR, CONTROL, TREATED
from virtualskin.review.run_contradictions import OUTCOMES
from virtualskin.review.verdict import Mechanism, Why
from virtualskin.trial.result import VerdictWord

FLOOR = Path(__file__).resolve().parents[3] / "src" / "virtualskin" / "report"
# Families of keys whose last part is data; their members are known from the types or are optional.
BUILT = {
    "verdict": set(get_args(VerdictWord)),
    "origin": set(ORIGINS),
    "explain": set(get_args(Field)),
    "direction": {"up", "down", "no_change"},
    "better": {"up", "down"},
    "search.goal": {"up", "down"},
    "sex": {"F", "M"},
    "dimension": {
        "treatment",
        "dose",
        "depth_mm",
        "sessions",
        "every_days",
        "maintenance",
        "maintenance_days",
    },
    "seen": {"full_text", "abstract", "secondary", "figure", "gap"},
    "facts.trend": {"up", "down", "no_change"},
    "facts.baseline": set(BASELINES),
    "facts.score": set(SCORES),
    "unit": {"points", "grade", "AU"},
    "event": {"serious_adverse_event", "erythema", "oedema", "petechiae"},
    "status": set(STATUSES),
    "robustness": {"no_rest", "not_solved", "ran_away"},
    "claims.mechanism": set(get_args(Mechanism)),
    "claims.reason": {*get_args(Why), *REASONS} - {""},
    "claims.counted": {name for name, _ in PARTS},
    "scoring.row": {"products", "turned_round", "vesicles", "without_uptake", "random_pairs"},
    "contradictions.outcome": set(OUTCOMES),
    "contradictions.counted": {name for name, _ in COUNTED},
    "claims.arm": {TREATED, COMPARATOR, CONTROL},
    "claims.beside": {"readout", "arm", "comparator"},
    "claims.flag": {
        "assumed_stress",
        "assumed_dose_of_the_product",
        "assumed_schedule",
        "indirect",
        "departs",
        "before_and_after",
        "wrong_reason",
        "from_nothing",
        "size_agrees",
        "sign_only",
    },
}


def locale(lang: str) -> dict[str, str]:
    """The file of a language, read without the code under test."""
    texts: dict[str, str] = json.loads((FLOOR / "locales" / f"{lang}.json").read_text("utf-8"))
    return texts


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(locale("en")) == list(locale("zh"))


def test_both_languages_fill_in_the_same_places() -> None:
    places = {lang: {k: set(re.findall(r"\{(\w+)\}", t)) for k, t in locale(lang).items()}
              for lang in ("en", "zh")}  # fmt: skip
    assert places["en"] == places["zh"]


def test_chinese_texts_are_chinese() -> None:
    allowed = {"table.stamp", "column.p", "stamp.code", "stamp.failed_of", "unit.points"}
    latin = [
        k for k, t in locale("zh").items() if not re.search(r"[\u3000-\u9fff\uff00-\uffef]", t)
    ]
    assert set(latin) <= allowed | {"sentence_joint"}


def test_every_key_is_used() -> None:
    sources = [p for p in FLOOR.rglob("*") if p.suffix in {".py", ".j2"}]
    text = "\n".join(p.read_text("utf-8") for p in sources)
    families = {f"{family}.{name}" for family, names in BUILT.items() for name in names}
    tails = set(re.findall(r'"([a-z_]+)"', text))
    stems = set(re.findall(r'"([a-z_.]+\.)"? ?[~+{]', text)) | set(
        re.findall(r'"([a-z_.]+\.)\{', text)
    )
    unused = [
        key
        for key in locale("en")
        if f'"{key}"' not in text
        and key not in families
        and not key.startswith("explain.kind.")
        and not any(key.startswith(s) and key[len(s) :] in tails for s in stems)
        and not (key.startswith("stamp."))
    ]
    assert not unused


def test_every_key_asked_for_exists() -> None:
    sources = [p for p in FLOOR.rglob("*") if p.suffix in {".py", ".j2"}]
    text = "\n".join(p.read_text("utf-8") for p in sources)
    asked = set(re.findall(r'\b(?:say|words)\(\s*"([^"{]+[^".{])"', text))
    assert len(asked) > 40
    assert asked <= set(locale("en"))
    assert {f"{f}.{n}" for f, names in BUILT.items() for n in names} <= set(locale("en"))


def test_a_missing_key_is_an_error_and_never_an_empty_place() -> None:
    with pytest.raises(SkinError, match="no text 'nowhere'"):
        words("en")("nowhere")


def test_other_languages_are_refused_with_the_two_there_are() -> None:
    with pytest.raises(SkinError, match="en or zh, not 'fr'"):
        words("fr")
