"""The size of one published comparison: log response ratio and its variance, or why there is none.

For means m1 over m2 with standard errors s1, s2 of the means the log ratio is ln(m1/m2) and its
variance s1²/m1² + s2²/m2² (Hedges and others 1999; `ROM` of metafor). A standard error is an SD
over the root of n, an SE as it stands, or a 95 % interval over its normal width; a spread of
unknown kind is none of these and the row stays out. Sides of one person are taken as independent,
because no row prints their correlation: the interval is then wider than it need be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtualskin.evidence import PrintedSpread, Row, read_number
from virtualskin.ground import Text

# Half the width of a 95 % interval of a normal distribution, in standard errors.
HALF_WIDTH: Final = 1.959963984540054  # not science: quantile of the normal distribution
# A mean nearer to zero than this many of its errors has no log ratio worth the name (Geary's rule).
GEARY: Final = 3
REASONS: Final[Mapping[str, Text]] = {
    "no_number": Text(en="direction only, no number", zh="仅有方向，无数值"),
    "no_comparison": Text(en="nothing to set it over", zh="无可比的对照数值"),
    "no_spread": Text(en="no spread", zh="无离散度"),
    "spread_kind": Text(en="spread of unknown kind (SD or SE)", zh="离散度类型不明（SD 或 SE）"),
    "bad_spread": Text(en="a spread of zero or less", zh="离散度为零或负"),
    "no_n": Text(en="an SD without how many", zh="有 SD 而无样本量"),
    "n_too_small": Text(en="an SD of fewer than two", zh="样本量不足二而有 SD"),
    "shared_n": Text(en="n is that of several groups together", zh="样本量为多组合计"),
    "pooled_already": Text(en="a pool of other studies itself", zh="本身已为合并结果"),
    "not_positive": Text(en="a number of zero or less has no ratio", zh="数值为零或负，无比值"),
    "near_zero": Text(en="a mean within three errors of zero", zh="均值距零不足三个标准误"),
    "same_study": Text(en="another row of the same study counts", zh="同一研究已取另一行"),
}


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and how well it is known.

    Args:
        value: the mean, in the unit of its row; None if none was printed.
        spread: as printed, in the same unit.
        n: how many, None if not stated.
    """

    value: float | None
    spread: PrintedSpread
    n: int | None


@dataclass(frozen=True, slots=True)
class Size:
    """A log response ratio, or the reason why there is none.

    Args:
        log_ratio: natural log of one mean over the other; None if no ratio could be formed.
        variance: of the log ratio; None if it is not known.
        reason: one of `REASONS`; empty if both are known.
    """

    log_ratio: float | None
    variance: float | None
    reason: str = ""

    @property
    def fold(self) -> float | None:
        """One mean over the other."""
        return None if self.log_ratio is None else math.exp(self.log_ratio)

    @property
    def ends(self) -> tuple[float, float] | None:
        """95 % interval of the fold, normal on the log scale; None if it is not known."""
        if self.log_ratio is None or self.variance is None:
            return None
        half = HALF_WIDTH * math.sqrt(self.variance)
        return math.exp(self.log_ratio - half), math.exp(self.log_ratio + half)

    @property
    def known(self) -> bool:
        """Whether it may enter a pool."""
        return not self.reason


def error_of(mean: Mean) -> tuple[float | None, str]:
    """The standard error of a mean in its own unit, or the reason why there is none.

    Args:
        mean: with its spread as printed. SD needs n, SE and intervals do not.
    """
    spread = mean.spread
    if spread.kind in {"sem", "se", "sd"}:
        if spread.width is None:
            return None, "no_spread"
        if not (spread.width > 0 and math.isfinite(spread.width)):
            return None, "bad_spread"
        if spread.kind != "sd":
            return spread.width, ""
        if mean.n is None:
            return None, "no_n"
        return (spread.width / math.sqrt(mean.n), "") if mean.n > 1 else (None, "n_too_small")
    if spread.kind == "ci95":
        if spread.low is None or spread.high is None:
            return None, "no_spread"
        width = spread.high - spread.low
        return (width / (2 * HALF_WIDTH), "") if width > 0 else (None, "bad_spread")
    return None, "spread_kind" if spread.kind else "no_spread"


def ratio_of_means(over: Mean, under: Mean) -> Size:
    """ln(over / under) of two independent means.

    Args:
        over: treated, stressed or old.
        under: what it is set over.
    """
    if over.value is None:
        return Size(None, None, "no_number")
    if under.value is None:
        return Size(None, None, "no_comparison")
    if not (over.value > 0 and under.value > 0):
        return Size(None, None, "not_positive")
    log_ratio = math.log(over.value / under.value)
    variance = 0.0
    for mean, value in ((over, over.value), (under, under.value)):
        error, reason = error_of(mean)
        if error is None:
            return Size(log_ratio, None, reason)
        if value < GEARY * error:
            return Size(log_ratio, None, "near_zero")
        variance += (error / value) ** 2
    return Size(log_ratio, variance)


def ratio_of_change(before: float | None, after: float | None, change: Mean) -> Size:
    """ln(after / before) where the spread is that of the change itself.

    Its variance is the squared error of the change over before × after: exact to first order, since
    what before and after share has cancelled in the change.

    Args:
        before: mean before.
        after: mean after.
        change: the change, its value unused, with its spread.
    """
    if after is None:
        return Size(None, None, "no_number")
    if before is None:
        return Size(None, None, "no_comparison")
    if not (before > 0 and after > 0):
        return Size(None, None, "not_positive")
    log_ratio = math.log(after / before)
    error, reason = error_of(change)
    if error is None:
        return Size(log_ratio, None, reason)
    return Size(log_ratio, error**2 / (before * after))


def ratio_of_fold(fold: Mean) -> Size:
    """ln of a printed fold.

    Args:
        fold: the fold with the spread of the fold.
    """
    one = Mean(fold.value, fold.spread, fold.n)
    if one.value is None:
        return Size(None, None, "no_number")
    if not one.value > 0:
        return Size(None, None, "not_positive")
    log_ratio = math.log(one.value)
    error, reason = error_of(one)
    if error is None:
        return Size(log_ratio, None, reason)
    if one.value < GEARY * error:
        return Size(log_ratio, None, "near_zero")
    return Size(log_ratio, (error / one.value) ** 2)


def ratio_of_shares(over: Mean, under: Mean) -> Size:
    """Log risk ratio of two shares of people; its variance is 1/e1 − 1/n1 + 1/e2 − 1/n2.

    Args:
        over: share of the treated, 0 to 1.
        under: share of the others.
    """
    if over.value is None or under.value is None:
        return Size(None, None, "no_number" if over.value is None else "no_comparison")
    if not (0 < over.value <= 1 and 0 < under.value <= 1):
        return Size(None, None, "not_positive")
    log_ratio = math.log(over.value / under.value)
    if over.n is None or under.n is None:
        return Size(log_ratio, None, "no_n")
    variance = sum((1 - m) / (m * n) for m, n in ((over.value, over.n), (under.value, under.n)))
    return Size(log_ratio, variance) if variance > 0 else Size(log_ratio, None, "bad_spread")


def number(row: Row, column: str) -> float | None:
    """One printed number of a row; a range or a bound is no number."""
    return read_number(row.get(column)).value
