"""Command line: the lab in a terminal.

Promise: The lab in a terminal, `--json` everywhere.
Stands on: lab
Nouns: Options
Add here: a command in commands.py that calls one verb of the lab.
Read next: commands.py, then outcome.py.
"""

from virtualskin.cli.outcome import main

__all__ = ["main"]
