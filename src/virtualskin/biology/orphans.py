"""Orphans: what nothing reads, and what nothing changes."""

from __future__ import annotations

from collections.abc import Iterable

from virtualskin.biology import formula
from virtualskin.biology.library import Library
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.signs import changes
from virtualskin.ground import Finding


def nothing_is_an_orphan(library: Library) -> Iterable[Finding]:
    """Every state is changed by a process, and every quantity is read by something.

    Read is what stands in the law of a process that changes anything else, in a variable, or as
    the source of a drive (an observable's influences and a pathway's drives are drives too). A
    process that only removes a state does not read it in this sense. A state nothing changes is
    an error: it is a constant, and calls itself a state. What nothing reads is a warning, since
    the floors above may still ask for it.
    """
    read, changed = _read(library), _changed(library)
    for mechanism in library.mechanisms.values():
        for name, (line, row) in mechanism.owned("state", "accumulator").items():
            if name not in changed:
                message = f"nothing changes the {row.kind} {name!r}"
                hint = "give it a process, or call it an input"
                yield Finding("orphan", message, mechanism.tsv, line, "id", name, hint)
        for name, (line, row) in mechanism.rows.items():
            if row.kind != "process" and mechanism.flat(name) not in read:
                message = f"nothing reads the {row.kind} {name!r}"
                hint = "add a drive, an equation or an influence on a reading that uses it"
                where = mechanism.tsv, line, "id", name, hint, "warning"
                yield Finding("orphan", message, *where)
        yield from _idle_ports(mechanism)


def _read(library: Library) -> set[str]:
    """Flat names that a law, a variable or a drive uses."""
    found = {drive.source for drive in library.drives.values()}
    for mechanism in library.mechanisms.values():
        for reaction in mechanism.model.getListOfReactions():
            names = formula.names(reaction.getKineticLaw().getMath())
            moved = set(changes(reaction))
            found |= {mechanism.flat(name) for name in names if moved - {name}}
        for rule in mechanism.model.getListOfRules():
            found |= {mechanism.flat(name) for name in formula.names(rule.getMath())}
    return found


def _changed(library: Library) -> set[str]:
    return {
        name
        for mechanism in library.mechanisms.values()
        for reaction in mechanism.model.getListOfReactions()
        for name in changes(reaction)
    }


def _idle_ports(mechanism: Mechanism) -> Iterable[Finding]:
    """A port that stands in no equation wires nothing."""
    used = {c.getId() for c in mechanism.model.getListOfCompartments()}
    for reaction in mechanism.model.getListOfReactions():
        used |= formula.names(reaction.getKineticLaw().getMath()) | set(changes(reaction))
    for rule in mechanism.model.getListOfRules():
        used |= formula.names(rule.getMath())
    for port in mechanism.ports:
        if port not in used:
            message = f"no equation of {mechanism.name!r} uses the port {port!r}"
            where = mechanism.ant, mechanism.header_line, "port", port, "take it off the header"
            yield Finding("idle_port", message, *where, severity="warning")
