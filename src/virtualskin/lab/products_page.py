"""The manual pages of products, hazards and regulation, written from the records.

Renew them with `python -m virtualskin.lab.products_page docs/manual`; a test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from virtualskin.ground import Catalogue
from virtualskin.lab.bench import set_up
from virtualskin.lab.product_sheets import product_book
from virtualskin.report import product_pages

if __name__ == "__main__":
    product_pages(product_book(set_up(Catalogue.open())), Path(sys.argv[1]))
