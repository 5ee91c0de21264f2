"""The synthetic family: three stiff, pharmacology-like models, drawn people, three scenarios.

A has doses only; B adds a smooth pulse every day; in C the pulse is rectangular, so that every day
has two jumps. Pulses are judged at their height, because at midnight every solver looks better than
it is. Our engine is given the jumps as events of the model; the peers are restarted at the same
moments, which is what they do best.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import libsbml
import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.scenario import Dose, Scenario
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.sbml_refusals import each
from virtualskin.engine.system import System
from virtualskin.ground import stream

Letter = Literal["A", "B", "C"]
MODELS: Final = ("synth30", "synth70", "synth150")
LETTERS: Final[tuple[Letter, ...]] = ("A", "B", "C")
SCENARIOS: Final = tuple(f"{model}_{letter}" for model in MODELS for letter in LETTERS)
PULSE, HEIGHT = "uv", "uv_amp"
DAYS: Final = 168  # not science: the benchmark's definition
OUTPUTS: Final = 25  # not science: the benchmark's definition
CV: Final = 0.3  # not science: the benchmark's definition
NOON: Final = 0.5
WIDTH: Final = 3.2 / 24  # not science: the benchmark's definition, in days
LONGEST_STEP: Final = 0.1  # not science: solver setting, for a pulse a day
SEED: Final = 1


@dataclass(frozen=True, eq=False)
class _Model:
    """A model without its dose events, and (day, state, parameter of the amount) of each.

    Args:
        system: where the rectangular pulse is a state, if it is asked for.
        eventful: the same with two events a day that move that state.
        doses: the events that were taken out.
    """

    system: System
    eventful: System | None
    doses: tuple[tuple[float, str, str], ...]


def synthetic(name: str, people: int) -> Scenario:
    """A scenario such as `synth70_A` with so many people drawn; typical sizes are not set."""
    stem, _, letter = name.partition("_")
    model = _read(stem, rectangular=letter == "C")
    parameters = _draw(stem, model.system, people)
    defaults = model.system.defaults()
    parameters[HEIGHT] = np.full(people, float(letter != "A"))
    dosing = [
        Dose(day, state, parameters.get(amount, np.asarray(defaults[amount])))
        for day, state, amount in model.doses
    ]
    if letter == "C":
        for day in range(DAYS):
            for time, sign in ((day + NOON - WIDTH / 2, 1.0), (day + NOON + WIDTH / 2, -1.0)):
                dosing.append(Dose(time, PULSE, np.asarray(sign), jump=True))
    times = np.linspace(0.0, DAYS, OUTPUTS)
    if letter != "A":
        times[:-1] += NOON
    return Scenario(
        name,
        model.system,
        parameters,
        times,
        dosing=tuple(sorted(dosing, key=lambda dose: dose.time)),
        max_step=LONGEST_STEP if letter == "B" else None,
        eventful=model.eventful,
    )


def _text(name: str) -> str:
    return (files("virtualskin.engine.peers") / "models" / name).read_text("utf-8")


@lru_cache(maxsize=4)
def _read(stem: str, *, rectangular: bool) -> _Model:
    document: Any = libsbml.readSBMLFromString(_text(f"{stem}.xml"))
    model = document.getModel()
    doses = tuple(_dose(event) for event in each(model.getListOfEvents()))
    while model.getNumEvents():
        model.removeEvent(0)
    if not rectangular:
        return _Model(read_sbml(libsbml.writeSBMLToString(document)), None, doses)
    # the pulse becomes a state that only jumps
    model.removeRule(PULSE)
    model.getParameter(PULSE).setValue(0.0)
    rule = model.createRateRule()
    rule.setVariable(PULSE)
    rule.setMath(libsbml.parseL3Formula("0"))
    system = read_sbml(libsbml.writeSBMLToString(document))
    for name, part, height in (("on", -0.5, HEIGHT), ("off", 0.5, "0")):
        _every_day(model, name, NOON + part * WIDTH, height)
    return _Model(system, read_sbml(libsbml.writeSBMLToString(document)), doses)


def _every_day(model: Any, name: str, first: float, value: str) -> None:
    """An event that sets the pulse at the same time of every day and puts its own clock forward."""
    due = model.createParameter()
    due.setId(f"{name}_at")
    due.setConstant(False)
    due.setValue(first)
    event = model.createEvent()
    event.setId(f"pulse_{name}")
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setPersistent(True)
    trigger.setInitialValue(False)
    trigger.setMath(libsbml.parseL3Formula(f"time >= {name}_at"))
    for variable, formula in ((PULSE, value), (due.getId(), f"{due.getId()} + 1")):
        assignment = event.createEventAssignment()
        assignment.setVariable(variable)
        assignment.setMath(libsbml.parseL3Formula(formula))


def _dose(event: Any) -> tuple[float, str, str]:
    """Day, state and parameter of an event that adds a parameter to a state at a time."""
    day = event.getTrigger().getMath().getRightChild().getValue()
    assignment = event.getEventAssignment(0)
    state, amount = (assignment.getMath().getChild(i).getName() for i in (0, 1))
    assert state == assignment.getVariable()
    return float(day), state, amount


def _draw(stem: str, system: System, people: int) -> dict[str, Floats]:
    """Lognormal around the file's value, mean kept; the first people are the same in any crowd."""
    rows = [line.split("\t") for line in _text("varied.tsv").splitlines()[1:]]
    defaults = system.defaults()
    sigma = np.sqrt(np.log1p(CV**2))
    return {
        name: defaults[name]
        * stream(SEED, "benchmark", name).lognormal(-(sigma**2) / 2, sigma, people)
        for model, name in rows
        if model == stem
    }
