"""Does each construct of SBML beyond plain reactions give the course worked out by hand?

Every expected number follows from the closed form that stands beside it.
"""

import numpy as np
import pytest

from virtualskin.engine import Program, UnsupportedSBML, read_sbml, solve

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
SYMBOLS = "http://www.sbml.org/sbml/symbols"
CORE = "http://www.sbml.org/sbml/level3/version"
TIMES = [0.0, 1.0, 2.0]
E1 = np.exp(-1.0)


def model(*parts: str, attributes: str = "") -> str:
    return (
        f'<sbml xmlns="{CORE}2/core" level="3" version="2"><model id="m" {attributes}>'
        f"{''.join(parts)}</model></sbml>"
    )


def listed(kind: str, *rows: str) -> str:
    return f"<listOf{kind}>{''.join(rows)}</listOf{kind}>"


def formula(text: str) -> str:
    """MathML from prefix notation: `(times 2 (plus x y))`."""
    out = text.replace("(", " ( ").replace(")", " ) ").split()
    made = ""
    for before, token in zip(["", *out], out, strict=False):
        if token == "(":
            made += "<apply>"
        elif token == ")":
            made += "</apply>"
        elif before == "(" and token == "rateOf":
            made += f'<csymbol encoding="text" definitionURL="{SYMBOLS}/rateOf">r</csymbol>'
        elif before == "(":
            made += f"<{token}/>"
        elif token in ("time", "avogadro"):
            made += f'<csymbol encoding="text" definitionURL="{SYMBOLS}/{token}">t</csymbol>'
        elif token[0].isalpha():
            made += f"<ci>{token}</ci>"
        else:
            made += f"<cn>{token}</cn>"
    return f"{MATH}{made}</math>"


def parameters(**values: float) -> str:
    rows = (f'<parameter id="{n}" value="{v}" constant="false"/>' for n, v in values.items())
    return listed("Parameters", *rows)


def compartment(size: float = 1.0, *, constant: str = "true") -> str:
    return listed("Compartments", f'<compartment id="v" size="{size}" constant="{constant}"/>')


def species(
    name: str = "s", start: float = 0.0, *, hosu: str = "true", boundary: str = "false",
    more: str = "",
) -> str:  # fmt: skip
    what = "Amount" if hosu == "true" else "Concentration"
    return (
        f'<species id="{name}" compartment="v" initial{what}="{start}" constant="false" '
        f'hasOnlySubstanceUnits="{hosu}" boundaryCondition="{boundary}" {more}/>'
    )


def makes(rate: str, *, reference: str = 'stoichiometry="1" constant="true"') -> str:
    """A reaction that makes `s`."""
    return listed(
        "Reactions",
        '<reaction id="j" reversible="false"><listOfProducts>'
        f'<speciesReference species="s" {reference}/></listOfProducts>'
        f"<kineticLaw>{formula(rate)}</kineticLaw></reaction>",
    )


def rule(kind: str, name: str, text: str) -> str:
    variable = f' variable="{name}"' if name else ""
    return f"<{kind}Rule{variable}>{formula(text)}</{kind}Rule>"


def event(
    trigger: str, assign: dict[str, str], *, delay: str = "", priority: str = "",
    persistent: str = "true", name: str = "e", at_trigger: str = "true",
) -> str:  # fmt: skip
    rows = (
        f'<eventAssignment variable="{n}">{formula(f)}</eventAssignment>' for n, f in assign.items()
    )
    return (
        f'<event id="{name}" useValuesFromTriggerTime="{at_trigger}">'
        f'<trigger initialValue="true" persistent="{persistent}">{formula(trigger)}</trigger>'
        + (f"<delay>{formula(delay)}</delay>" if delay else "")
        + (f"<priority>{formula(priority)}</priority>" if priority else "")
        + f"{listed('EventAssignments', *rows)}</event>"
    )


def course(text: str, *names: str, times: list[float] = TIMES) -> list[list[float]]:
    """Rows of names, columns of times."""
    program = Program(np.array(times), names, rtol=1e-9, atol=1e-12)
    found = solve(read_sbml(text), program, backend="reference", workers=1)
    assert found.ok.all(), found.status
    return found.values[0].T.tolist()


def near(*values: float) -> object:
    return pytest.approx(list(values), rel=1e-6, abs=1e-9)


# ---- conversion factors: ds/dt = factor * stoichiometry * speed


def test_the_model_s_conversion_factor_multiplies_every_flow() -> None:
    parts = (compartment(), listed("Species", species()), parameters(c=3), makes("2"))
    (s,) = course(model(*parts, attributes='conversionFactor="c"'), "s")
    assert s == near(0, 6, 12)


def test_a_species_own_conversion_factor_wins() -> None:
    own = listed("Species", species(more='conversionFactor="d"'))
    parts = (compartment(), own, parameters(c=3, d=5), makes("2"))
    (s,) = course(model(*parts, attributes='conversionFactor="c"'), "s")
    assert s == near(0, 10, 20)


# ---- stoichiometry that is a variable


def counted(*more: str) -> str:
    """A reaction of speed 1 whose product has the stoichiometry n, 2 unless something says more."""
    reference = 'id="n" stoichiometry="2" constant="false"'
    return model(
        compartment(), listed("Species", species()), *more, makes("1", reference=reference)
    )


def test_stoichiometry_alone_is_its_number() -> None:
    assert course(counted(), "s") == [near(0, 2, 4)]


def test_stoichiometry_by_an_assignment_rule() -> None:
    # ds/dt = 2 t
    (s,) = course(counted(listed("Rules", rule("assignment", "n", "(times 2 time)"))), "s")
    assert s == near(0, 1, 4)


def test_stoichiometry_by_a_rate_rule() -> None:
    # n = 2 + 3 t, s = 2 t + 1.5 t^2
    (s,) = course(counted(listed("Rules", rule("rate", "n", "3"))), "s")
    assert s == near(0, 3.5, 10)


def test_stoichiometry_by_an_initial_assignment() -> None:
    start = f'<initialAssignment symbol="n">{formula("(plus k 4)")}</initialAssignment>'
    (s,) = course(counted(parameters(k=3), listed("InitialAssignments", start)), "s")
    assert s == near(0, 7, 14)


def test_stoichiometry_by_an_event() -> None:
    # 2 until t = 0.5, then 10
    text = counted().replace(
        "</model>", listed("Events", event("(geq time 0.5)", {"n": "10"})) + "</model>"
    )
    (s,) = course(text, "s")
    assert s == near(0, 1 + 5, 1 + 15)


# ---- concentrations in compartments that change


def housed(*more: str, boundary: str = "false", start: float = 6.0) -> str:
    held = listed("Species", species(start=start, hosu="false", boundary=boundary))
    return model(compartment(2, constant="false"), held, *more)


def test_a_size_by_a_rate_rule_thins_a_concentration() -> None:
    # the amount 12 stays, the size is 2 + t
    s, v = course(housed(listed("Rules", rule("rate", "v", "1"))), "s", "v")
    assert (s, v) == (near(6, 4, 3), near(2, 3, 4))


def test_a_size_by_an_assignment_rule_thins_a_concentration() -> None:
    # the amount is 6 times the size at the start, 2 exp(0)
    text = housed(listed("Rules", rule("assignment", "v", "(times 2 (exp time))")))
    (s,) = course(text, "s")
    assert s == near(6, 6 * E1, 6 * E1**2)


def test_a_size_by_an_event_thins_a_concentration_at_once() -> None:
    text = housed(listed("Events", event("(geq time 0.5)", {"v": "8"})))
    assert course(text, "s", "v") == [near(6, 1.5, 1.5), near(2, 8, 8)]


def test_a_reaction_in_a_compartment_that_grows() -> None:
    # amount 12 + 3 t in the size 2 + t
    text = housed(listed("Rules", rule("rate", "v", "1")), makes("3"))
    assert course(text, "s") == [near(6, 15 / 3, 18 / 4)]


def test_a_concentration_s_own_rate_rule_is_what_it_says() -> None:
    text = housed(listed("Rules", rule("rate", "v", "1"), rule("rate", "s", "5")), boundary="true")
    assert course(text, "s") == [near(6, 11, 16)]


# ---- algebraic rules


def test_a_linear_algebraic_rule_gives_its_variable() -> None:
    # 0 = x + 2 y - 10 with x = 1 + t
    rules = listed(
        "Rules", rule("rate", "x", "1"), rule("algebraic", "", "(minus (plus x (times 2 y)) 10)")
    )
    (y,) = course(model(parameters(x=1, y=0), rules), "y")
    assert y == near(4.5, 4, 3.5)


def test_algebraic_rules_that_follow_from_each_other() -> None:
    # y = 3 x from the second, z = y + x from the first
    rules = listed(
        "Rules",
        rule("algebraic", "", "(minus z (plus y x))"),
        rule("algebraic", "", "(minus y (times 3 x))"),
        rule("rate", "x", "1"),
    )
    y, z = course(model(parameters(x=1, y=0, z=0), rules), "y", "z")
    assert (y, z) == (near(3, 6, 9), near(4, 8, 12))


def test_two_unknowns_of_one_algebraic_rule_are_refused() -> None:
    text = model(parameters(y=0, z=0), listed("Rules", rule("algebraic", "", "(minus y z)")))
    with pytest.raises(UnsupportedSBML, match="leaves open which of y, z"):
        read_sbml(text)


# ---- rateOf, avogadro, missing formulas


def test_rate_of_a_state_a_constant_and_a_diluted_concentration() -> None:
    rules = listed(
        "Rules",
        rule("rate", "v", "1"),
        rule("assignment", "a", "(rateOf s)"),
        rule("assignment", "b", "(rateOf v)"),
        rule("assignment", "c", "(rateOf k)"),
    )
    held = listed("Species", species(start=6, hosu="false"))
    text = model(compartment(2, constant="false"), held, parameters(a=0, b=0, c=0, k=7), rules)
    # s = 12 / (2 + t), so that its rate is -12 / (2 + t)^2
    assert course(text, "a", "b", "c") == [near(-3, -12 / 9, -12 / 16), near(1, 1, 1), [0, 0, 0]]


def test_avogadro_is_the_number_of_the_specification() -> None:
    rules = listed("Rules", rule("assignment", "x", "(divide avogadro 1e23)"))
    assert course(model(parameters(x=0), rules), "x")[0] == near(*[6.02214179] * 3)


def test_a_rule_start_or_assignment_without_a_formula_says_nothing() -> None:
    text = model(
        parameters(x=4, y=5),
        listed("InitialAssignments", '<initialAssignment symbol="y"/>'),
        listed("Rules", '<assignmentRule variable="x"/>'),
        listed("Events", event("(geq time 1)", {"y": "9"}).replace(formula("9"), "")),
    )
    assert course(text, "x", "y") == [[4, 4, 4], [5, 5, 5]]


def test_an_event_without_a_trigger_s_formula_never_happens() -> None:
    text = model(
        parameters(x=4),
        listed("Events", event("(geq time 1)", {"x": "9"}).replace(formula("(geq time 1)"), "")),
    )
    assert course(text, "x") == [[4, 4, 4]]


def test_a_reaction_without_a_rate_is_refused() -> None:
    text = model(compartment(), listed("Species", species()), makes("1").replace(formula("1"), ""))
    with pytest.raises(UnsupportedSBML, match="'j' has no kinetic law"):
        read_sbml(text)


# ---- events


def test_a_delay_that_depends_on_the_state_is_taken_at_the_trigger() -> None:
    # triggered at 1 with the delay x = 1 + 1 = 2, executed at 3
    text = model(
        parameters(x=1, y=0),
        listed("Rules", rule("rate", "x", "1")),
        listed("Events", event("(geq time 1)", {"y": "x"}, delay="x", at_trigger="false")),
    )
    assert course(text, "y", times=[2.9, 3.0, 5.0]) == [near(0, 4, 4)]


def test_an_event_that_triggers_again_before_its_delay_is_over_happens_twice() -> None:
    # x is 1 from 1 to 1.5 and from 2 to 2.5; each rise counts 3 later
    window = "(or (and (geq time 1) (lt time 1.5)) (and (geq time 2) (lt time 2.5)))"
    text = model(parameters(n=0), listed("Events", event(window, {"n": "(plus n 1)"}, delay="3",
                                                          at_trigger="false")))  # fmt: skip
    assert course(text, "n", times=[3.9, 4.0, 4.9, 5.0]) == [near(0, 1, 1, 2)]


def test_an_event_may_take_back_another_of_the_same_moment() -> None:
    # the greater priority makes the other's trigger false, which only matters if not persistent
    def text(persistent: str) -> str:
        first = event("(and (geq time 1) (lt x 1))", {"x": "1"}, priority="2", name="a")
        second = event("(and (geq time 1) (lt x 1))", {"y": "1"}, priority="1", name="b",
                       persistent=persistent)  # fmt: skip
        return model(parameters(x=0, y=0), listed("Events", first, second))

    assert course(text("true"), "x", "y") == [near(0, 1, 1), near(0, 1, 1)]
    assert course(text("false"), "x", "y") == [near(0, 1, 1), near(0, 0, 0)]


def test_a_priority_that_depends_on_the_state() -> None:
    # x = 3 - t is 2 at 1: a (priority x) after b (priority 2.5); a doubles what b has added
    events = (
        event("(geq time 1)", {"y": "(times 2 y)"}, priority="x", name="a", at_trigger="false"),
        event("(geq time 1)", {"y": "(plus y 5)"}, priority="2.5", name="b", at_trigger="false"),
    )
    text = model(
        parameters(x=3, y=1), listed("Rules", rule("rate", "x", "-1")), listed("Events", *events)
    )
    assert course(text, "y") == [near(1, 12, 12)]


def test_an_assignment_of_a_concentration_keeps_its_meaning() -> None:
    text = housed(
        listed("Rules", rule("rate", "v", "1")),
        listed("Events", event("(geq time 1)", {"s": "5"}, at_trigger="false")),
    )
    # 5 in the size 3 at the time 1, then thinned to 5 * 3 / 4
    assert course(text, "s") == [near(6, 5, 3.75)]


# ---- submodels


def nested(*, replaced: bool) -> str:
    comp = f"{CORE}1/comp/version1"
    inside = (
        parameters(x=1, k=2)
        + listed("Rules", rule("rate", "x", "k"))
    )  # fmt: skip
    swap = (
        '<comp:listOfReplacedElements><comp:replacedElement comp:submodelRef="a" comp:idRef="k"/>'
        "</comp:listOfReplacedElements>"
    )
    outer = f'<parameter id="k" value="7" constant="false">{swap if replaced else ""}</parameter>'
    return (
        f'<sbml xmlns="{CORE}1/core" xmlns:comp="{comp}" level="3" version="1" '
        'comp:required="true">'
        f'<comp:listOfModelDefinitions><comp:modelDefinition id="part">{inside}'
        "</comp:modelDefinition></comp:listOfModelDefinitions>"
        f'<model id="m">{listed("Parameters", outer)}<comp:listOfSubmodels>'
        '<comp:submodel comp:id="a" comp:modelRef="part"/>'
        '<comp:submodel comp:id="b" comp:modelRef="part"/></comp:listOfSubmodels></model></sbml>'
    )


def test_submodels_are_flattened_each_with_its_own_values() -> None:
    assert course(nested(replaced=False), "a__x", "b__x") == [near(1, 3, 5), near(1, 3, 5)]


def test_an_element_of_a_submodel_may_be_replaced() -> None:
    assert course(nested(replaced=True), "a__x", "b__x") == [near(1, 8, 15), near(1, 3, 5)]


def test_definitions_in_other_files_are_never_opened() -> None:
    external = (
        "<comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id='x' "
        "comp:source='file:///etc/hostname'/></comp:listOfExternalModelDefinitions>"
    )
    text = nested(replaced=False).replace("<comp:listOfModelDefinitions>",
                                          f"{external}<comp:listOfModelDefinitions>")  # fmt: skip
    with pytest.raises(UnsupportedSBML, match="never opened"):
        read_sbml(text)
