"""`python -m virtualskin.cli`, the same as `virtualskin`."""

import sys

from virtualskin.cli import main

if __name__ == "__main__":
    sys.exit(main())
