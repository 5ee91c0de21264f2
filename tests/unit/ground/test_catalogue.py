"""The catalogue's folders: an overlay shadows its namesakes, and every byte moves the hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.ground import Catalogue, SkinError, Text


@pytest.fixture
def shelves(tmp_path: Path) -> tuple[Path, Path]:
    below, above = tmp_path / "below", tmp_path / "above"
    for root, names in ((below, ("b", "a")), (above, ("b", "c"))):
        (root / "trial").mkdir(parents=True)
        for name in names:
            (root / "trial" / f"{name}.yaml").write_text(f"{root.name} {name}\n", encoding="utf-8")
    (below / "trial" / "d.yaml").mkdir()
    return below, above


def test_the_overlay_shadows_its_namesakes(shelves: tuple[Path, Path]) -> None:
    catalogue = Catalogue(shelves)
    found = [p.read_text(encoding="utf-8").strip() for p in catalogue.files("trial", ".yaml")]
    assert found == ["below a", "above b", "above c"]
    assert catalogue.file("trial/b.yaml").read_text(encoding="utf-8") == "above b\n"
    assert catalogue.file("trial/a.yaml").read_text(encoding="utf-8") == "below a\n"
    assert catalogue.files("trial", ".tsv") == []
    assert catalogue.files("nowhere", ".yaml") == []


def test_a_file_is_named_relative_to_its_folder(shelves: tuple[Path, Path], tmp_path: Path) -> None:
    catalogue = Catalogue(shelves)
    assert catalogue.label(shelves[1] / "trial" / "c.yaml") == "trial/c.yaml"
    assert catalogue.label(tmp_path / "x.yaml") == (tmp_path / "x.yaml").as_posix()


def test_a_file_nobody_has(shelves: tuple[Path, Path]) -> None:
    with pytest.raises(SkinError, match=r"trial/z\.yaml") as caught:
        Catalogue(shelves).file("trial/z.yaml")
    assert caught.value.code == "no_file"


def test_opening_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SkinError, match="does not exist") as caught:
        Catalogue.open(tmp_path / "nowhere")
    assert caught.value.code == "no_catalogue"


def test_opening_a_file_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("id: mine", "utf-8")
    with pytest.raises(SkinError, match="is not a folder") as caught:
        Catalogue.open(tmp_path / "mine.yaml")
    assert caught.value.code == "no_catalogue"


def test_an_empty_overlay_changes_nothing(tmp_path: Path) -> None:
    plain, laid_over = Catalogue.open(), Catalogue.open(str(tmp_path))
    assert laid_over.hash() == plain.hash()
    assert laid_over.files("trial/published", ".yaml") == plain.files("trial/published", ".yaml")


def test_every_content_and_name_moves_the_hash(shelves: tuple[Path, Path]) -> None:
    below, _ = shelves
    catalogue = Catalogue((below,))
    first = catalogue.hash()
    assert len(first) == 64
    assert catalogue.hash() == first
    seen = {first}
    (below / "trial" / "a.yaml").write_text("below A\n", encoding="utf-8")
    seen.add(catalogue.hash())
    (below / "trial" / "a.yaml").rename(below / "trial" / "e.yaml")
    seen.add(catalogue.hash())
    (below / "new.tsv").write_text("", encoding="utf-8")
    seen.add(catalogue.hash())
    (below / "trial" / "b.yaml").unlink()
    seen.add(catalogue.hash())
    assert len(seen) == 5


def test_an_overlay_moves_the_hash_and_notes_beside_it_do_not(shelves: tuple[Path, Path]) -> None:
    below, above = shelves
    assert Catalogue((below, above)).hash() != Catalogue((below,)).hash()
    before = Catalogue((below,)).hash()
    (below / "README.txt").write_text("notes", encoding="utf-8")
    assert Catalogue((below,)).hash() == before


def test_text_in_two_languages() -> None:
    text = Text(en="skin", zh="皮肤")
    assert (text.get("en"), text.get("zh"), text.get("fr")) == ("skin", "皮肤", "skin")
