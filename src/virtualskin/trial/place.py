"""Where a scenario takes place, and what cannot be done there: routes, people, readings."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.biology import Setting, Skin
from virtualskin.ground import Finding, SkinError, UnknownName
from virtualskin.therapy import MEDIUM, Therapies, Treatment
from virtualskin.trial.person import Person
from virtualskin.trial.shelf import unknown

FACE = "human_face"
LIGHT = "sed_per_day"


def skin_at(skin: Skin, name: str | None) -> Skin:
    """The skin where a scenario takes place.

    Args:
        skin: the model of the face.
        name: id of a setting; None for the face.

    Raises:
        UnknownName: for a setting that does not exist.
        SkinError: for a setting in which the skin model is not run, with its reason.
    """
    return skin if name in (None, FACE) else skin.in_setting(str(name))


def of_people(setting: Setting | None) -> bool:
    """Whether whole people are followed, who have an age, a sex and a phototype."""
    return setting is None or setting.system == "human"


def in_dish(setting: Setting | None) -> bool:
    """Whether doses go into a medium, in place of a route."""
    return setting is not None and setting.doses == MEDIUM


def person_findings(person: Person, setting: Setting | None, file: str) -> Iterator[Finding]:
    """What is said of a person where there is none.

    Args:
        person: whose skin.
        setting: where; None for the face.
        file: name of the record.
    """
    if setting is None or of_people(setting):
        return
    for name, value in (
        ("age", person.age),
        ("sex", person.sex),
        ("phototype", person.phototype),
    ):
        if value is not None:
            message = f"{setting.id} holds no person, so there is no {name} to be said"
            yield Finding("no_person", message, file, None, f"person.{name}", "", "leave it out")


def door_findings(
    treatment: Treatment, setting: Setting | None, place: str, file: str, therapies: Therapies
) -> Iterator[Finding]:
    """What keeps a treatment from entering here, beside what its route itself refuses.

    Args:
        treatment: product, route, dose and depth; the route is known or the medium of a dish.
        setting: where; None for the face.
        place: where it stands in its record.
        file: name of the record.
        therapies: products and routes.
    """
    products = therapies.products.records
    if treatment.product not in products:
        column = f"{place}.product"
        yield unknown("product", treatment.product, products, file, column)
    elif in_dish(setting):
        assert setting is not None, "a dish is a setting"
        yield from _dish_findings(treatment, setting, place, file, therapies)
    elif treatment.route == MEDIUM:
        where = "the face" if setting is None else setting.id
        message = f"{where} is no dish: nothing is given in a medium there"
        hint = f"give one of {', '.join(therapies.routes_of(therapies.product(treatment.product)))}"
        yield Finding("not_given_so", message, file, None, f"{place}.route", MEDIUM, hint)
    elif setting is not None:
        way = therapies.route(treatment.route).way
        for refusal in setting.refuses:
            if way in refusal.ways:
                message = f"{setting.id} takes nothing this way: {refusal.reason.en}"
                good = [
                    r
                    for r in therapies.routes_of(therapies.product(treatment.product))
                    if therapies.route(r).way not in refusal.ways
                ]
                hint = f"give one of {', '.join(good)}" if good else "leave it out"
                column = f"{place}.route"
                yield Finding("not_given_so", message, file, None, column, treatment.route, hint)


def _dish_findings(
    treatment: Treatment, setting: Setting, place: str, file: str, therapies: Therapies
) -> Iterator[Finding]:
    """In a dish only the medium is a door, and only some components meet cells that take them."""
    if treatment.route != MEDIUM:
        message = f"cells in a dish ({setting.id}) take a dose in the medium, by no route"
        hint = f"write {MEDIUM}, or leave the route out"
        column = f"{place}.route"
        yield Finding("not_given_so", message, file, None, column, treatment.route, hint)
    product, enters = therapies.product(treatment.product), setting.delivery.enters
    if not any(entry.component in enters for entry in product.components):
        message = f"nothing of {product.id!r} reaches the cells of {setting.id}"
        hint = f"what enters there is {', '.join(enters)}"
        column = f"{place}.product"
        yield Finding("not_given_so", message, file, None, column, product.id, hint)
    if treatment.dose is not None and product.usual_dose is None:
        message = f"the product {product.id!r} has nothing active to dose"
        value, column = f"{treatment.dose:g}", f"{place}.dose"
        yield Finding("no_dose", message, file, None, column, value, "leave it out")
    if treatment.depth_mm is not None:
        value, column = f"{treatment.depth_mm:g}", f"{place}.depth_mm"
        message = "a dose in the medium has no depth"
        yield Finding("no_device", message, file, None, column, value, "leave it out")


def readable_in(skin: Skin, wanted: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    """What is read: what was asked for, or what is usually read where the skin is.

    Args:
        skin: where it is.
        wanted: observables, states or variables asked for; none for the usual.
        usual: what is read on a face.

    Raises:
        UnknownName: for a quantity that does not exist.
        SkinError: for one that is not read in the setting.
    """
    reads = () if skin.setting is None else skin.setting.reads
    names = tuple(dict.fromkeys(wanted or reads or usual))
    library = skin.library
    variables = {v for m in library.mechanisms.values() for v in m.owned("variable")}
    known = {*library.observables, *skin.structure.states, *variables}
    # What a product brings is not among the readings of a setting, which are of the skin.
    ours = {
        s
        for m in library.mechanisms.values()
        if not m.folder.startswith("biology/")
        for s in m.owned("state", "variable")
    }
    for name in names:
        if name not in known:
            raise UnknownName("quantity", name, known, where="--quantity")
        if reads and name not in reads and name not in ours:
            assert skin.setting is not None
            raise SkinError(
                f"{name!r} is not read in {skin.setting.id}.",
                code="not_read_here",
                where="--quantity",
                hint=f"It reads {', '.join(reads)}.",
            )
    return names
