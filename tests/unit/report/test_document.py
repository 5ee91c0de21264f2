"""Is the page whole, closed to the outside, readable without colours, in both languages?"""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from virtualskin.ground import Finding, Text
from virtualskin.report import NumberCounts, Reference, trial_html
from virtualskin.trial.result import TrialResult

COUNTS = NumberCounts({"measured": 3, "assumed": 5, "balanced": 2}, {"assumed": 4})
PAPERS = {
    "clinical_outcomes:2": Reference("Park (2023). Exosomes.", "10.1111/jocd.15872", "abstract")
}
VOID = {"meta", "link", "br", "img", "hr", "input", "path", "use", "rect", "circle"}


class Page(HTMLParser):
    """What a page is made of: tags with attributes, ids, text; and whether tags are nested well."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute, in order."""
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


def page(result: TrialResult, lang: str = "en") -> Page:
    """The page of a run with everything given."""
    warning = Finding("odd", "a row is odd", "biology/a.tsv", 3, severity="warning")
    return Page(trial_html(result, lang, findings=[warning], counts=COUNTS, references=PAPERS))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tags_are_nested_and_ids_are_unique(result: TrialResult, lang: str) -> None:
    made = page(result, lang)
    assert made.wrong == []
    assert made.open == []
    ids = made.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_pointed_at_is_in_the_page(result: TrialResult, lang: str) -> None:
    made = page(result, lang)
    known = set(made.values("id"))
    inside = {v[1:] for a in ("href", "xlink:href") for v in made.values(a) if v.startswith("#")}
    inside |= set(made.values("aria-labelledby"))
    urls = re.findall(r"url\(#([^)]+)\)", trial_html(result, lang))
    assert inside | set(urls) <= known
    assert len(inside) > 10


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_fetched_from_anywhere(result: TrialResult, lang: str) -> None:
    made = page(result, lang)
    assert made.values("src") == []
    assert not {"script", "link", "iframe", "img", "object"} & {tag for tag, _ in made.tags}
    outside = [
        (tag, v) for tag, attrs in made.tags for k, v in attrs.items()
        if k in {"href", "xlink:href", "action", "data"} and not v.startswith("#")
    ]  # fmt: skip
    assert outside == [("a", "https://doi.org/10.1111/jocd.15872")]
    html = trial_html(result, lang)
    assert "default-src 'none'" in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_language_is_declared(result: TrialResult) -> None:
    assert ("html", {"lang": "en"}) in page(result).tags
    assert ("html", {"lang": "zh-Hans"}) in page(result, "zh").tags


def test_context_of_use_comes_before_any_result(result: TrialResult) -> None:
    text = page(result).text
    assert text.index("Not medical advice") < text.index("−6.0 %")
    assert "不构成医疗建议" in page(result, "zh").text


def test_the_page_tells_it_all(result: TrialResult) -> None:
    text = page(result).text
    for part in (
        "Exosomes <with> needles", "PRIMOS", "94.1\u00a0µm", "(SD 33)", "−6.0 %", "(−8.2, −3.9)",
        "✓ reproduced", "≈ undecided", "80%",
        "gone within 7 days", "No mechanism makes one.", "Needle depth is drawn.",
        "stands in the full text only", "a row is odd", "Park (2023). Exosomes.", "abstract read",
        "10 numbers and 4 arrows", "30 %", result.command, result.stamp.catalogue,
    ):  # fmt: skip
        assert part in text, part


def test_the_chinese_page_is_chinese(result: TrialResult) -> None:
    text = page(result, "zh").text
    for part in (
        "外泌体联合微针 <试验>",
        "✓ 重现",
        "已发表结果与模拟结果",
        "针深按先验抽取。",
        "假定",
    ):
        assert part in text
    assert "Weeks" not in text
    assert "reproduced" not in text


def test_every_figure_has_words_for_what_it_shows(result: TrialResult) -> None:
    made = page(result)
    figures = [attrs for _, attrs in made.tags if attrs.get("role") == "img"]
    assert len(figures) == 3
    assert figures[0]["aria-label"] == (
        "Course of Wrinkle depth. At the end: Saline with needles, −4.0 %; "
        "Exosomes with needles, −6.0 %."
    )
    assert "control alone −4.0 %, added −2.0 points" in figures[2]["aria-label"]


def test_sentences_read_the_figures(result: TrialResult) -> None:
    assert (
        "At week 12 the change is −6.0 % (−8.2, −3.9) with “Exosomes with needles” and "
        "−4.0 % (−5.0, −2.9) with “Saline with needles”; the difference is "
        "−2.0 points (−3.5, −0.6). Lower is better. "
        "Verdict: ✓ reproduced (In 2 of 2 universes the effect is passed)."
    ) in page(result).text


def test_people_are_said_to_differ_between_the_ends_of_their_band(result: TrialResult) -> None:
    assert "90 % of them read between 60.0 and 160 µm" in page(result).text


def test_failures_are_told_only_above_one_per_cent(
    result: TrialResult, failing: TrialResult
) -> None:
    assert "5 of 100 virtual people" in page(failing).text
    assert "virtual people (" not in page(result).text


def test_a_trial_without_control_has_no_split(result: TrialResult) -> None:
    alone = tuple(replace(r, vs_control=None) for r in result.rows if r.arm == "exo")
    text = page(replace(result, rows=alone)).text
    assert "What the control does alone" not in text
    assert "At week 12 with “Exosomes with needles”: −6.0 % (−8.2, −3.9)." in text


def test_an_endpoint_without_course_says_so(result: TrialResult) -> None:
    part = replace(result, courses=result.courses.sel(endpoint=["wrinkle"]))
    assert "This run holds no course of this endpoint." in page(part).text


def test_hostile_text_stays_text(result: TrialResult) -> None:
    bad = "<script>alert(1)</script>"
    hostile = replace(
        result, title=Text(en=bad, zh=bad), arm_titles={"exo": Text(en=bad, zh=bad)}, command=bad
    )
    assert "<script" not in trial_html(hostile)


def test_same_result_same_bytes(result: TrialResult) -> None:
    assert trial_html(result, "zh") == trial_html(result, "zh")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_meets_wcag_aa(result: TrialResult, scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", trial_html(result), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[scheme]))
    least = dict.fromkeys(("ink", "quiet", "good", "bad", "open", "link"), 4.5)
    least |= dict.fromkeys(("arm-1", "arm-2", "arm-3", "arm-4"), 3.0)
    for ground in ("paper", "panel"):
        for name, wanted in least.items():
            pair = sorted((luminance(colours[name]), luminance(colours[ground])))
            ratio = (pair[1] + 0.05) / (pair[0] + 0.05)
            assert ratio >= wanted, (name, ground, round(ratio, 2))
