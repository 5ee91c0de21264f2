"""Is every construct read as written, or refused with its element and line?"""

import re
from collections.abc import Callable

import pytest

from virtualskin.engine import UnsupportedSBML, read_sbml

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="m">
"""
FOOT = "</model>\n</sbml>\n"
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
PARAMETERS = """<listOfParameters>
<parameter id="k" value="2" constant="true"/>
<parameter id="x" value="1" constant="false"/>
</listOfParameters>
"""
COMPARTMENT = """<listOfCompartments>
<compartment id="v" size="2" spatialDimensions="3" constant="true"/>
</listOfCompartments>
"""


def species(extra: str = "", hosu: str = "true") -> str:
    return f"""<listOfSpecies>
<species id="s" compartment="v" initialAmount="1" hasOnlySubstanceUnits="{hosu}"
 boundaryCondition="false" constant="false" {extra}/>
</listOfSpecies>
"""


def reaction(attributes: str = "", reference: str = 'stoichiometry="1" constant="true"') -> str:
    return f"""<listOfReactions>
<reaction id="j" reversible="false" {attributes}>
<listOfReactants>
<speciesReference species="s" {reference}/>
</listOfReactants>
<kineticLaw>{MATH}<ci>s</ci></math></kineticLaw>
</reaction>
</listOfReactions>
"""


def rate(variable: str, math: str) -> str:
    return (
        f'<listOfRules>\n<rateRule variable="{variable}">{MATH}{math}</math></rateRule>\n'
        "</listOfRules>\n"
    )


SYMBOLS = "http://www.sbml.org/sbml/symbols"
DELAY = f'<apply><csymbol encoding="text" definitionURL="{SYMBOLS}/delay">d</csymbol>'
NOT_LINEAR = (
    f"<listOfRules>\n<algebraicRule>{MATH}<apply><exp/><ci>x</ci></apply></math></algebraicRule>\n"
    "</listOfRules>\n"
)
CONSTRAINT = (
    f"<listOfConstraints>\n<constraint>{MATH}<true/></math></constraint>\n</listOfConstraints>\n"
)
CIRCLE = f"""<listOfRules>
<assignmentRule variable="a">{MATH}<ci>b</ci></math></assignmentRule>
<assignmentRule variable="b">{MATH}<ci>a</ci></math></assignmentRule>
</listOfRules>
"""
AB = PARAMETERS.replace('"k"', '"a"').replace('"x"', '"b"').replace('"true"', '"false"')

# what is in the model, the words of the refusal, the element, the line within the body
REFUSED = {
    "algebraic rule": (PARAMETERS + NOT_LINEAR, "not linear in 'x'", "algebraicRule", "", 6),
    "constraint": (PARAMETERS + CONSTRAINT, "constraint", "constraint", "", 6),
    "delay": (
        PARAMETERS + rate("x", DELAY + "<ci>x</ci><cn>1</cn></apply>"),
        "uses a delay",
        "rateRule",
        "x",
        6,
    ),
    "circle": (AB + CIRCLE, "wait for each other", "assignmentRule", "a", 6),
    "unknown name": (
        PARAMETERS + rate("x", "<ci>ghost</ci>"),
        "'ghost', which the model lacks",
        "rateRule",
        "x",
        6,
    ),
    "no value": (
        PARAMETERS.replace('value="1"', "") + rate("x", "<cn>1</cn>"),
        "'x' has no value",
        "rateRule",
        "x",
        6,
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_element_and_line(case: tuple[str, str, str, str, int]) -> None:
    body, words, element, name, line = case
    with pytest.raises(UnsupportedSBML) as caught:
        read_sbml(HEAD + body + FOOT)
    error = caught.value
    assert error.code == "sbml_unsupported"
    assert words in error.message
    identity = f' id="{name}"' if name else ""
    assert error.where == f"<{element}{identity}> line {line + HEAD.count(chr(10))}"
    assert error.hint.endswith(".")


def test_fast_reactions_are_refused() -> None:
    text = (HEAD + COMPARTMENT + species() + reaction('fast="true"') + FOOT).replace(
        "level3/version2", "level3/version1"
    )
    with pytest.raises(UnsupportedSBML, match="'j' is a fast reaction"):
        read_sbml(text.replace('version="2"', 'version="1"'))


def test_a_required_package_is_refused() -> None:
    namespace = 'xmlns:spatial="http://www.sbml.org/sbml/level3/version1/spatial/version1"'
    text = (HEAD + PARAMETERS + FOOT).replace(' level="3"', f' {namespace} level="3"')
    with pytest.raises(UnsupportedSBML, match="package"):
        read_sbml(text.replace('version="2">', 'version="2" spatial:required="true">'))


def test_an_sbml_error_names_its_line() -> None:
    with pytest.raises(UnsupportedSBML, match="cannot be read") as caught:
        read_sbml(HEAD + "<listOfNothing/>\n" + FOOT)
    assert re.fullmatch(r"line \d+", caught.value.where)


def test_a_document_without_model_is_refused() -> None:
    with pytest.raises(UnsupportedSBML):
        read_sbml(HEAD.replace('<model id="m">\n', "") + "</sbml>")


def test_what_a_symbol_is(sbml_of: Callable[[str], str]) -> None:
    system = read_sbml(
        sbml_of(
            """
            compartment v = 2; species A in v, $B in v, $C in v; substanceOnly species D in v
            A = 3; B = 4; C = 5; D = 6; C' = 1; k = 7; r := k*A; j: A => D; k*A*B
            """
        )
    )
    assert set(system.states) == {"A", "C", "D"}
    assert set(system.parameters) == {"v", "B", "k"}
    assert list(system.rules) == ["r", "j"]
    rates = dict(zip(system.states, map(str, system.rates), strict=True))
    assert rates == {"A": "(-(j)/v)", "C": "1", "D": "j"}
    assert system.defaults() == {"v": 2.0, "B": 4.0, "k": 7.0}


def test_an_amount_becomes_a_concentration_by_the_person_s_own_size() -> None:
    text = HEAD + COMPARTMENT + species(hosu="false") + reaction() + FOOT
    _, states = read_sbml(text).begin({"v": [2.0, 4.0]}, 2, start=0.0)  # pyright: ignore
    assert states[:, 0].tolist() == [0.5, 0.25]


def test_functions_and_local_parameters_are_written_out(sbml_of: Callable[[str], str]) -> None:
    text = sbml_of("S = 1; k = 2; j: S => ; k*S").replace(
        "<listOfParameters>",
        f'<listOfFunctionDefinitions><functionDefinition id="twice">{MATH}<lambda>'
        "<bvar><ci>k</ci></bvar><apply><times/><cn>2</cn><ci>k</ci></apply></lambda></math>"
        "</functionDefinition></listOfFunctionDefinitions><listOfParameters>",
    )
    text = re.sub(
        r"<kineticLaw>.*</kineticLaw>",
        f"<kineticLaw>{MATH}<apply><ci>twice</ci><ci>k</ci></apply></math>"
        '<listOfLocalParameters><localParameter id="k" value="21"/></listOfLocalParameters>'
        "</kineticLaw>",
        text,
        flags=re.DOTALL,
    )
    system = read_sbml(text)
    assert str(system.rules["j"]) == "(2*21)"
    assert system.defaults()["k"] == 2.0
