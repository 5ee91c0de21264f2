"""Do the counted numbers of the first page still agree with the catalogue?"""

from pathlib import Path

from virtualskin.lab import Lab, with_numbers

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_counted_numbers_are_current() -> None:
    page = README.read_text("utf-8")
    renewed = with_numbers(page, Lab.open().numbers())
    assert page == renewed, "run: virtualskin numbers --write README.md"
