"""Operations of programs against a count by hand."""

from collections.abc import Callable

from virtualskin.engine import System
from virtualskin.engine.kernel.graph import STATE, Graph
from virtualskin.engine.kernel.programs import programs_of, record
from virtualskin.engine.peers.operations import attempt_operations, tape_operations

Model = Callable[[str], System]


def test_each_kind_is_counted_as_said() -> None:
    graph = Graph()
    x, y = graph.load(STATE, 0), graph.load(STATE, 1)
    half, third = graph.const(0.3), graph.const(1.7)
    first = graph.call("pow", x, half)
    second = graph.call("pow", x, third)
    together = graph.call("powers", x, half, y, third)
    outputs = [
        graph.add(first, second),  # two powers of one base: 26 + 2 * (22 + 1), and 1 for the sum
        together,  # 26 for y only, 2 products, 1 sum, 22
        graph.call("slope", x, half, first),  # one division, two products
        graph.call("exp", graph.neg(y)),  # 22
        graph.call("lt", x, y),  # nothing
    ]
    by_hand = (26 + 2 * 23 + 1) + (26 + 2 + 1 + 22) + 3 + 22
    assert tape_operations(record(graph, outputs, {})) == by_hand


def test_a_step_of_one_state_by_hand(model: Model) -> None:
    programs = programs_of(model("x = 1; k = 2; x' = -k*x"))
    rates = 1  # the product; its sign is free
    newton = rates + 1 + 1  # 1/(gamma h) + k, and the reciprocal
    solve = 1 + 1  # right-hand side and the product with the reciprocal
    # stage points: 1 to 5 products-and-sums, then twice one sum; carried sums with their factor;
    # new state, scale, quotient, square
    state = 2 * (1 + 2 + 3 + 4 + 5) + 2 + 2 * sum(range(1, 8)) + 1 + 2 + 1 + 2
    assert tape_operations(programs.rates) == rates
    assert attempt_operations(programs) == newton + 7 * rates + 8 * solve + state


def test_loops_count_what_straight_code_counts(model: Model) -> None:
    text = "a = 1; b = 2; c = 3; k = 2; a' = -a*b; b' = a*b - k*b*c; c' = a - k*c"
    straight = attempt_operations(programs_of(model(text)))
    looped = attempt_operations(programs_of(model(text), most_straight=-1))
    # straight code drops a sum with zero here and there, loops do not
    assert abs(looped - straight) <= 0.02 * straight
