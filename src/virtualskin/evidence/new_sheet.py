"""An empty extraction sheet: a header, drop-down lists, and a legend in English and Chinese."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from virtualskin.evidence.sheet_columns import Columns

ROWS: Final = 2000  # not science: rows of a sheet that offer drop-down lists
WIDTH: Final = 16  # not science: width of a column, characters
LEGEND: Final = (("column", "required", "one of", "what belongs there", "填写内容"),)
STAMP: Final = (1980, 1, 1, 0, 0, 0)  # not science: the earliest day a zip can hold


def sheet_csv(columns: Columns) -> str:
    """The header alone, for programs without workbooks."""
    return ",".join(columns) + "\n"


def sheet_workbook(columns: Columns) -> bytes:
    """The workbook; the same bytes at every call.

    Args:
        columns: of the sheet, in order.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    data = book.worksheets[0]
    data.title = "data"
    data.append(list(columns))
    data.freeze_panes = "B2"
    for place, column in enumerate(columns.values(), start=1):
        letter = get_column_letter(place)
        data.column_dimensions[letter].width = WIDTH
        head = data.cell(1, place)
        head.font = Font(bold=True)
        if column.required:
            head.fill = PatternFill("solid", fgColor="FFF2CC")
        # Text, so that 4-5 does not become a day of April.
        data.column_dimensions[letter].number_format = "@"
        if column.choices:
            choice = DataValidation("list", formula1=f'"{",".join(column.choices)}"')
            choice.errorTitle, choice.error = column.name, ", ".join(column.choices)
            data.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{ROWS}")
    legend = book.create_sheet("legend")
    for line in LEGEND:
        legend.append(list(line))
    for column in columns.values():
        required = "yes" if column.required else ""
        says = column.says
        legend.append([column.name, required, ", ".join(column.choices), says.en, says.zh])
    for letter, width in zip("ABCDE", (20, 10, 40, 60, 50), strict=True):  # not science: widths
        legend.column_dimensions[letter].width = width
    made = io.BytesIO()
    book.save(made)
    return _timeless(made.getvalue())


def _timeless(book: bytes) -> bytes:
    """The same workbook without the time it was made at."""
    stamped = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = stamped.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(part.filename, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return out.getvalue()
