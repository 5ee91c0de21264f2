"""Names of people as exports print them: Chinese ones stay whole, Western ones keep their comma."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN: Final = re.compile(f"[{_HAN}]")
_ALL_HAN = re.compile(f"[{_HAN}·•・\\s]+")
_FOOTNOTE = re.compile(r"\[[^\[\]]*\]|［[^［］]*］")
_ET_AL = re.compile(r"et al\.?|等|others", re.IGNORECASE)
# Family names of two characters; all others have one.
COMPOUND: Final = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙"
        "慕容仲孙钟离长孙宇文司徒鲜于司空闾丘令狐百里呼延东郭西门南门拓跋轩辕纳兰歐陽司馬東方諸葛鍾離"
        "長孫",
    )
)
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ł": "l", "Ł": "L",
     "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i"}
)  # fmt: skip


def names_in(text: str) -> list[str]:
    """The people of one author field: `陈犹白;李四;`, `张三，王五`, `Smith, John; Doe, Jane`.

    A comma parts names only where all between commas is Chinese; a one-character part is the
    family name of the part behind it.
    """
    names: list[str] = []
    for part in re.split(r"[;；]", _FOOTNOTE.sub("", text)):
        pieces = [p.strip() for p in re.split(r"[,，、]", part) if p.strip()]
        if len(pieces) > 1 and all(_ALL_HAN.fullmatch(p) or _ET_AL.fullmatch(p) for p in pieces):
            names += _parted(pieces)
        elif part.strip():
            names.append(whole(" ".join(part.split())))
    return ["others" if _ET_AL.fullmatch(name) else name for name in names]


def _parted(pieces: list[str]) -> list[str]:
    names: list[str] = []
    family = ""
    for piece in pieces:
        if not family and (len(piece) == 1 or piece in COMPOUND) and piece != "等":
            family = piece
            continue
        names.append(whole(f"{family}{piece}"))
        family = ""
    return [*names, family] if family else names


def whole(name: str) -> str:
    """One name in one spelling: `陈, 犹白` is 陈犹白, a Latin name is left alone."""
    text = unicodedata.normalize("NFC", name).strip(" ,，;；")
    if HAN.search(text) and _ALL_HAN.fullmatch(re.sub(r"[,，]", "", text)):
        return re.sub(r"[,，\s]", "", text)
    return text


def person(family: str, given: str) -> str:
    """A name from its parts."""
    if HAN.search(family) and HAN.search(given):
        return whole(f"{family}{given}")
    return whole(", ".join(p.strip() for p in (family, given) if p.strip()))


def surname(name: str) -> str:
    """The family name in lower-case Latin letters, Chinese by pinyin; empty if it has none."""
    text = name.strip("{} ")
    if HAN.search(text):
        bare = re.sub(r"[\s,，]", "", text)
        family = bare[:2] if bare[:2] in COMPOUND else bare[:1]
        return re.sub(r"[^a-z]", "", "".join(_pinyin(family)))
    family = text.partition(",")[0] if "," in text else (text.split() or [""])[-1]
    if name.startswith("{"):
        family = text
    folded = unicodedata.normalize("NFKD", family.translate(_PLAIN)).lower()
    return re.sub(r"[^a-z]", "", folded)


@cache
def _pinyin(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(text))


def split_and(text: str) -> list[str]:
    """The names of a BibTeX author field; an `and` inside braces parts nothing."""
    names: list[str] = []
    depth = start = 0
    for found in re.finditer(r"[{}]|\s+and\s+", text):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            names.append(text[start : found.start()].strip())
            start = found.end()
    return [name for name in (*names, text[start:].strip()) if name]


def unbraced(name: str) -> str:
    """A name without the braces that kept it whole."""
    return name[1:-1] if name.startswith("{") and name.endswith("}") else name


def joined(names: Iterable[str]) -> str:
    """The names as a BibTeX author field: what holds ` and ` itself stands in braces."""
    return " and ".join(
        f"{{{n.strip('{}')}}}" if re.search(r"\sand\s", n) and not n.startswith("{") else n
        for n in names
    )
