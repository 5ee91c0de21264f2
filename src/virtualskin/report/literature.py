"""What came of an import, and the counts of a search, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Group
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.evidence import Prisma
from virtualskin.report.words import words


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What came of one export.

    Args:
        file: its name.
        format: what it is.
        records: how many it holds.
        new: papers that were not known.
        by_doi, by_title: duplicates of what came in before, by what they were recognised.
        held: papers the catalogue holds.
        unreadable: records without title and identifier.
    """

    file: str
    format: str
    records: int
    new: int
    by_doi: int
    by_title: int
    held: int
    unreadable: int


def import_table(files: Iterable[ImportedFile], lang: str = "en") -> Table:
    """One line an export.

    Args:
        files: what came of each.
        lang: "en" or "zh".
    """
    say = words(lang)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for key in ("file", "format"):
        table.add_column(say(f"import.{key}"), overflow="fold")
    numbers = ("records", "new", "by_doi", "by_title", "held", "unreadable")
    for key in numbers:
        table.add_column(say(f"import.{key}"), justify="right")
    for each in files:
        counts = [str(getattr(each, key)) for key in numbers]
        table.add_row(RichText(each.file), each.format, *counts)
    return table


def prisma_table(counts: Prisma, lang: str = "en") -> Group:
    """Every count of the diagram as a line, with the status of all papers below.

    Args:
        counts: of a user's folder.
        lang: "en" or "zh".
    """
    say = words(lang)
    lines = [say("prisma.before_line", n=counts.before)]
    lines.append(say("prisma.identified", n=counts.records))
    lines += [f"  {say('prisma.part', what=f'{i.file} ({i.format})', n=i.records)}"
              for i in counts.identified]  # fmt: skip
    held = counts.held_by_doi + counts.held_by_title
    lines.append(say("prisma.removed", n=counts.removed))
    for key, n in (("by_doi", counts.by_doi), ("by_title", counts.by_title), ("held", held),
                   ("unreadable", counts.unreadable)):  # fmt: skip
        lines.append(f"  {say('prisma.part', what=say(f'prisma.{key}'), n=n)}")
    lines.append(say("prisma.screened", n=counts.screened))
    for key, reasons in (
        ("excluded", counts.excluded),
        ("excluded_full_text", counts.excluded_full_text),
    ):
        if key == "excluded_full_text":
            lines += [
                say("prisma.sought", n=counts.sought),
                say("prisma.not_retrieved", n=counts.not_retrieved),
                say("prisma.assessed", n=counts.assessed),
            ]
        lines.append(say(f"prisma.{key}", n=sum(reasons.values())))
        lines += [f"  {say('prisma.part', what=what, n=n)}" for what, n in reasons.items()]
    lines.append(say("prisma.included", n=counts.included))
    lines.append(say("prisma.undecided", n=counts.undecided))
    joint = say("list_joint")
    told = joint.join(
        say("prisma.part", what=say(f"status.{word}"), n=n) for word, n in counts.status.items()
    )
    lines += ["", say("prisma.status", told=told)]
    return Group(*(RichText(line) for line in lines))
