"""What nothing reads or nothing changes is named."""

from __future__ import annotations

import pytest

SIGNALLING = "biology/mechanisms/signalling"
THICKNESS = "biology/observables/thickness.yaml"


def orphans(tiny, severity: str) -> list[tuple[str, str, int | None]]:
    findings = tiny.load().findings if severity == "warning" else tiny.errors()
    return [(f.value, f.file, f.row) for f in findings if f.id == "orphan"]


def test_the_tiny_skin_has_none(tiny) -> None:
    assert orphans(tiny, "warning") == []


@pytest.mark.parametrize("name", ["light_seen", "whole"])
def test_what_only_an_observable_read(tiny, name: str) -> None:
    """An accumulator and a variable that nothing reads."""
    text = (tiny.root / THICKNESS).read_text("utf-8")
    head, *parts = text.split("  - source_state: ")
    kept = [p for p in parts if not p.startswith(name)]
    tiny.write(THICKNESS, head + "".join("  - source_state: " + p for p in kept))
    file = f"{'biology/mechanisms/turnover' if name == 'whole' else SIGNALLING}.tsv"
    assert orphans(tiny, "warning") == [(name, file, tiny.line(file, name + "\t"))]


def test_a_state_that_nothing_changes(tiny) -> None:
    tiny.change(SIGNALLING + ".ant", "counting: => light_seen; exposure;",
                "counting: light_seen => light_seen; exposure;")  # fmt: skip
    file = SIGNALLING + ".tsv"
    row = tiny.line(file, "light_seen\t")
    assert ("light_seen", file, row) in orphans(tiny, "error")


def test_a_port_that_no_equation_uses(tiny) -> None:
    tiny.change("biology/mechanisms/renewal.ant", "renewal(dermis)", "renewal(dermis, fibre)")
    (found,) = [f for f in tiny.load().findings if f.id == "idle_port"]
    assert (found.value, found.severity) == ("fibre", "warning")
