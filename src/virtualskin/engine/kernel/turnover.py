"""People come into lanes and leave them: the queue, doses and ends, as LLVM IR."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from virtualskin.engine.kernel.attempt import PREPARE
from virtualskin.engine.kernel.desk import Desk
from virtualskin.engine.kernel.ir import LANES, MASK, WHOLE, V, scalar, splat
from virtualskin.engine.kernel.job import DONE, WAITING

IDLE: Final = "-1"


def idle_everywhere(desk: Desk) -> None:
    """Fill the group with numbers that compute without harm; nobody is in a lane yet."""
    code, group, programs = desk.code, desk.group, desk.layout.programs
    code.put(group.row("person"), f"splat (i64 {IDLE})", WHOLE)
    for name in ("rejected", "restart", "moved", "output", "dose", "attempts"):
        code.put(group.row(name), "zeroinitializer", WHOLE)
    for name in ("time", "before", "end", "error"):
        code.put(group.row(name), "zeroinitializer")
    for name in ("step", "stop"):
        code.put(group.row(name), splat(1.0))
    for name, rows in (("state", programs.states), ("new", programs.states),
                       ("parameter", programs.parameters)):  # fmt: skip
        first = group.row(name)
        with code.loop(rows) as i:
            code.put(code.at(first, i, V), splat(1.0))
    slack = group.row("slack")
    with code.loop(programs.states) as i:
        value = code.get(desk.element("slack", i), "double")
        code.put(code.at(slack, i, V), code.spread(value))


def fill(desk: Desk, enter: Callable[[str], None] | None) -> None:
    """Take people from the shared counter into idle lanes; `enter` writes what else a lane needs.

    When groups take the same steps a lane waits until all are idle, and the counter is then at a
    multiple of the lanes: a group of eight comes in at once.
    """
    code = desk.code
    code.put(desk.filled, "false", "i1")
    with code.when(code.let(f"xor i1 {desk.together}, true")):
        _fill_singly(desk, enter)
    none = code.let(f"icmp eq i64 {code.get(desk.active, 'i64')}, 0")
    with code.when(code.let(f"and i1 {desk.together}, {none}")):
        _fill_group(desk, enter)
    with code.when(code.get(desk.filled, "i1")):
        kinds = ", ".join(f"ptr {desk.group.row(kind)}" for kind in PREPARE)
        scratch, out = desk.group.row("scratch"), desk.group.row("hoisted")
        code.do(f"call void @prepare({kinds}, ptr {scratch}, ptr {out})")


def _fill_singly(desk: Desk, enter: Callable[[str], None] | None) -> None:
    code = desk.code
    idle = code.let(f"xor {MASK} {desk.busy()}, splat (i1 true)")
    with desk.each_lane(idle) as lane, code.forever() as (again, leave):
        code.go(leave, condition=code.get(desk.drained, "i1"))
        person = _next(desk, 1)
        over = code.let(f"icmp uge i64 {person}, {desk.word['people']}")
        code.put(desk.drained, over, "i1")
        code.go(leave, condition=over)
        ending = code.get(desk.element("ending", person, "i64"), "i64")
        code.go(again, condition=code.let(f"icmp ne i64 {ending}, {WAITING}"))
        _take(desk, lane, person, enter)
        code.go(leave)


def _fill_group(desk: Desk, enter: Callable[[str], None] | None) -> None:
    code = desk.code
    first = _next(desk, LANES)
    over = code.let(f"icmp uge i64 {first}, {desk.word['people']}")
    code.put(desk.drained, over, "i1")
    with code.when(code.let(f"xor i1 {over}, true")), code.loop(LANES) as lane:
        person = desk.whole("add", first, lane)
        exists = code.let(f"icmp ult i64 {person}, {desk.word['people']}")
        with code.when(exists):
            ending = code.get(desk.element("ending", person, "i64"), "i64")
            with code.when(code.let(f"icmp eq i64 {ending}, {WAITING}")):
                _take(desk, lane, person, enter)


def _next(desk: Desk, count: int) -> str:
    """The first of the next people in the queue."""
    return desk.code.let(f"atomicrmw add ptr {desk.pointer('next')}, i64 {count} monotonic")


def _take(desk: Desk, lane: str, person: str, enter: Callable[[str], None] | None) -> None:
    code, programs = desk.code, desk.layout.programs
    code.put(desk.filled, "true", "i1")
    code.put(desk.active, desk.whole("add", code.get(desk.active, "i64"), "1"), "i64")
    code.put(desk.lane_count("person", lane), person, "i64")
    for name, rows, targets in (
        ("parameters", programs.parameters, ("parameter",)),
        ("initial", programs.states, ("state", "new")),
    ):
        first = desk.element(name, desk.whole("mul", person, str(rows)))
        with code.loop(rows) as i:
            value = code.get(code.at(first, i), "double")
            place = desk.whole("add", desk.whole("mul", i, str(LANES)), lane)
            for target in targets:
                code.put(code.at(desk.group.row(target), place), value, "double")
    for name in ("time", "before", "stop"):
        code.put(desk.lane_clock(name, lane), desk.setting["start"], "double")
    end = code.get(desk.element("ends", person), "double")
    code.put(desk.lane_clock("end", lane), end, "double")
    dose = code.get(desk.element("dose_first", person, "i64"), "i64")
    code.put(desk.lane_count("dose", lane), dose, "i64")
    for name, value in (("output", "0"), ("attempts", "0"), ("rejected", "0"), ("moved", "1"),
                        ("break", "0"), ("settling", "0")):  # fmt: skip
        code.put(desk.lane_count(name, lane), value, "i64")
    look_ahead(desk, lane)
    if enter is not None:
        enter(lane)


def look_ahead(desk: Desk, lane: str) -> None:
    """Write when a lane's next output is due: never, after the last one or the person's end."""
    code, word = desk.code, desk.word
    output = code.get(desk.lane_count("output", lane), "i64")
    code.put(desk.lane_clock("look", lane), scalar(math.inf), "double")
    with code.when(code.let(f"icmp ult i64 {output}, {word['times_count']}")):
        person = code.get(desk.lane_count("person", lane), "i64")
        row = desk.whole("mul", person, word["times_stride"])
        when = code.get(desk.element("times", desk.whole("add", row, output)), "double")
        end = code.get(desk.lane_clock("end", lane), "double")
        with code.when(code.let(f"fcmp ole double {when}, {end}")):
            code.put(desk.lane_clock("look", lane), when, "double")


def move_on(desk: Desk) -> None:
    """Take over the new states; at a stop give doses or end the person."""
    code, group = desk.code, desk.group
    moved = desk.flags("moved")
    with code.when(code.any(moved)):
        state, new = group.row("state"), group.row("new")
        with code.loop(desk.layout.programs.states) as i:
            place = code.at(state, i, V)
            code.put(place, code.select(moved, code.get(code.at(new, i, V)), code.get(place)))
        stopped = code.compare("oeq", group.clock("time"), group.clock("stop"))
        with desk.each_lane(code.both(moved, stopped)) as lane:
            now = code.get(desk.lane_clock("time", lane), "double")
            end = code.get(desk.lane_clock("end", lane), "double")
            over = code.let(f"fcmp oge double {now}, {end}")
            with code.when(over):
                end_person(desk, lane, DONE)
            with code.when(code.let(f"xor i1 {over}, true")):
                _dose(desk, lane, now, end)
        code.put(group.row("moved"), "zeroinitializer", WHOLE)


def _dose(desk: Desk, lane: str, now: str, end: str) -> None:
    code = desk.code
    person = code.get(desk.lane_count("person", lane), "i64")
    after = desk.whole("add", person, "1")
    last = code.get(desk.element("dose_first", after, "i64"), "i64")
    stop = desk.lane_clock("stop", lane)
    code.put(stop, end, "double")
    code.put(desk.lane_count("restart", lane), "1", "i64")
    if desk.layout.programs.jumps:
        _break(desk, lane, person, now)
    if len(desk.layout.programs.events):
        _lower(desk, stop, code.get(desk.lane_clock("wake", lane), "double"))
    with code.forever() as (_, leave):
        dose = code.get(desk.lane_count("dose", lane), "i64")
        code.go(leave, condition=code.let(f"icmp uge i64 {dose}, {last}"))
        when = code.get(desk.element("dose_time", dose), "double")
        future = code.let(f"fcmp ogt double {when}, {now}")
        with code.when(future):
            _lower(desk, stop, when)
        code.go(leave, condition=future)
        row = code.get(desk.element("dose_state", dose, "i64"), "i64")
        place = desk.whole("add", desk.whole("mul", row, str(LANES)), lane)
        target = code.at(desk.group.row("state"), place)
        amount = code.get(desk.element("dose_amount", dose), "double")
        total = code.let(f"fadd double {code.get(target, 'double')}, {amount}")
        code.put(target, total, "double")
        code.put(desk.lane_count("dose", lane), desk.whole("add", dose, "1"), "i64")


def _break(desk: Desk, lane: str, person: str, now: str) -> None:
    """Stop at the next moment at which a condition on time changes."""
    code, word = desk.code, desk.word
    row = desk.whole("mul", person, word["breaks_stride"])
    with code.forever() as (_, leave):
        cursor = code.get(desk.lane_count("break", lane), "i64")
        code.go(leave, condition=code.let(f"icmp uge i64 {cursor}, {word['breaks_count']}"))
        when = code.get(desk.element("breaks", desk.whole("add", row, cursor)), "double")
        future = code.let(f"fcmp ogt double {when}, {now}")
        with code.when(future):
            _lower(desk, desk.lane_clock("stop", lane), when)
        code.go(leave, condition=future)
        code.put(desk.lane_count("break", lane), desk.whole("add", cursor, "1"), "i64")


def _lower(desk: Desk, place: str, value: str) -> None:
    """Write a double where it is smaller than what stands there."""
    code = desk.code
    old = code.get(place, "double")
    less = code.let(f"fcmp olt double {value}, {old}")
    code.put(place, code.let(f"select i1 {less}, double {value}, double {old}"), "double")


def end_person(desk: Desk, lane: str, ending: int) -> None:
    """Write how a person ended, and leave the lane idle."""
    code, size = desk.code, desk.layout.programs.states
    person = code.get(desk.lane_count("person", lane), "i64")
    code.put(desk.element("ending", person, "i64"), str(ending), "i64")
    now = code.get(desk.lane_clock("time", lane), "double")
    code.put(desk.element("at", person), now, "double")
    attempts = code.get(desk.lane_count("attempts", lane), "i64")
    code.put(desk.element("attempts", person, "i64"), attempts, "i64")
    if ending == DONE:
        target = desk.element("final", desk.whole("mul", person, str(size)))
        with code.loop(size) as i:
            place = desk.whole("add", desk.whole("mul", i, str(LANES)), lane)
            value = code.get(code.at(desk.group.row("state"), place), "double")
            code.put(code.at(target, i), value, "double")
    code.put(desk.lane_count("person", lane), IDLE, "i64")
    code.put(desk.lane_count("moved", lane), "0", "i64")
    code.put(desk.active, desk.whole("sub", code.get(desk.active, "i64"), "1"), "i64")
