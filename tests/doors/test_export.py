"""`virtualskin export`: to standard output, to a file, into a folder, as a document; refusals."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import libsbml
import pytest

Call = Callable[..., Any]


def test_sbml_to_standard_output(call: Call) -> None:
    said = call("export", "sbml", "skin")
    assert (said.status, said.err) == (0, "")
    document = libsbml.readSBMLFromString(said.out)
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    assert document.getNumErrors() == 0
    assert document.getModel().getNumSpecies() > 40


@pytest.mark.parametrize("place", ["mine.sbml", "folder"])
def test_sbml_to_a_file_or_folder_as_document(call: Call, tmp_path: Path, place: str) -> None:
    said = call("export", "sbml", "skin", "--out", str(tmp_path / place), "--json")
    assert said.status == 0
    told = said.json
    file = tmp_path / place if "." in place else tmp_path / place / "skin.xml"
    assert told["file"] == str(file)
    assert "document" not in told
    model = libsbml.readSBMLFromFile(str(file)).getModel()
    assert told["states"] == model.getNumSpecies()
    assert told["reactions"] == model.getNumReactions()
    assert told["annotated"] > 100
    assert told["validation"]["error"] == 0


def test_map(call: Call) -> None:
    said = call("export", "map", "skin")
    assert said.status == 0
    told = said.json
    assert told["counts"]["drive"] == len(call("list", "drives", "--json").json["items"])
    ids = {n["id"] for n in told["nodes"]}
    assert all({e["source"], e["target"]} <= ids for e in told["edges"])
    assert call("export", "map", "skin", "--json").json["document"] == told


def test_sbgn_and_picture(call: Call, tmp_path: Path) -> None:
    said = call("export", "sbgn", "skin")
    assert Xml.fromstring(said.out.encode()).tag.endswith("sbgn")
    written = call("export", "picture", "skin", "--lang", "zh", "--out", str(tmp_path))
    file = tmp_path / "skin.zh.svg"
    assert written.out == f"Written: {file}\n"
    assert "分子" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "known"),
    [(("sbmll", "skin"), "unknown_format", "'sbml'"), (("sbml", "skn"), "unknown_model", "'skin'")],
)
def test_an_unknown_name_tells_the_known_ones(
    call: Call, arguments: tuple[str, str], code: str, known: str
) -> None:
    said = call("export", *arguments, "--json")
    assert said.status == 2
    assert said.json["error"]["code"] == code
    assert known in said.json["error"]["hint"]


def test_a_place_that_cannot_be_written_to(call: Call, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    said = call("export", "map", "skin", "--out", str(tmp_path / "taken" / "map.json"), "--json")
    assert said.status == 2
    assert said.json["error"]["code"] == "cannot_write"
