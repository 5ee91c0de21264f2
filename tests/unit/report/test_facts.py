"""Are facts shown as they were judged, in two languages, on a page that needs nothing else?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from virtualskin.ground import SkinError, Text
from virtualskin.report import as_text, facts_html, facts_table, json_text, words, write_facts
from virtualskin.report.fact_drawing import EDGE, fact_drawing, spot
from virtualskin.report.facts import fact_lines, wanted_text
from virtualskin.review import Against, Comparison, Fact, Judged, Score, Tolerance, Wanted
from virtualskin.review.compare import Stamp
from virtualskin.review.fact import Over, Trend

SAYS = Text(en="Skin holds <water>", zh="皮肤含水")
WHY = Text(en="it leaks", zh="渗漏")
FACTOR = Tolerance(factor=True, size=1.5)


def fact(name: str, *, ratio: bool = True, **more: object) -> Fact:
    return Fact.model_validate({
        "id": name, "says": SAYS, "module": "water", "setting": "human_face", "system": "model",
        "person": "rest", "quantity": "water", "seen": "abstract", "at": None,
        "over": Over(person="dry") if ratio else None, "references": ("doi:10.1/x", "mine:T1"),
        **more,
    })  # fmt: skip


def judged() -> tuple[Judged, ...]:
    """A number that is met, one that is missed, an interval, a trend, one far off, one unsolved."""
    two = Wanted.number(2, FACTOR, "x1.5", ratio=True)
    return (
        Judged(fact("met"), two, (2.2,)),
        Judged(fact("missed", suspected=WHY), two, (4.0,)),
        Judged(fact("within", ratio=False, low=0, high=200, unit="um"),
               Wanted.interval(0, 200, ratio=False), (143.0,)),
        Judged(fact("trend", trend=Trend(direction="up", smallest="x1.2")),
               Wanted.trend("up", Tolerance(factor=True, size=1.2), "x1.2"), (1.1,)),
        Judged(fact("far"), two, (900.0,)),
        Judged(fact("unsolved"), two, (float("nan"),)),
    )  # fmt: skip


@pytest.fixture
def made() -> Comparison:
    score = Score(2, 1, 0.5, 2, 1.5, 0.5, 1.0)
    stamp = Stamp("abc" * 20, "0.1", 1, 1, "population", "x86_64", 1e-6, 1e-9)
    modules = {"water": Text(en="Water", zh="水"), "fire": Text(en="Fire", zh="火")}
    names = ("nothing_changes", "everything_improves", "device_only")
    baselines = {name: Against(score, score, 4) for name in names}
    return Comparison(judged(), frozenset({"met"}), modules, baselines, 1.47, 0, stamp)


def test_the_terminal_shows_every_fact_and_score(made: Comparison) -> None:
    text = as_text(facts_table(made))
    rows = {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}
    assert re.search(r"2 ×1\.5 +2\.20 +✓ yes +✓ yes +fitted", rows["met"])
    assert re.search(r"2 ×1\.5 +4\.00 +✓ yes +✗ no +–", rows["missed"])
    assert re.search(r"at most 200.µm +143.µm +– +✓ yes", rows["within"])
    assert re.search(r"↑ up ×1\.2 +1\.10 +✓ yes +✗ no", rows["trend"])
    assert "Fire" not in text, "a module without facts is left out"
    assert "Nothing changes (left out: 4)" in text
    assert "could not be computed: 1" in text
    assert "interval" not in text, "one universe has no interval"


def test_it_speaks_chinese(made: Comparison) -> None:
    assert "什么都不变" in as_text(facts_table(made, "zh"))
    page = facts_html(made, "zh")
    assert "皮肤含水" in page and "渗漏" in page and 'lang="zh-Hans"' in page
    assert "Skin holds" not in page


def test_the_page_is_whole_and_asks_for_nothing(made: Comparison) -> None:
    page = facts_html(made, command="virtualskin compare")
    assert "Skin holds &lt;water&gt;" in page and "<water>" not in page
    assert "it leaks" in page
    assert "virtualskin compare" in page
    assert not re.search(r"<(?:script|img|iframe|link)|url\((?!#)", page)
    links = set(re.findall(r'href="(http[^"]+)"', page))
    assert links == {"https://doi.org/10.1/x"}


def test_where_a_fact_is_drawn(made: Comparison) -> None:
    (_, lines), *_ = fact_lines(made, words("en"))
    at = {line.judged.fact.id: spot(line) for line in lines}
    assert (at["met"].model, at["met"].low, at["met"].high) == pytest.approx((1.1, 1 / 1.5, 1.5))
    assert at["within"].model == pytest.approx(143 / 200)
    assert (at["trend"].model, at["trend"].low, at["trend"].high) == pytest.approx((1.1, 1.2, EDGE))
    assert at["far"].model == EDGE
    drawing = fact_drawing("facts0", "Water", lines, words("en"))
    assert drawing.alt == "Water: 2 of 6 facts lie within their tolerance."
    assert [label.text for label in drawing.left] == [SAYS.en] * 6
    assert drawing.right[0].text == "2.20 · wanted 2 ×1.5"
    assert drawing.svg == fact_drawing("facts0", "Water", lines, words("en")).svg


def test_an_interval_is_written_with_both_ends(made: Comparison) -> None:
    low = Judged(fact("i", ratio=False, unit="um"), Wanted.interval(150, 350, ratio=False), (1,))
    assert wanted_text(low, words("en")) == "150 to 350\u00a0µm"


def test_a_folder_holds_page_numbers_and_command(made: Comparison, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written = write_facts(made, folder, command="virtualskin compare")
    assert {p.name for p in written} == {"report.html", "result.json", "command.txt"}
    told = json.loads((folder / "result.json").read_text("utf-8"))
    assert told == json.loads(json_text(made.as_json()))
    assert told["items"][5]["predicted"]["median"] is None
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(SkinError, match="holds something else"):
        write_facts(made, tmp_path / "full")
