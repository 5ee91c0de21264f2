"""Population: virtual people who are plausible.

Promise: Virtual people who are plausible.
Stands on: biology, engine, ground
Nouns: Cohort, People, Universes
Add here: a cohort record in the catalogue; a covariate in people.py once a row supports it.
Read next: cohort.py, people.py, then ageing.py.
"""

from virtualskin.population.ageing import AgedSkin, Ager, Clock, age_people
from virtualskin.population.ageing_error import ageing_error
from virtualskin.population.cohort import (
    Cohort,
    Phototypes,
    Sexes,
    read_cohort,
    read_phototypes,
    read_sexes,
)
from virtualskin.population.people import People, draw_people
from virtualskin.population.plausible import AgeingJudge, Plausibility, read_plausibility
from virtualskin.population.robustness import (
    Failure,
    Robustness,
    Stress,
    check_robustness,
)
from virtualskin.population.universe import (
    Universes,
    draw_universes,
    drawn_value,
    redrawn,
)
from virtualskin.population.universe_values import columns_of, sun_number

__all__ = [
    "AgedSkin",
    "AgeingJudge",
    "Ager",
    "Clock",
    "Cohort",
    "Failure",
    "People",
    "Phototypes",
    "Plausibility",
    "Robustness",
    "Sexes",
    "Stress",
    "Universes",
    "age_people",
    "ageing_error",
    "check_robustness",
    "columns_of",
    "draw_people",
    "draw_universes",
    "drawn_value",
    "read_cohort",
    "read_phototypes",
    "read_plausibility",
    "read_sexes",
    "redrawn",
    "sun_number",
]
