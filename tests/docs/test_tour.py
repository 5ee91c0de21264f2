"""Does the tour run? Its blocks, in order, in one interpreter."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_tour_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", TOUR, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    script = tmp_path / "tour.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
