"""How products are made, as verbs: a batch from cell to syringe, a product of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from virtualskin.ground import BadInput, Catalogue, Finding, Findings, SkinError
from virtualskin.lab.bench import Bench
from virtualskin.report import BatchPage
from virtualskin.therapy import Making, load_making, make_batch, read_conversions, read_therapies
from virtualskin.therapy.batch import potency
from virtualskin.therapy.certificate import read_certificate, read_items
from virtualskin.therapy.own_product import make_product, product_name, stub, write_product

DAYS = (0, 7, 28, 90, 180, 365)  # not science: columns of a table
SHELVED = frozenset({"product"})


@dataclass(frozen=True)
class NewRecord:
    """A record that was written.

    Args:
        name: id of the record.
        text: the record.
        file: where it was written, as the user named it; None if nowhere.
        missing: what was not stated, in words, English and Chinese.
        findings: warnings on what it was made from.
    """

    name: str
    text: str
    file: Path | None
    missing: tuple[dict[str, str], ...]
    findings: Findings

    def as_json(self) -> dict[str, object]:
        """The JSON document of `virtualskin new`."""
        return {
            "name": self.name,
            "file": None if self.file is None else self.file.as_posix(),
            "record": self.text,
            "missing": list(self.missing),
            "findings": [f.as_json() for f in self.findings],
        }


def batch_page(
    catalogue: Catalogue,
    process: str,
    engineering: Iterable[str] = (),
    *,
    lots: int,
    universes: int,
    seed: int,
) -> BatchPage:
    """A batch, and how long what it gives keeps in each form it may be stored in.

    Args:
        catalogue: the folders.
        process: id of a process, or of a product that names one.
        engineering: what the cells were made to be, beside what process and product name.
        lots: lots drawn.
        universes: draws of our ignorance.
        seed: same seed, same numbers.
    """
    making = load_making(catalogue)
    named, made_to_be = _process_of(catalogue, making, process)
    batch = make_batch(
        making,
        named,
        engineering=(*made_to_be, *engineering),
        lots=lots,
        universes=universes,
        seed=seed,
    )
    forms = [f for f in making.stability if f.of == batch.process.dose.of]
    kept = [potency(f, p.celsius, DAYS, seed=seed) for f in forms for p in f.points]
    return BatchPage(
        batch,
        {t: making.targets[t].title for t in making.targets},
        {t: making.targets[t].unit for t in making.targets},
        {f.id: f.title for f in forms},
        tuple(kept),
        catalogue.hash(),
        version("virtualskin"),
    )


def _process_of(catalogue: Catalogue, making: Making, name: str) -> tuple[str, tuple[str, ...]]:
    """The process a name means, and what a product of that name was made to be."""
    products = read_therapies(catalogue).products.records
    if name in making.processes.records or name not in products:
        return name, ()
    product = products[name]
    if product.manufacturing is None:
        raise SkinError(
            f"The product {name!r} names no process.",
            code="no_process",
            where=name,
            hint="It is bought ready, or nothing is known of how it is made.",
        )
    return product.manufacturing, product.engineering


def new_record(
    bench: Bench, kind: str, name: str, *, source: Path | None, out: Path | None
) -> NewRecord:
    """A product record from a certificate, or a stub that fails the check until it is filled.

    Raises:
        SkinError: for a kind that cannot be made, a name that is taken, a place not to be written.
        BadInput: with every finding on the certificate.
    """
    if kind not in SHELVED:
        raise SkinError(
            f"A new {kind!r} cannot be made here.",
            code="unknown_kind",
            where="KIND",
            hint=f"Kinds are {', '.join(sorted(SHELVED))}; others are files by the cards of docs.",
        )
    called = product_name(name, bench.therapies.products.records)
    if source is None:
        text = stub(called)
        return NewRecord(called, text, _written(out, called, text), (), ())
    if not source.is_file():
        raise SkinError(
            f"There is no file {source.name!r}.",
            code="no_file",
            where="--from",
            hint="Name a CSV or YAML file.",
        )
    items, trouble, _ = read_items(bench.catalogue)
    conversions = read_conversions(bench.catalogue)
    broken: tuple[Finding, ...] = (*trouble, *conversions.findings)
    if broken:
        raise BadInput(broken)
    certificate = read_certificate(source, items, bench.library.units)
    carried = frozenset(bench.therapies.components.records)
    inputs = frozenset(n for m in bench.library.mechanisms.values() for n in m.owned("input"))
    made = make_product(called, certificate, items, conversions, carried=carried, inputs=inputs)
    gaps = tuple({"en": t.en, "zh": t.zh} for t in made.missing)
    return NewRecord(called, made.text, _written(out, called, made.text), gaps, made.findings)


def _written(out: Path | None, name: str, text: str) -> Path | None:
    return None if out is None else write_product(out, name, text)
