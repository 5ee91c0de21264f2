"""The people behind a result, and their courses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from virtualskin.biology import Skin
from virtualskin.ground import stream
from virtualskin.trial.courses import Sides
from virtualskin.trial.design import Design
from virtualskin.trial.endpoint import Endpoint

DAYS_PER_WEEK = 7.0  # not science: calendar


def people_table(
    design: Design, sides: Sides, endpoints: Sequence[Endpoint], skin: Skin, seed: int
) -> pd.DataFrame:
    """One row per person, universe, arm, endpoint and visit: the true and one measured reading."""
    universes, count = sides.ok.shape
    u, p = np.meshgrid(np.arange(universes), np.arange(count), indexing="ij")
    parts: list[pd.DataFrame] = []
    for a, arm in enumerate(design.arms):
        for endpoint in endpoints:
            k, scale = sides.observe.index(endpoint.observable), _scale(skin, endpoint)
            site = _errors(endpoint.site_error.value, seed, endpoint.id, arm.id, "site", u.shape)
            for week in design.design.visits_weeks:
                at = int(np.flatnonzero(sides.days == week * DAYS_PER_WEEK)[0])
                true = np.where(sides.ok, sides.values[a, :, :, at, k] * scale, np.nan)
                visit = f"visit {week:g}"
                error = _errors(
                    endpoint.repeat_error.value, seed, endpoint.id, arm.id, visit, u.shape
                )
                parts.append(
                    pd.DataFrame(
                        {
                            "person": p.ravel(),
                            "universe": u.ravel(),
                            "age": np.tile(sides.people.age, universes),
                            "sex": list(sides.people.sex) * universes,
                            "phototype": list(sides.people.phototype) * universes,
                            "sed_per_day": sides.light.ravel(),
                            "arm": arm.id,
                            "endpoint": endpoint.id,
                            "unit": endpoint.unit,
                            "week": week,
                            "true": true.ravel(),
                            "measured": (true * site * error).ravel(),
                            "status": np.where(sides.ok, "solved", "failed").ravel(),
                        }
                    )
                )
    return pd.concat(parts, ignore_index=True)


def course_array(
    design: Design, sides: Sides, endpoints: Sequence[Endpoint], skin: Skin
) -> xr.DataArray:
    """Readings over time: 5th, 50th and 95th percentile over the people of each universe."""
    columns = [sides.observe.index(e.observable) for e in endpoints]
    scales = np.array([_scale(skin, e) for e in endpoints])
    hidden = np.where(sides.ok[None, :, :, None, None], sides.values[..., columns], np.nan)
    bands = np.nanpercentile(hidden * scales, [5, 50, 95], axis=2)  # not science: a 90 % band
    return xr.DataArray(
        np.moveaxis(bands, 0, -1).transpose(1, 0, 2, 3, 4),
        dims=("universe", "arm", "time", "endpoint", "band"),
        coords={
            "arm": [a.id for a in design.arms],
            "time": sides.days,
            "endpoint": [e.id for e in endpoints],
            "band": ["lo90", "median", "hi90"],
        },
    )


def _scale(skin: Skin, endpoint: Endpoint) -> float:
    units = skin.library.units
    observable = skin.library.observables[endpoint.observable]
    return units.convert(1.0, units.internal_unit(observable.reference.unit), endpoint.unit)


def _errors(
    cv: float | None, seed: int, endpoint: str, arm: str, what: str, shape: tuple[int, ...]
) -> np.ndarray:
    """Log-normal errors, one a person, the same in every universe."""
    width = np.sqrt(np.log1p(float(cv or 0.0) ** 2))
    scores = stream(seed, "person reading", endpoint, arm, what).standard_normal(shape[1])
    return np.broadcast_to(np.exp(width * scores), shape)
