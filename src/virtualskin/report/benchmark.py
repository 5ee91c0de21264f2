"""The engine's benchmark: a table, a picture of the work-precision curves, a page of the manual."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group
from rich.table import Table

from virtualskin.engine.peers import Benchmark, Contest, Crowd, RatioRow, Row
from virtualskin.engine.start import Start
from virtualskin.report.drawing import INK, PALETTE, SETTINGS, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("scenario", "tool", "rtol", "people/s/core", "error", "ratio", "load s", "compile s")
WIDTH, ROW_HEIGHT = 6.5, 3.0  # inches
MARKS = "osD^vPX"
SKIN, SKIN_SECONDS, SKIN_ERROR = "skin_even_light", 30.0, 1e-3  # not science: the target
CORES = 2
TARGET_GFLOPS = 119.0  # not science: of a core of the machine that the targets were set on
STATES, COMPILE_SECONDS = 100, 0.5  # not science: the target
TARGETS = (
    ("libroadrunner", "synth70_A", 80.0),
    ("libroadrunner", "synth70_B", 30.0),
    ("amici_own", "synth70_A", 40.0),
    ("amici_own", "synth70_B", 15.0),
)


def bench_table(found: Benchmark) -> Group:
    """Speeds, errors and ratios; English, as the manual of the engine is."""
    table = Table(title="People a second and core, and the error achieved", box=None)
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="right" if number > 1 else "left")
    for one in found.contests:
        for row, ratio in _paired(one):
            table.add_row(*_cells(row, ratio))
    facts = Table(box=None, show_header=False)
    for name, value in _facts(found):
        facts.add_row(name, value)
    return Group(table, facts)


def bench_page(found: Benchmark) -> str:
    """The page of the manual: written by `virtualskin engine bench --write`, never by hand."""
    machine = found.machine
    lines = [
        "# Speed of the engine",
        "",
        "This page is written by `virtualskin engine bench --peers --write FILE` and never edited.",
        "",
        f"Measured on {machine['date']}: {machine['processor']}, {machine['vectors']}, "
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}"
        f"{_versions(machine)}.",
        *_caveats(found),
        "",
        "## How it is measured",
        "",
        *_method(found),
        "",
        "## Speed at equal achieved error",
        "",
        *_markdown(COLUMNS, (_cells(*pair) for one in found.contests for pair in _paired(one))),
        "",
        "`ratio` is our speed, read off our curve at the error that the peer achieved, over the "
        "peer's.",
        *_missing(found),
        "",
        "## The rest",
        "",
        *_markdown(("what", "measured"), _facts(found)),
        "",
        "## Targets",
        "",
        *_markdown(("target", "measured", ""), _targets(found)),
        *_why_missed(found),
        "",
    ]
    return "\n".join(lines)


def bench_picture(found: Benchmark) -> str:
    """Work-precision curves of all scenarios as one SVG."""
    import matplotlib as mpl

    contests = found.contests
    figure, first = canvas(WIDTH, ROW_HEIGHT * -(-len(contests) // 2))
    first.remove()
    with mpl.rc_context(SETTINGS):
        for number, one in enumerate(contests, start=1):
            axes = figure.add_subplot(-(-len(contests) // 2), 2, number)
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
            _curves(axes, one)
        figure.tight_layout()
        made = io.StringIO()
        figure.savefig(made, format="svg", metadata={"Date": None})
    return made.getvalue().replace(INK, "#000000")


def _curves(axes: Axes, one: Contest) -> None:
    tools = dict.fromkeys(row.tool for row in one.rows if row.error is not None)
    for number, tool in enumerate(tools):
        points = [(r.error, r.sims_per_s_core) for r in one.rows if r.tool == tool and r.error]
        errors, speeds = np.array(points, dtype=np.float64).T
        axes.loglog(
            errors, speeds, marker=MARKS[number % len(MARKS)], markersize=4, linewidth=1,
            color=PALETTE[number % len(PALETTE)], label=tool,
        )  # fmt: skip
    axes.set_title(one.scenario, fontsize=9)
    axes.set_xlabel("median error")
    axes.set_ylabel("people / s / core")
    axes.legend(frameon=False, fontsize=7)


def _paired(one: Contest) -> list[tuple[Row, RatioRow | None]]:
    ratios = {(r.tool, r.rtol): r for r in one.ratios}
    return [(row, ratios.get((row.tool, row.rtol or 0.0))) for row in one.rows]


def _cells(row: Row, ratio: RatioRow | None) -> tuple[str, ...]:
    if row.unavailable is not None:
        return (row.scenario, row.tool, "", "unavailable", "", "", "", "")
    shown = "" if ratio is None else "–" if ratio.ratio is None else f"{ratio.ratio:.0f}"
    failed = f" ({row.failed} of {row.people} failed)" if row.failed else ""
    return (
        row.scenario,
        row.tool,
        _number(row.rtol, ".0e"),
        _number(row.sims_per_s_core, ".3g"),
        _number(row.error, ".1e") + failed,
        shown,
        _number(row.load_s, ".2f"),
        _number(row.compile_s, ".2f"),
    )


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _facts(found: Benchmark) -> list[tuple[str, str]]:
    kernel = found.kernel
    rows: list[tuple[str, str]] = []
    if kernel.gflops is not None and kernel.peak_gflops is not None:
        share = kernel.gflops / kernel.peak_gflops
        told = f"{kernel.gflops:.1f} of {kernel.peak_gflops:.1f} GFLOP/s ({share:.0%})"
        rows.append((f"kernel on {kernel.scenario}, driver included", told))
    for name, (first, second) in found.starts.items():
        states = f"{name}, {first.states} states"
        rows.append(
            (f"compile {states}, nothing stored", _both(first.compile_s, first.compile_cpu))
        )
        rows.append(
            (f"import to first result, {states}, first start", _both(first.whole, first.cpu))
        )
        rows.append(
            (f"import to first result, {states}, second start", _both(second.whole, second.cpu))
        )
    if found.threads is not None:
        where = f", {found.crowds[-1].scenario}, once each" if found.crowds else ""
        rows.append((f"two threads beside one{where}", f"{found.threads:.2f} times"))
    rows += [(_crowd_name(many), _crowd_told(many)) for many in found.crowds]
    for one in found.contests:
        if one.reference_check is not None:
            rows.append(
                (
                    f"reference of {one.scenario} (rtol {one.reference_rtol:.0e}) beside "
                    "libRoadRunner",
                    f"{one.reference_check:.1e}",
                )
            )
    return rows


def _crowd_name(many: Crowd) -> str:
    left = f", without {many.absent} states that are nothing for everyone" if many.absent else ""
    return (
        f"{many.people:,} people of {many.scenario}, {many.quantities} quantities, "
        f"{many.threads} thread{'s' if many.threads > 1 else ''}, rtol {many.rtol:g}, into a Zarr "
        f"folder{left}"
    )


def _crowd_told(many: Crowd) -> str:
    peak = "" if many.peak_bytes is None else f", {many.peak_bytes / 2**30:.2f} GiB resident"
    return (
        f"{many.seconds:.0f} s ({many.cpu_seconds:.0f} s of CPU time){peak}, median error "
        f"{many.error:.1e} (largest {many.worst:.1e}), {many.failed} failed"
    )


def _both(wall: float, cpu: float) -> str:
    return f"{wall:.2f} s ({cpu:.2f} s of CPU time)"


def _method(found: Benchmark) -> list[str]:
    counted = found.kernel.flops_counted_as
    return [
        "- One process, one core; every tool is loaded once for a scenario and reused; rounds of "
        "all tools in turn, the median is shown. Speed is people per second of CPU time.",
        "- Error of a person: the largest, over outputs and states, of |x − ref| / (|ref| + 1e-3 "
        "max|ref| + 1e-6). Shown is the median over people; 95th percentile and maximum are in "
        "`--json`. The reference is our engine at a hundredth of the tightest tolerance, held "
        "against libRoadRunner below.",
        "- Absolute tolerances follow each state's typical size by one rule for all tools: rtol × "
        "(1e-3 × size + 1e-6).",
        "- A: doses; B: a smooth pulse a day, judged at its height, longest step 0.1 day for all; "
        "C: a rectangular pulse, two events a day for us and restarts for the peers.",
        "- LSODA (SciPy's odeint) and CVODE (scikit-SUNDAE, dense) get the right-hand side and "
        "the analytic Jacobian of our own simplified graph, compiled by numba.",
        "- AMICI is built with the compiler at hand; `amici_own` is the time that it says its C++ "
        "took, `amici` all that is spent around it, too. It takes one absolute tolerance, the "
        "median of the states'.",
        "- Compiling is what a process's first solve takes beyond its second, from the model to "
        "machine code; all that it would import was imported before.",
        "- Ratios are read off our curve by straight lines in logarithms, never beyond it.",
        f"- Operations are counted as: {counted}.",
    ]


def _caveats(found: Benchmark) -> list[str]:
    lines: list[str] = []
    if found.machine["vectors"] != "AVX-512":
        lines.append(
            f"The targets are for AVX-512; this machine has {found.machine['vectors']}, half the "
            "width or less, so our speed here is lower and the peers', who do not use it, is not."
        )
    before, after = found.machine["load"], found.machine["load_after"]
    cores = found.machine["cores"]
    if before is not None and max(before, after) > 0.5 * cores:
        lines.append(
            f"The machine was shared: load {before} on {cores} cores when the run began, {after} "
            "when it ended (of which the run itself is about 1). Wall times "
            "(starts, threads, the crowd) are longer than on a quiet machine, and shared caches "
            "and cores cost CPU time, too."
        )
    if found.quick:
        lines.append("This was the short form (`--quick`): the figures are rough.")
    return ["", *lines] if lines else []


def _missing(found: Benchmark) -> list[str]:
    reasons = dict.fromkeys(
        f"- {row.tool}: {row.unavailable}."
        for one in found.contests
        for row in one.rows
        if row.unavailable is not None
    )
    beyond = dict.fromkeys(
        f"- {r.scenario}, {r.tool} at {r.rtol:.0e}: no ratio at {r.at_error:.1e}, {r.reason}."
        for one in found.contests
        for r in one.ratios
        if r.ratio is None
    )
    return ["", *reasons, *beyond] if reasons or beyond else []


def _targets(found: Benchmark) -> list[tuple[str, str, str]]:
    rows = [_ratio_target(found, *target) for target in TARGETS]
    kernel = found.kernel
    if kernel.gflops is not None and kernel.peak_gflops is not None:
        share = kernel.gflops / kernel.peak_gflops
        rows.append(("kernel at 45 % of peak or better", f"{share:.0%}", _met(share >= 0.45)))
    if found.starts:
        name, (_, second) = max(found.starts.items(), key=lambda item: item[1][0].states)
        rows.append(_compile_target([first for first, _ in found.starts.values()]))
        rows.append(
            (
                "second start under 1 s",
                f"{_both(second.whole, second.cpu)} for {name}",
                _met(second.whole < 1.0),
            )
        )
    if found.threads is not None:
        rows.append(
            ("two threads at least 1.9 × one", f"{found.threads:.2f}", _met(found.threads >= 1.9))
        )
    rows += [
        (
            f"{many.people:,} people of skin under averaged light in 30 s, error below 1e-3",
            _crowd_told(many),
            _met(many.seconds < SKIN_SECONDS and many.error < SKIN_ERROR and not many.failed),
        )
        for many in found.crowds
        if many.scenario == SKIN and many.threads == CORES
    ]
    return rows


def _compile_target(firsts: Sequence[Start]) -> tuple[str, str, str]:
    """Time to compile `STATES` states, by a straight line between the models on either side."""
    what = f"compile {STATES} states in {COMPILE_SECONDS} s"
    below = max((f for f in firsts if f.states <= STATES), key=lambda f: f.states, default=None)
    above = min((f for f in firsts if f.states >= STATES), key=lambda f: f.states, default=None)
    if below is None or above is None:
        return what, "not measured", ""
    sizes = [below.states, above.states]
    told = [f"{_both(f.compile_s, f.compile_cpu)} for {f.states}" for f in (below, above)]
    between = float(np.interp(STATES, sizes, [below.compile_s, above.compile_s]))
    value = f"{between:.2f} s, between {' and '.join(told)}"
    return what, value, _met(between <= COMPILE_SECONDS)


def _why_missed(found: Benchmark) -> list[str]:
    """What is known of the reasons, for the targets that were missed."""
    missed = [what for what, _, word in _targets(found) if word == _met(False)]
    lines: list[str] = []
    peak, speed = found.kernel.peak_gflops, found.kernel.gflops
    ratios = any(f"× {tool} on" in what for tool, *_ in TARGETS for what in missed)
    if ratios and peak is not None and peak < TARGET_GFLOPS:
        lines.append(
            f"- Ratios: the targets were set on a core of {TARGET_GFLOPS:.0f} GFLOP/s, this one "
            f"does {peak:.0f}. The peers use no vectors and lose nothing by it."
        )
    if speed is not None and any("of peak" in what for what in missed):
        lines.append(
            "- Share of peak: what one step of eight people reads and writes is several times the "
            "first cache, and its traffic with the second is the bound (decision 0027); and of the "
            "arithmetic, products that cannot be joined to a sum use half of a core at best."
        )
    return ["", "Why some are missed:", "", *lines] if lines else []


def _ratio_target(
    found: Benchmark, tool: str, scenario: str, wanted: float
) -> tuple[str, str, str]:
    what = f"{wanted:.0f} × {tool} on {scenario}"
    ratios = [
        ratio.ratio
        for one in found.contests
        for ratio in one.ratios
        if (ratio.tool, ratio.scenario) == (tool, scenario) and ratio.ratio is not None
    ]
    if not ratios:
        return what, "not measured", ""
    span = " to ".join(f"{r:.0f}" for r in dict.fromkeys((min(ratios), max(ratios))))
    return what, span, _met(min(ratios) >= wanted)


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _versions(machine: Mapping[str, Any]) -> str:
    names = ("llvmlite", "libroadrunner", "numba", "scikit-sundae", "scipy", "amici")
    return "".join(f", {name} {machine[name]}" for name in names if machine[name])


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
