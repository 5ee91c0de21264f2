"""Is every hostile model refused in a sentence, or solved or failed with a reason, within bounds?

Each model goes through a process of its own with 2 GB of memory and 20 s of processor time (the
files here are small enough for a few seconds), forked so that nothing is imported again.
"""

import os
import re
import resource
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import BackendName, Program, UnsupportedSBML, read_sbml, solve
from virtualskin.engine.bounds import BOUNDS
from virtualskin.engine.xml_guard import MAX_ELEMENTS

MEMORY, SECONDS = 2 << 30, 20
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m">
"""
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
SYMBOLS = "http://www.sbml.org/sbml/symbols"
TIME = f'<csymbol encoding="text" definitionURL="{SYMBOLS}/time">t</csymbol>'


def model(*parts: str) -> str:
    return f"{HEAD}{''.join(parts)}</model></sbml>"


def ap(op: str, *args: str) -> str:
    return f"<apply><{op}/>{''.join(args)}</apply>"


def call(name: str, arg: str) -> str:
    return f"<apply><ci>{name}</ci>{arg}</apply>"


def parameters(*names: str, value: str = "1") -> str:
    rows = [f'<parameter id="{n}" value="{value}" constant="false"/>' for n in names]
    return f"<listOfParameters>{''.join(rows)}</listOfParameters>\n"


def rules(kind: str, formulas: dict[str, str]) -> str:
    rows = [
        f'<{kind}Rule variable="{n}">{MATH}{f}</math></{kind}Rule>' for n, f in formulas.items()
    ]
    return f"<listOfRules>{''.join(rows)}</listOfRules>\n"


def rate(formula: str, value: str = "1") -> str:
    """A model of x and y in which x moves by the formula."""
    return model(parameters("x", "y", value=value), rules("rate", {"x": formula}))


def function(name: str, body: str) -> str:
    inner = f"{MATH}<lambda><bvar><ci>a</ci></bvar>{body}</lambda></math>"
    return f'<functionDefinition id="{name}">{inner}</functionDefinition>\n'


def event(name: str, trigger: str, variable: str, value: str, delay: str = "") -> str:
    after = f"<delay>{MATH}{delay}</math></delay>" if delay else ""
    return (
        f'<event id="{name}" useValuesFromTriggerTime="true"><trigger initialValue="false" '
        f'persistent="true">{MATH}{trigger}</math></trigger>{after}<listOfEventAssignments>'
        f'<eventAssignment variable="{variable}">{MATH}{value}</math></eventAssignment>'
        "</listOfEventAssignments></event>"
    )


def events(*rows: str) -> str:
    zero = parameters("x", "y", value="0")
    return model(zero, "<listOfEvents>", *rows, "</listOfEvents>")


def chain(many: int, formula: Callable[[str], str]) -> dict[str, str]:
    return {f"p{i}": formula(f"<ci>p{i + 1}</ci>") for i in range(many)}


def numbered(many: int) -> tuple[str, ...]:
    return tuple(f"p{i}" for i in range(many))


def submodels(depth: int, fan: int, holds: str = "") -> str:
    """Model definitions of which each holds `fan` of the one before."""
    core = "http://www.sbml.org/sbml/level3/version1"
    head = (
        f'<?xml version="1.0"?><sbml xmlns="{core}/core" xmlns:comp="{core}/comp/version1" '
        'level="3" version="1" comp:required="true"><comp:listOfModelDefinitions>'
    )
    rows = [f'<comp:modelDefinition id="d0">{parameters("p")}</comp:modelDefinition>']
    for i in range(1, depth):
        inside = "".join(
            f'<comp:submodel comp:id="u{j}" comp:modelRef="{holds or f"d{i - 1}"}"/>'
            for j in range(fan)
        )
        rows.append(
            f'<comp:modelDefinition id="d{i}"><comp:listOfSubmodels>{inside}'
            "</comp:listOfSubmodels></comp:modelDefinition>"
        )
    return (
        f"{head}{''.join(rows)}</comp:listOfModelDefinitions>"
        f'<model id="m"><comp:listOfSubmodels><comp:submodel comp:id="u" '
        f'comp:modelRef="d{depth - 1}"/></comp:listOfSubmodels></model></sbml>'
    )


X, Y, ONE = "<ci>x</ci>", "<ci>y</ci>", "<cn>1</cn>"
DOUBLING = [function("f0", ap("plus", "<ci>a</ci>", "<ci>a</ci>"))] + [
    function(f"f{i}", call(f"f{i - 1}", call(f"f{i - 1}", "<ci>a</ci>"))) for i in range(1, 40)
]
TOGGLE = (ap("lt", X, ONE), "x", ONE), (ap("geq", X, ONE), "x", "<cn>0</cn>")

# what is in the text, and the words of the answer
ANSWERS: dict[str, tuple[Callable[[], str], str]] = {
    "megabytes of nested apply": (
        lambda: rate("<apply><sin/>" * 100_000 + X + "</apply>" * 100_000),
        r"refused: Elements nest deeper than \d+\. \[<sin> line",
    ),
    "a sum that libSBML makes a deep tree": (
        lambda: rate(ap("plus", *[X] * 200_000)),
        r"refused: A formula has more than \d+ operands .*\[<apply> line .*Split the formula",
    ),
    "a wide and deep formula": (
        lambda: rate("<apply><plus/>" * 50 + X + f"{X * 100}</apply>" * 50),
        "refused: A formula has more",
    ),
    "a wide piecewise": (
        lambda: rate("<piecewise>" + f"<piece>{X}{ap('lt', Y, X)}</piece>" * 5000 + "</piecewise>"),
        "refused: A formula has more",
    ),
    "as wide as may be": (lambda: rate(ap("minus", ap("plus", *[X] * 1990))), "solved"),
    "as wide a condition": (lambda: rate(ap("gt", *[X] * 1990)), "solved"),
    "a function that doubles itself": (
        lambda: model(
            "<listOfFunctionDefinitions>",
            *DOUBLING,
            "</listOfFunctionDefinitions>",
            parameters("x"),
            rules("rate", {"x": call("f39", X)}),
        ),
        r"refused: 'f\d+' calls 'f\d+', whose formula has \d+ parts",
    ),
    "a function that calls itself": (
        lambda: model(
            "<listOfFunctionDefinitions>",
            function("f", call("f", "<ci>a</ci>")),
            "</listOfFunctionDefinitions>",
            parameters("x"),
            rules("rate", {"x": call("f", X)}),
        ),
        "refused: 'f' calls 'f', which is not a function",
    ),
    "rules that double": (
        lambda: model(
            parameters("x", *numbered(801)),
            "<listOfRules>",
            rules("rate", {"x": "<ci>p0</ci>"})[len("<listOfRules>") : -len("</listOfRules>\n")],
            rules("assignment", chain(800, lambda n: ap("max", ap("plus", n, n), ONE)))[
                len("<listOfRules>") :
            ],
        ),
        "failed|solved",
    ),
    "starts that double": (
        lambda: model(
            parameters(*numbered(801)),
            "<listOfInitialAssignments>",
            *(
                f'<initialAssignment symbol="{n}">{MATH}{f}</math></initialAssignment>'
                for n, f in chain(800, lambda n: ap("plus", n, n)).items()
            ),
            "</listOfInitialAssignments>",
        ),
        "failed|solved",
    ),
    "a circle of rules": (
        lambda: model(
            parameters(*numbered(800)),
            rules("assignment", chain(799, lambda n: n) | {"p799": "<ci>p0</ci>"}),
        ),
        "refused: .*waits for itself.*…",
    ),
    "not a number": (lambda: rate(X, value="NaN"), "refused: 'x' has no value"),
    "infinity": (lambda: rate(X, value="INF"), "failed: 'x' is not a finite number"),
    "minus infinity": (lambda: rate(X, value="-INF"), "failed: 'x' is not a finite number"),
    "beyond the largest number": (lambda: rate(X, value="1e999"), "refused: .*cannot be read"),
    "no number": (lambda: rate(X, value="one"), "refused: .*cannot be read"),
    "a huge number": (lambda: rate(ap("times", X, X), value="1e308"), "failed: "),
    "not a number in a formula": (lambda: rate(ap("plus", X, "<notanumber/>")), "failed: "),
    "infinity in a formula": (lambda: rate(ap("plus", X, "<infinity/>")), "failed: "),
    "one over zero": (lambda: rate(ap("divide", ONE, X), value="0"), "failed: "),
    "zero over zero": (lambda: rate(ap("divide", X, Y), value="0"), "failed: "),
    "one over time": (lambda: rate(ap("divide", ONE, TIME)), "failed: "),
    "a logarithm of less than nothing": (lambda: rate(ap("ln", X), value="-1"), "failed: "),
    "an end in finite time": (lambda: rate(ap("power", X, "<cn>2</cn>")), "failed: "),
    "a factorial of a billion": (lambda: rate(ap("factorial", "<cn>1e9</cn>")), "failed: "),
    "events that toggle at once": (
        lambda: events(*(event(f"e{i}", *t) for i, t in enumerate(TOGGLE))),
        "failed: events set each other off",
    ),
    "events that toggle with next to no delay": (
        lambda: events(*(event(f"e{i}", *t, "<cn>1e-300</cn>") for i, t in enumerate(TOGGLE))),
        "failed: events follow each other",
    ),
    "a delay that is no number": (
        lambda: events(event("e", ap("lt", X, ONE), "x", ONE, ap("divide", Y, Y))),
        "failed: the delay of event 'e' is nan",
    ),
    "a delay without end": (
        lambda: events(event("e", ap("lt", X, ONE), "x", ONE, ap("divide", ONE, Y))),
        "solved",
    ),
    "an event that assigns no number": (
        lambda: events(event("e", ap("gt", TIME, "<cn>0.5</cn>"), "x", ap("divide", Y, Y))),
        "failed: 'x' is not a finite number",
    ),
    "submodels without end": (
        lambda: submodels(30, 10),
        r"refused: The model has \d+ submodels once",
    ),
    "a submodel that holds itself": (
        lambda: submodels(2, 1, holds="d1"), "refused: Submodel 'd1' holds itself"
    ),
    "a submodel of nothing": (lambda: submodels(2, 1, holds="d9"), "refused: "),
    "submodels in submodels": (lambda: submodels(1500, 1), "refused: .*nest"),
    "code for a name": (
        lambda: rate("<ci>__import__('os').abort()</ci>"),
        r"refused: .*mentions '__import__\(",
    ),
    "code for an id": (lambda: model(parameters("x');import os;os.abort()#")), "refused: "),
    "names of Python": (
        lambda: model(
            parameters("x", "exec", "lambda", "None", "v0", "t", "f"),
            rules("rate", {"x": ap("minus", "<ci>exec</ci>", "<ci>lambda</ci>", "<ci>v0</ci>")}),
        ),
        "refused: |solved",
    ),
    "a million elements": (
        lambda: model(f'<annotation><a xmlns="a">{"<b/>" * MAX_ELEMENTS}</a></annotation>'),
        "refused: The SBML text has more than",
    ),
    "nothing in a formula": (lambda: rate("<apply/>"), "refused: "),
    "an operator without operands": (lambda: rate("<apply><divide/></apply>"), "refused: "),
    "an empty piecewise": (lambda: rate("<piecewise/>"), "refused: |failed: "),
    "a lambda for a formula": (
        lambda: rate("<lambda><bvar><ci>a</ci></bvar><ci>a</ci></lambda>"), "refused: "
    ),
    "twice the same id": (
        lambda: model(parameters("x", "x")), "refused: 'x' has an id that another element has"
    ),
    "thousands of namespaces": (
        lambda: model(parameters("x")).replace(
            "<model ", "<model " + " ".join(f'xmlns:a{i}="a/{i}"' for i in range(5000)) + " "
        ),
        "refused: An element has more than",
    ),
}  # fmt: skip


def network(species: int, *, reactions: bool) -> str:
    """Species in a ring, each of which becomes the next."""
    rows = [
        f'<species id="s{i}" compartment="v" initialConcentration="1" constant="false" '
        'hasOnlySubstanceUnits="false" boundaryCondition="false"/>'
        for i in range(species)
    ]
    ring = [
        f'<reaction id="j{i}" reversible="false"><listOfReactants><speciesReference '
        f'species="s{i}" stoichiometry="1" constant="true"/></listOfReactants><listOfProducts>'
        f'<speciesReference species="s{(i + 1) % species}" stoichiometry="1" constant="true"/>'
        f"</listOfProducts><kineticLaw>{MATH}<ci>s{i}</ci></math></kineticLaw></reaction>"
        for i in range(species if reactions else 0)
    ]
    home = '<listOfCompartments><compartment id="v" size="1" constant="true"/></listOfCompartments>'
    return model(
        home,
        "<listOfSpecies>", *rows, "</listOfSpecies>",
        "<listOfReactions>", *ring, "</listOfReactions>",
    )  # fmt: skip


def test_many_species_are_read_and_refused_by_the_solvers() -> None:
    text = network(20_000, reactions=False)
    assert bounded(lambda: str(len(read_sbml(text).states))) == "20000"
    assert re.match(
        r"refused: The model has 20000 states; the solver 'reference' takes at most 5000\.",
        bounded(lambda: _answer(text)),
    )


def test_reading_is_linear_in_the_size() -> None:
    def seconds(species: int) -> float:
        text = network(species, reactions=True)

        def job() -> str:
            start = time.process_time()
            read_sbml(text)
            return str(time.process_time() - start)

        return float(bounded(job))

    # quadratic would be 16 times
    assert seconds(2400) < 9 * seconds(600)


@pytest.mark.parametrize("backend", BOUNDS)
def test_each_solver_refuses_what_is_too_large(backend: BackendName) -> None:
    most = BOUNDS[backend][0]
    text = model(
        parameters(*numbered(most + 1)), rules("rate", dict.fromkeys(numbered(most + 1), ONE))
    )
    system = read_sbml(text)
    with pytest.raises(UnsupportedSBML, match=f"{most + 1} states; the solver '{backend}'"):
        solve(system, Program(np.array([1.0]), ("p0",)), backend=backend)


def _answer(text: str) -> str:
    try:
        system = read_sbml(text)
        seen = system.observables[:1]
        course = solve(system, Program(np.array([1.0, 2.0]), seen), backend="reference", workers=1)
    except UnsupportedSBML as error:
        return f"refused: {error}"
    return "solved" if course.ok.all() else f"failed: {course.status[0].reason}"


def bounded(job: Callable[[], str]) -> str:
    """What a job answers in a process of its own; fails where it breaks the bounds."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        # addresses that the tests before have reserved come with the fork and are not the model's
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            answer = job()
        except BaseException:
            answer = traceback.format_exc()[-2000:]
        os.write(write, answer.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        answer = told.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"ended by signal {os.WTERMSIG(status)}"
    return answer


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_model_is_answered(name: str) -> None:
    make, words = ANSWERS[name]
    text = make()
    answer = bounded(lambda: _answer(text))
    assert re.match(words, answer), answer
