"""How long a user waits before anything happens: the import of the root, and `--help`.

Prints a tab-separated table. The median of several fresh interpreters is given, because the first
start after an installation also compiles byte code.
"""

import statistics
import subprocess
import sys
import time

STARTS = 5
SCENARIOS = {
    "bare interpreter": ["-c", "pass"],
    "import virtualskin": ["-c", "import virtualskin"],
    "virtualskin --help": ["-c", "from virtualskin.cli import main; main()", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh interpreter in seconds; raises CalledProcessError when it fails."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Measure every scenario and print one row for each."""
    print("scenario\tmedian_s\tworst_s\tstarts")
    for name, arguments in SCENARIOS.items():
        times = [seconds(arguments) for _ in range(STARTS)]
        print(f"{name}\t{statistics.median(times):.3f}\t{max(times):.3f}\t{STARTS}")


if __name__ == "__main__":
    main()
