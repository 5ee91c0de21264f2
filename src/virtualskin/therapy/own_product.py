"""A product of one's own: from a certificate to a product record with priors, or a stub to fill in.

What the certificate states becomes a dose or a load with its error; what it does not state draws
from a stated prior, and the record names it. Every step from a cell to a number is told in the
note of the number it led to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from virtualskin.biology import Companions
from virtualskin.biology.row import IDENTIFIER
from virtualskin.ground import BadInput, Findings, SkinError, Spread, Text, Units
from virtualskin.therapy.certificate import Certificate, Entry, Item, counted_by, words_of
from virtualskin.therapy.certificate_file import plain
from virtualskin.therapy.dose import FORMS, Conversions, Dose, Meaning, times, told_in
from virtualskin.therapy.product import Product

FOLDER = "therapy/products"
ON_SKIN = "particle/cm^2"
VESICLES = "vesicles"
LONGEST = 60  # not science: characters of a file name
TISSUES: Mapping[str, str] = {
    "adipose": "adipose", "fat": "adipose", "adipose tissue": "adipose", "脂肪": "adipose",
    "脂肪组织": "adipose", "umbilical": "umbilical", "umbilical cord": "umbilical",
    "脐带": "umbilical", "marrow": "marrow", "bone marrow": "marrow", "骨髓": "marrow",
    "blood": "blood", "血液": "blood",
}  # fmt: skip
DONORS: Mapping[str, str] = {
    "autologous": "autologous", "自体": "autologous", "allogeneic": "allogeneic",
    "异体": "allogeneic", "同种异体": "allogeneic",
}  # fmt: skip
WANTED = (
    "particle_count", "dose_volume", "potency", "mirna_nfkb", "vegf", "hgf", "tgf_beta1", "il6",
    "donor", "tissue", "lot", "passage", "storage", "sterility", "endotoxin", "mycoplasma",
)  # fmt: skip
STUB = """\
# A product of your own. Every blank in <…> says what belongs there; `virtualskin check DIR` names
# the blanks that are left. 自有产品：每个 <…> 说明应填内容，check 会列出尚未填写之处。
id: {name}
title: <what people call it, as two texts in braces, en and zh 两种语言的名称>
kind: <what sort of product it is, for example vesicle 产品类别>
components:
  - name: liquid
    title: {{en: liquid, zh: 液体}}
    component: liquid
    role: vehicle
    reported: true
    dose: {{value: 1, unit: "1", origin: assumed, note: "one application of liquid"}}
  - name: vesicles
    title: {{en: vesicles, zh: 囊泡}}
    component: vesicle
    role: active
    reported: <true if the maker states the dose, else false 是否报告剂量>
    dose:
      value: <vesicles on one cm^2 in one session, a number 每平方厘米每次的囊泡数>
      unit: particle/cm^2
      varies: <how lots differ, for example lognormal(cv=0.3) 批间差异>
      uncertain: <how well it is known, for example loguniform(low=1e8, high=1e10) 不确定度>
      origin: <measured, derived or assumed 来源类型>
      note: how it was counted, on which lot
settings:
  - input: mirna_load
    of: vesicles
    amount:
      value: <micro-RNA of a vesicle against bulk vesicles of adipose stem cells 相对微小RNA载荷>
      uncertain: <for example lognormal(cv=0.8) 不确定度>
      origin: assumed
      note: from which assay
  - input: protein_load
    of: vesicles
    amount:
      value: <protein of a vesicle, likewise 相对蛋白载荷>
      uncertain: <for example lognormal(cv=0.8) 不确定度>
      origin: assumed
      note: from which assay
note: <what is modelled of it and what is not, as two texts in braces, en and zh 说明>
"""


@dataclass(frozen=True)
class OwnProduct:
    """A product record made from a certificate.

    Args:
        record: the record, valid as a product.
        text: the record as YAML.
        missing: what the certificate does not state, and what stands in for it.
        unused: what it states that the model has no place for.
        findings: warnings on the certificate.
    """

    record: Product
    text: str
    missing: tuple[Text, ...]
    unused: tuple[str, ...]
    findings: Findings


def product_name(name: str, shipped: Iterable[str]) -> str:
    """The name, if a product may be called so.

    Args:
        name: what the user wants to call it.
        shipped: names that are taken.

    Raises:
        SkinError: if it is no lower_snake name, or taken.
    """
    if not IDENTIFIER.match(name) or len(name) > LONGEST:
        raise SkinError(
            f"A product cannot be called {name[:LONGEST]!r}.",
            code="name",
            where="NAME",
            hint="Use a small letter, then small letters, digits and underscores: my_exosomes.",
        )
    if name in set(shipped):
        raise SkinError(
            f"There is a product {name!r} already.",
            code="exists",
            where="NAME",
            hint="Choose another name.",
        )
    return name


def make_product(
    name: str,
    certificate: Certificate,
    items: Mapping[str, Item],
    conversions: Conversions,
    *,
    carried: frozenset[str],
    inputs: frozenset[str],
) -> OwnProduct:
    """Turn a certificate into a product record.

    Args:
        name: id of the product.
        certificate: what was read.
        items: the table of items, whose own numbers are the references and priors.
        conversions: the table of dose conversions.
        carried: components of the model; others have no place in it.
        inputs: inputs of the model.

    Raises:
        BadInput: if the certificate could not be read without a doubt.
    """
    if any(f.severity == "error" for f in certificate.findings):
        raise BadInput(certificate.findings)
    units, entries = conversions.units, certificate.entries
    missing = [_missing(items[i]) for i in WANTED if i not in entries]
    missing.append(Text(en="spread between lots: one certificate", zh="批间差异：仅一份证书"))
    unused = list(certificate.unused)
    parts: list[dict[str, Any]] = [_liquid()]
    dose = _vesicle_dose(entries, conversions)
    parts.append(_component(VESICLES, Text(en="vesicles", zh="囊泡"), "vesicle", dose))
    for entry in (e for e in entries.values() if e.item.kind == "factor"):
        if entry.item.target not in carried:
            unused.append(f"{entry.item.title_en}: {entry.text} {entry.unit}")
            continue
        title = Text(en=entry.item.title_en, zh=entry.item.title_zh)
        amount = Meaning(_factor_dose(entry, units), True, ())
        parts.append(_component(entry.item.id, title, entry.item.target, amount))
    settings = [
        {"input": target, "of": VESICLES, "amount": _written(load)}
        for target, load in _loads(entries, items, conversions).items()
        if target in inputs
    ]
    words = [e for e in entries.values() if e.item.kind == "text"]
    said = Text(en=words_of(words, "en"), zh=words_of(words, "zh"))
    data = {
        "id": name,
        "title": {"en": name.replace("_", " "), "zh": f"自有产品 {name}"},
        "kind": "vesicle",
        "components": parts,
        "settings": settings,
        "source": _source(entries),
        "note": _note(certificate, said, missing, unused),
    }
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    record = Product.model_validate(data)
    return OwnProduct(record, text, tuple(missing), tuple(unused), certificate.findings)


def stub(name: str) -> str:
    """A product record with blanks that fail the check, each saying what belongs there."""
    return STUB.format(name=name)


def write_product(folder: Path, name: str, text: str) -> Path:
    """Write a record into a folder laid out like the catalogue.

    Args:
        folder: the user's folder; made if it is not there.
        name: id of the product.
        text: the record.

    Raises:
        SkinError: if a file of that name is there, or the folder cannot be written to.
    """
    path = folder / FOLDER / f"{name}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
    except FileExistsError:
        raise SkinError(
            f"There is a file {path.name!r} in that folder already.",
            code="exists",
            where="--out",
            hint="Nothing was written; choose another name or folder.",
        ) from None
    except OSError as error:
        raise SkinError(
            f"Cannot write into {folder.name!r}: {error.strerror}.",
            code="not_writable",
            where="--out",
            hint="Name another folder.",
        ) from error
    return path


def _stated(entry: Entry, note: str) -> Companions:
    """A cell as a number; its error is that of the mean, or of one value if n is not given."""
    uncertain = None
    if entry.sd and entry.value:
        cv = entry.sd / entry.value / math.sqrt(entry.n or 1)
        uncertain = Spread("lognormal", (cv,))
    many = "" if entry.n is None else f", n = {entry.n}"
    by = f" by {entry.method}" if entry.method else ""
    return Companions(
        value=entry.value,
        unit=entry.unit,
        uncertain=uncertain,
        origin="assumed",
        note=f"{note}: {entry.text} {entry.unit}{by}{many} (row {entry.row} of the certificate)",
    )


def _vesicle_dose(entries: Mapping[str, Entry], conversions: Conversions) -> Meaning:
    """Vesicles on a square centimetre: concentration times volume, each stated or a prior."""
    named = {"count": "particles", "protein": "protein", "cells": "cells"}
    given = {
        named[e.item.kind]: _stated(e, e.item.title_en)
        for e in entries.values()
        if e.item.kind in named
    }
    count = next((e for e in entries.values() if e.item.kind == "count"), None)
    method = "not_reported" if count is None else counted_by(count)
    meant = told_in("particles", Dose.model_validate({**given, "counted_by": method}), conversions)
    number = meant.number
    volume = next((e for e in entries.values() if e.item.kind == "volume"), None)
    if meant.reported and number.unit == FORMS["particles"][2]:
        prior = conversions.rows["dose_volume"]
        by = prior if volume is None else _stated(volume, "volume on the skin")
        units = conversions.units
        text = units.product(number.unit, by.unit)
        value = units.convert(float(number.value or 0.0) * float(by.value or 0.0), text, ON_SKIN)
        number = times(number, by, value, ON_SKIN)
    told = " → ".join(t.en for t in meant.rests_on)
    number = number.model_copy(update={"note": f"{told}; {number.note}"})
    return Meaning(number, meant.reported and volume is not None, meant.rests_on)


def _factor_dose(entry: Entry, units: Units) -> Companions:
    """A concentration against that of the reference medium; volumes taken as one injection."""
    item = entry.item
    stated = _stated(entry, item.title_en)
    there = units.convert(float(entry.value or 0.0), entry.unit, item.unit)
    reference = float(item.value or 1.0)
    made = times(stated, item, there / reference, "1")
    note = f"{stated.note}, over {reference:g} {item.unit} in reference medium; {item.note}"
    return made.model_copy(update={"note": note})


def _loads(
    entries: Mapping[str, Entry], items: Mapping[str, Item], conversions: Conversions
) -> dict[str, Companions]:
    """Loads: panel (or prior) times relative potency (or prior)."""
    means = conversions.rows["load_per_potency"]
    potency = next(i for i in items.values() if i.kind == "potency")
    scaled = {t.strip() for t in potency.target.split(";")}
    found: dict[str, Companions] = {}
    for item in (i for i in items.values() if i.kind == "load"):
        stated = entries.get(item.id)
        if stated is None and item.target not in scaled:
            continue  # a cargo that nobody speaks of is not set
        load = item if stated is None else _relative(stated)
        if item.target in scaled:
            assay = entries.get(potency.id)
            by = potency if assay is None else _relative(assay)
            both = stated is None and assay is None
            value = float(load.value or 0.0) * float(by.value or 0.0)
            load = load if both else times(load if stated else _one(load), by, value, "1")
            if assay is not None:
                load = times(load, means, value * float(means.value or 1.0), "1")
        found[item.target] = load
    return found


def _one(prior: Companions) -> Companions:
    """The load of reference cargo, whose spread the potency assay stands for."""
    note = "no panel: cargo of bulk vesicles of adipose stem cells, scaled by potency"
    return prior.model_copy(update={"uncertain": None, "note": note})


def _relative(entry: Entry) -> Companions:
    """A relative value; one without a stated error has the error of the item's prior."""
    made = _stated(entry, entry.item.title_en)
    share = float(entry.value or 0.0) / (100 if entry.unit == "%" else 1)
    error = made.uncertain or entry.item.uncertain
    return made.model_copy(update={"value": share, "unit": "1", "uncertain": error})


def _missing(item: Item) -> Text:
    prior = item.kind in {"count", "volume", "load", "potency"}
    return Text(
        en=f"{item.title_en}: not reported" + (", a prior" if prior else ""),
        zh=f"{item.title_zh}：未报告" + ("，采用先验" if prior else ""),
    )


def _source(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Tissue and donor where both are stated in words the record knows; else none is claimed."""
    tissue, donor = (entries.get(name) for name in ("tissue", "donor"))
    if tissue is None or donor is None:
        return {}
    found = {
        "tissue": TISSUES.get(plain(tissue.text), ""),
        "donor": DONORS.get(plain(donor.text), ""),
    }
    return found if all(found.values()) else {}


def _liquid() -> dict[str, Any]:
    dose = {"value": 1, "unit": "1", "origin": "assumed", "note": "one application of liquid"}
    title = {"en": "liquid", "zh": "液体"}
    return {"name": "liquid", "title": title, "component": "liquid", "role": "vehicle",
            "reported": True, "dose": dose}  # fmt: skip


def _component(name: str, title: Text, component: str, dose: Meaning) -> dict[str, Any]:
    return {"name": name, "title": title.model_dump(), "component": component, "role": "active",
            "reported": dose.reported, "dose": _written(dose.number)}  # fmt: skip


def _written(number: Companions) -> dict[str, Any]:
    """A number as a record has it, empty companions left out."""
    spread = {k: getattr(number, k) for k in ("varies", "uncertain")}
    kept = {"value": float(f"{number.value:.6g}"), "unit": number.unit}
    kept |= {k: str(v) for k, v in spread.items() if v is not None}
    kept |= {"origin": "assumed", "source": number.source, "note": number.note}
    return {k: v for k, v in kept.items() if v != ""}


def _note(
    certificate: Certificate, said: Text, missing: Iterable[Text], unused: Iterable[str]
) -> dict[str, str]:
    gaps, rest = list(missing), "; ".join(unused)
    en = [f"Made from {certificate.name}.", f"Stated: {said.en}." if said else ""]
    zh = [f"由 {certificate.name} 生成。", f"已报告：{said.zh}。" if said else ""]
    if gaps:
        en.append(f"Missing: {'; '.join(t.en for t in gaps)}.")
        zh.append(f"缺少：{'；'.join(t.zh for t in gaps)}。")
    if rest:
        en.append(f"Stated but not modelled: {rest}.")
        zh.append(f"已报告但未建模：{rest}。")
    both = {"en": " ".join(t for t in en if t), "zh": "".join(t for t in zh if t)}
    return both
