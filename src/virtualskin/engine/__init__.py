"""Engine: how to solve.

Promise: An SBML model in, a population of trajectories out; no biology.
Stands on: ground
Nouns: System, Program, Doses, DoseTable, Course, CourseStore, Status, Backend, SteadyStates, Orbit
Add here: a solver is one file with a `Backend` in it and a name in solve.py; the specs run on it.
Read next: system.py, program.py, then backend.py and the plain reference.py.
"""

from virtualskin.engine.absent import Absent, absent_of
from virtualskin.engine.accelerate import accelerate
from virtualskin.engine.averaging import Averaging, solve_averaged, speeds
from virtualskin.engine.conformance import Conformance, conformance
from virtualskin.engine.course import Course
from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.errors import (
    ClusterFailed,
    StoreMismatch,
    UnsupportedSBML,
    WorkerLost,
)
from virtualskin.engine.infuse import size_of, with_taps
from virtualskin.engine.newton import Tolerance
from virtualskin.engine.orbit import Orbit, solve_on_orbit
from virtualskin.engine.piece import made_by
from virtualskin.engine.preequilibrate import Preequilibration, solve_preequilibrated
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.sensitivity import Sensitivities, sensitivities
from virtualskin.engine.solve import BACKENDS, BackendName, solve, solver_version
from virtualskin.engine.status import Status
from virtualskin.engine.steady_state import SteadyStates, steady_state
from virtualskin.engine.store import CourseStore
from virtualskin.engine.stream import Inputs, solve_to
from virtualskin.engine.system import System
from virtualskin.engine.vary import Varied
from virtualskin.engine.workers import Workers
from virtualskin.engine.write_doses import dose_table_csv

__all__ = [
    "BACKENDS",
    "NO_DOSES",
    "Absent",
    "Averaging",
    "BackendName",
    "ClusterFailed",
    "Conformance",
    "Course",
    "CourseStore",
    "DoseTable",
    "Doses",
    "Inputs",
    "Orbit",
    "Preequilibration",
    "Program",
    "Sensitivities",
    "Status",
    "SteadyStates",
    "StoreMismatch",
    "System",
    "Tolerance",
    "UnsupportedSBML",
    "Varied",
    "WorkerLost",
    "Workers",
    "absent_of",
    "accelerate",
    "conformance",
    "dose_table_csv",
    "made_by",
    "read_sbml",
    "sensitivities",
    "size_of",
    "solve",
    "solve_averaged",
    "solve_on_orbit",
    "solve_preequilibrated",
    "solve_to",
    "solver_version",
    "speeds",
    "steady_state",
    "with_taps",
]
