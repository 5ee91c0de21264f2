"""A random-effects pool of log ratios, by statsmodels.

Between-study variance by DerSimonian and Laird, in closed form and cut at zero, which statsmodels
0.15 leaves to the caller. (Its iteration for Paule and Mandel gives zero wherever rounding takes it
a hair past the root, so that its answer hangs on the order of the studies.) The 95 % interval is
Hartung and Knapp's on t with k − 1 degrees of freedom, never narrower than without their factor, as
is advised for few studies (PMC4647507); the prediction interval that of Higgins, Thompson and
Spiegelhalter on t with k − 2 degrees of freedom (doi:10.1111/j.1467-985X.2008.00552.x), which
therefore takes three studies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

METHOD: Final = "dl"
UPPER: Final = 0.975  # not science: two-sided 95 %
LEAST: Final = 2  # studies of a pool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a pool says; all logs are natural.

    Args:
        k: how many studies.
        log_ratio: pooled.
        error: its standard error without the factor of Hartung and Knapp.
        interval: 95 % interval of the pooled log ratio.
        prediction: 95 % interval of the log ratio of one more study; None of two studies.
        tau2: variance between studies.
        i2: share of the scatter that is between studies, 0 to 1.
        q: Cochran's Q.
        weights: share of each study, adding up to 1.
    """

    k: int
    log_ratio: float
    error: float
    interval: tuple[float, float]
    prediction: tuple[float, float] | None
    tau2: float
    i2: float
    q: float
    weights: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The pooled fold."""
        return math.exp(self.log_ratio)

    def as_json(self) -> dict[str, object]:
        """The pool as a document: folds, and τ² on the log scale."""
        ahead = self.prediction
        return {
            "k": self.k,
            "ratio": self.ratio,
            "ci95": [math.exp(end) for end in self.interval],
            "prediction95": None if ahead is None else [math.exp(end) for end in ahead],
            "log_ratio": self.log_ratio,
            "se": self.error,
            "tau2": self.tau2,
            "i2": self.i2,
            "q": self.q,
            "weights": list(self.weights),
            "method": METHOD,
        }


def random_effects(log_ratios: Sequence[float], variances: Sequence[float]) -> Estimate | None:
    """Pool studies.

    Args:
        log_ratios: one of each study.
        variances: of each log ratio, above 0.

    Returns:
        The pool; None of fewer than two studies.

    Raises:
        ValueError: if a number is not finite, or a variance is not above 0.
    """
    if len(log_ratios) != len(variances):
        raise ValueError("each log ratio has one variance")
    if not all(map(math.isfinite, (*log_ratios, *variances))) or min(variances, default=1) <= 0:
        raise ValueError("log ratios are finite, variances finite and above 0")
    k = len(log_ratios)
    if k < LEAST:
        return None
    # Imported here: statsmodels takes two seconds that only a pool should cost.
    import numpy as np
    from scipy.stats import t
    from statsmodels.stats.meta_analysis import combine_effects

    effects, spreads = np.asarray(log_ratios, float), np.asarray(variances, float)
    # Where studies scatter less than their spreads the library goes on with a variance below zero.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        made: Any = combine_effects(effects, spreads, method_re=METHOD)
    tau2 = max(0.0, float(made.tau2))
    kind = "re" if tau2 > 0 else "fe"
    middle, error, scale = (
        float(getattr(made, f"{name}_{kind}")) for name in ("mean_effect", "sd_eff_w", "scale_hksj")
    )
    factor = math.sqrt(max(1.0, scale))
    half = float(t.ppf(UPPER, k - 1)) * error * factor
    ahead = None
    if k > LEAST:
        reach = float(t.ppf(UPPER, k - 2)) * math.sqrt(tau2 + error**2)
        ahead = (middle - reach, middle + reach)
    weights = 1 / (spreads + tau2)
    q = float(made.q)
    return Estimate(
        k=k,
        log_ratio=middle,
        error=error,
        interval=(middle - half, middle + half),
        prediction=ahead,
        tau2=tau2,
        i2=max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        q=q,
        weights=tuple(float(w) for w in weights / weights.sum()),
    )
