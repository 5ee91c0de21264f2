"""The model, its papers and claims for other tools: each format is one document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtualskin.biology import Skin, annotated, network
from virtualskin.ground import SkinError
from virtualskin.ground.errors import nearest
from virtualskin.report import json_text, map_picture, sbgn_ml, write_files

MODELS = ("skin",)
FOREST = "forest"
# Formats of what is read rather than solved: what each hands out (see export_literature.py).
LITERATURE: Mapping[str, str] = {"bibtex": "references", "nanopub": "claims", "csv": "claims"}


@dataclass(frozen=True)
class Export:
    """One document.

    Args:
        format: one of `FORMATS` or `LITERATURE`.
        id: what was exported.
        name: file name for it.
        text: the document.
        counts: what is in it, and what its check said.
        file: where it was written; None if it was not.
    """

    format: str
    id: str
    name: str
    text: str
    counts: Mapping[str, object]
    file: str | None = None

    def as_json(self) -> dict[str, object]:
        """The export as a document: where it is, or itself; and what is in it."""
        told: dict[str, object] = {"format": self.format, "id": self.id, "file": self.file}
        if self.file is None:
            is_json = self.format in {"map", "nanopub"}
            told["document"] = json.loads(self.text) if is_json else self.text
        return {**told, **self.counts}


def export_model(skin: Skin, form: str, *, lang: str = "en", out: Path | None = None) -> Export:
    """One skin in one format.

    Args:
        skin: the model.
        form: one of `FORMATS`.
        lang: language of words in a picture.
        out: file to write to, or a folder; None to write nothing.

    Raises:
        SkinError: for a place that cannot be written to.
        RunFailed: if the document does not pass its own check.
    """
    return placed(FORMATS[form](skin, lang), out)


def known_export(form: str, name: str) -> None:
    """Refuse a format, or a thing that is not handed out in it.

    Raises:
        SkinError: with the nearest, and with all there are.
    """
    _known("format", form, (*FORMATS, *LITERATURE, FOREST))
    if form == FOREST:
        return  # a pool of that name is looked for where pools are
    if form in LITERATURE:
        _known("list", name, (LITERATURE[form],))
    else:
        _known("model", name, MODELS)


def placed(made: Export, out: Path | None) -> Export:
    """The export, written where it was asked for.

    Args:
        made: the document.
        out: file to write to, or a folder; None to write nothing.

    Raises:
        SkinError: if the place cannot be written to.
    """
    if out is None:
        return made
    path = out / made.name if out.is_dir() or not out.suffix else out
    (file,) = write_files(path.parent, {path.name: made.text})
    return Export(made.format, made.id, path.name, made.text, made.counts, str(file))


def _sbml(skin: Skin, lang: str) -> Export:
    made = annotated(skin)
    counts = {
        "states": made.states,
        "reactions": made.reactions,
        "parameters": made.parameters,
        "annotated": made.annotated,
        "validation": {"error": 0, **made.messages},
    }
    return Export("sbml", "skin", "skin.xml", made.text, counts)


def _sbgn(skin: Skin, lang: str) -> Export:
    made = network(skin)
    counts = {"glyphs": len(made.nodes), "arcs": len(made.edges)}
    return Export("sbgn", "skin", "skin.sbgn", sbgn_ml(made), counts)


def _map(skin: Skin, lang: str) -> Export:
    document = network(skin).as_json()
    counts = document["counts"]
    text = json_text(document)
    return Export("map", "skin", "skin.json", text, {"counts": counts})


def _picture(skin: Skin, lang: str) -> Export:
    made = network(skin)
    counts = {"mechanisms": len(made.mechanisms), "edges": len(made.edges)}
    return Export("picture", "skin", f"skin.{lang}.svg", map_picture(made, lang), counts)


FORMATS: Mapping[str, Callable[[Skin, str], Export]] = {
    "sbml": _sbml,
    "sbgn": _sbgn,
    "map": _map,
    "picture": _picture,
}


def _known(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        near = nearest(name, known)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        raise SkinError(
            f"No {kind} {name!r} to export.",
            code=f"unknown_{kind}",
            where=f"export {kind}",
            hint=f"{guess}There is {', '.join(known)}.",
        )
