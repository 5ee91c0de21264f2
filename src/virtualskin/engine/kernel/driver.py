"""The driver in LLVM IR: a thread's loop over its eight lanes, until the queue is empty.

The rounds are those of lanes.py. People are taken one by one from a counter that all threads share,
so no thread waits for another and no lane for a longer run; which thread solves whom changes
nothing, because lanes never mix.
"""

from __future__ import annotations

from typing import Final

from virtualskin.engine.kernel import control
from virtualskin.engine.kernel.agenda import EventStages, event_tables
from virtualskin.engine.kernel.attempt import (
    NEWTON,
    OBSERVE,
    PREPARE,
    RATES,
    SOLVE,
    attempt,
    inside,
)
from virtualskin.engine.kernel.build import Host
from virtualskin.engine.kernel.desk import Desk
from virtualskin.engine.kernel.elimination import looped_text
from virtualskin.engine.kernel.emit import emit
from virtualskin.engine.kernel.ir import LANES, MASK, WHOLE, V, scalar, splat
from virtualskin.engine.kernel.job import (
    NOT_FINITE,
    STEP_UNDERFLOW,
    TOO_MANY_STEPS,
)
from virtualskin.engine.kernel.layout import Layout
from virtualskin.engine.kernel.programs import Programs, Tape
from virtualskin.engine.kernel.turnover import (
    end_person,
    fill,
    idle_everywhere,
    look_ahead,
    move_on,
)
from virtualskin.engine.kernel.vector_math import vector_math

FLUSH: Final = 0x8040  # not science: bits of x86's control word, results and operands to zero


def kernel_text(programs: Programs, target: Host) -> tuple[str, Layout]:
    """The module of a system with its one public function `@drive(words, memory)`."""
    fma = target.fma
    tapes = {
        "prepare": emit("prepare", programs.prepare, PREPARE, fma=fma),
        "rates": emit("rates", programs.rates, RATES, fma=fma),
        "newton": emit("newton", programs.newton, NEWTON, fma=fma),
    }
    if programs.looped is None:
        tapes["solve"] = emit("solve", programs.solve, SOLVE, fma=fma)
    if len(programs.events):
        tapes["watch"] = emit("watch", programs.watch, OBSERVE, fma=fma)
        tapes["react"] = emit("react", programs.react, OBSERVE, fma=fma)
    layout = Layout(programs, max(tape.scratch for tape in tapes.values()))
    parts = [
        vector_math(fma=fma, tables=target.tables),
        *(tape.text for tape in tapes.values()),
        attempt(layout),
    ]
    if programs.looped is not None:
        parts.append(looped_text(programs.looped, programs.drifting))
    if len(programs.events):
        parts.append(event_tables(programs))
    return "\n".join([*parts, _drive(layout, x86=target.x86)]), layout


def observer_text(observer: Tape, target: Host) -> tuple[str, int]:
    """The module that computes observed quantities, and the scratch rows it needs."""
    made = emit("observe", observer, OBSERVE, fma=target.fma, public=True)
    return f"{vector_math(fma=target.fma, tables=target.tables)}\n{made.text}", made.scratch


def _drive(layout: Layout, *, x86: bool) -> str:
    """`@drive`: rounds until nobody waits and nobody is in a lane."""
    desk = Desk(layout, x86=x86)
    code = desk.code
    kept = _flush_subnormals(desk)
    events = EventStages(desk) if len(layout.programs.events) else None
    idle_everywhere(desk)
    with code.forever() as (again, leave):
        fill(desk, events.begin if events else None)
        if events:
            events.alarm()
            _write_outputs(desk, last=False)
            events.settle()
        _write_outputs(desk)
        move_on(desk)
        active = code.get(desk.active, "i64")
        waiting = code.let(f"xor i1 {code.get(desk.drained, 'i1')}, true")
        room = code.let(f"icmp ult i64 {active}, {LANES}")
        code.go(again, condition=code.let(f"and i1 {waiting}, {room}"))
        code.go(leave, condition=code.let(f"icmp eq i64 {active}, 0"))
        _first_steps(desk)
        _judge(desk)
    if x86:
        code.do(f"call void @llvm.x86.sse.ldmxcsr(ptr {kept})")
    code.do("ret void")
    reduce = [f"declare double @llvm.vector.reduce.{op}.v8f64({V})" for op in ("fmin", "fmax")]
    return "\n".join([code.text(), *reduce])


def _flush_subnormals(desk: Desk) -> str:
    """Take numbers below 2e-308 as zero until the end: gone states cost the machine dearly."""
    code = desk.code
    kept, set_ = code.slot("i32"), code.slot("i32")
    if desk.x86:
        code.do(f"call void @llvm.x86.sse.stmxcsr(ptr {kept})")
        word = code.let(f"or i32 {code.get(kept, 'i32')}, {FLUSH}")
        code.put(set_, word, "i32")
        code.do(f"call void @llvm.x86.sse.ldmxcsr(ptr {set_})")
    return kept


def _write_outputs(desk: Desk, *, last: bool = True) -> None:
    """Every output time that the last step reached; its end itself only if `last`."""
    code, group = desk.code, desk.group
    before = "ole" if last else "olt"
    with code.when(code.any(desk.flags("moved"))), code.forever() as (_, leave):
        due = code.compare(before, group.clock("look"), group.clock("time"))
        due = code.both(desk.flags("moved"), due)
        code.go(leave, condition=code.let(f"xor i1 {code.any(due)}, true"))
        now = code.select(due, group.clock("look"), group.clock("time"))
        code.put(group.row("seen_at"), now)
        _see(desk)
        with desk.each_lane(due) as lane:
            _write(desk, lane)


def _see(desk: Desk) -> None:
    """Observed quantities of all lanes at their output times."""
    code, group = desk.code, desk.group
    before, when = group.clock("before"), group.clock("seen_at")
    reach = "reach" if len(desk.layout.programs.events) else "time"
    step = code.v("fsub", group.clock(reach), before)
    part = code.v("fdiv", code.v("fsub", when, before), step)
    moving = code.compare("ogt", step, "zeroinitializer")
    part = code.select(moving, part, splat(1.0))
    with code.loop(desk.word["needed_count"]) as i:
        index = code.get(desk.element("needed", i, "i64"), "i64")
        inside(code, group, part, index)
    kinds = {"time": group.row("seen_at"), "state": group.row("inside")}
    pointers = [kinds.get(kind) or group.row(kind) for kind in OBSERVE]
    listed = ", ".join(f"ptr {p}" for p in [*pointers, "%scratch", "%seen"])
    code.do(f"call void {desk.pointer('observer')}({listed})")


def _write(desk: Desk, lane: str) -> None:
    code, observed = desk.code, desk.word["observed"]
    person = code.get(desk.lane_count("person", lane), "i64")
    output = code.get(desk.lane_count("output", lane), "i64")
    row = desk.whole("mul", person, desk.word["times_count"])
    first = desk.whole("mul", desk.whole("add", row, output), observed)
    target = desk.element("values", first)
    with code.loop(observed) as i:
        place = desk.whole("add", desk.whole("mul", i, str(LANES)), lane)
        code.put(code.at(target, i), code.get(code.at("%seen", place), "double"), "double")
    code.put(desk.lane_count("output", lane), desk.whole("add", output, "1"), "i64")
    look_ahead(desk, lane)


def _first_steps(desk: Desk) -> None:
    """The first step of lanes that begin a stretch."""
    code, group, size = desk.code, desk.group, desk.layout.programs.states
    fresh = desk.flags("restart")
    with code.when(code.any(fresh)):
        kinds = ", ".join(f"ptr {group.row(kind)}" for kind in RATES)
        code.do(f"call void @rates({kinds}, ptr {group.row('scratch')}, "
                f"ptr {group.row('newton')})")  # fmt: skip
        sizes = code.slot(V), code.slot(V)
        for slot in sizes:
            code.put(slot, "zeroinitializer")
        rtol, count = code.spread(desk.setting["rtol"]), splat(float(desk.layout.programs.averaged))
        with code.loop(size) as i:
            state = code.get(code.at(group.row("state"), i, V))
            rate = code.get(code.at(group.row("newton"), i, V))
            atol = code.spread(code.get(desk.element("atol", i), "double"))
            scale = code.muladd(code.intrinsic("fabs", state), rtol, atol)
            for slot, value in zip(sizes, (state, rate), strict=True):
                ratio = code.v("fdiv", value, scale)
                code.put(slot, code.muladd(ratio, ratio, code.get(slot)))
        means = [code.v("fdiv", code.get(slot), count) for slot in sizes]
        y, speed = (code.intrinsic("sqrt", mean) for mean in means)
        left = code.v("fsub", group.clock("stop"), group.clock("time"))
        still = [code.compare("olt", x, splat(control.RESTING)) for x in (y, speed)]
        resting = code.let(f"or {MASK} {still[0]}, {still[1]}")
        part = code.v("fdiv", code.v("fmul", y, splat(control.FIRST_PART)), speed)
        blind = code.v("fmul", left, splat(control.FIRST_BLIND))
        first = code.least(code.select(resting, blind, part), left)
        first = _shared(desk, first, "fmin")
        code.put(group.row("step"), code.select(fresh, first, group.clock("step")))
        code.put(group.row("error"), code.select(fresh, splat(0.0), group.clock("error")))
        rejected = code.let(f"select {MASK} {fresh}, {MASK} zeroinitializer, "
                            f"{MASK} {desk.flags('rejected')}")  # fmt: skip
        desk.put_flags("rejected", rejected)
        finite = code.compare("olt", speed, splat(float("inf")))
        astray = code.both(fresh, code.let(f"xor {MASK} {finite}, splat (i1 true)"))
        with desk.each_lane(astray) as lane:
            end_person(desk, lane, NOT_FINITE)
        code.put(group.row("restart"), "zeroinitializer", WHOLE)


def _judge(desk: Desk) -> None:
    """Attempt a step, accept or reject it in each lane, and choose the next."""
    code, group = desk.code, desk.group
    _bound_step(desk)
    total = code.let(
        f"call {V} @attempt(ptr %memory, ptr {desk.pointer('atol')}, double {desk.setting['rtol']})"
    )
    mean = code.v("fdiv", total, splat(float(desk.layout.programs.averaged)))
    error = _shared(desk, code.intrinsic("sqrt", mean), "fmax")
    busy = desk.busy()
    good = code.both(busy, code.compare("ole", error, splat(1.0)))
    log = code.call("log", code.most(error, splat(control.ERROR_FLOOR)))
    h, stop, now = (group.clock(name) for name in ("step", "stop", "time"))
    arrived = code.compare("oeq", h, code.v("fsub", stop, now))
    target = code.select(arrived, stop, code.v("fadd", now, h))
    previous = group.clock("error")
    code.put(group.row("before"), code.select(good, now, group.clock("before")))
    code.put(group.row("time"), code.select(good, target, now))
    code.put(group.row("error"), code.select(good, log, previous))
    factor = _factor(desk, error, log, previous, good)
    code.put(group.row("step"), code.v("fmul", h, factor))
    desk.put_flags("moved", good)
    desk.put_flags("rejected", code.let(f"xor {MASK} {good}, splat (i1 true)"))
    row = group.row("attempts")
    counted = code.let(f"add {WHOLE} {code.get(row, WHOLE)}, splat (i64 1)")
    code.put(row, counted, WHOLE)
    _give_up(desk, busy, good, counted)


def _bound_step(desk: Desk) -> None:
    """No step is longer than allowed; one that comes close to a stop ends at the stop."""
    code, group = desk.code, desk.group
    left = code.v("fsub", group.clock("stop"), group.clock("time"))
    h = code.least(group.clock("step"), code.spread(desk.setting["longest"]))
    near = code.compare("oge", h, code.v("fmul", left, splat(1 - control.STOP_NEAR)))
    code.put(group.row("step"), _shared(desk, code.select(near, left, h), "fmin"))


def _shared(desk: Desk, value: str, which: str) -> str:
    """Where groups take the same steps, the least or greatest of the lanes with a person.

    One that is not a number counts as worse than all: it makes all of them not a number.
    """
    code = desk.code
    kept = code.slot(V)
    code.put(kept, value)
    with code.when(desk.together):
        busy = desk.busy()
        outside = splat(float("inf") if which == "fmin" else -float("inf"))
        shown = code.select(busy, value, outside)
        one = code.let(f"call double @llvm.vector.reduce.{which}.v8f64({V} {shown})")
        astray = code.any(code.both(busy, code.compare("uno", value, value)))
        nan = f"double {scalar(float('nan'))}"
        code.put(kept, code.spread(code.let(f"select i1 {astray}, {nan}, double {one}")))
    return code.get(kept)


def _factor(desk: Desk, error: str, log: str, previous: str, good: str) -> str:
    """The next step's length in terms of this one's."""
    code = desk.code
    shrinking = code.v("fmul", log, splat(-control.PROPORTIONAL))
    smooth = code.muladd(previous, splat(control.INTEGRAL), shrinking)
    plain = code.call("exp", code.v("fmul", log, splat(-control.AFTER_REJECTION)))
    smooth = code.select(good, code.call("exp", smooth), plain)
    factor = code.v("fmul", smooth, splat(control.SAFETY))
    factor = code.most(factor, splat(control.SHRINK_MOST))
    factor = code.least(factor, splat(control.GROW_MOST))
    quick = code.v("fmul", plain, splat(control.QUICK))
    quick = code.least(quick, splat(control.GROW_QUICKLY))
    factor = code.select(good, code.most(factor, quick), factor)
    calm = code.both(good, desk.flags("rejected"))
    factor = code.select(calm, code.least(factor, splat(1.0)), factor)
    finite = code.compare("olt", error, splat(float("inf")))
    return code.select(finite, factor, splat(control.NOT_FINITE))


def _give_up(desk: Desk, busy: str, good: str, counted: str) -> None:
    """End people whose steps are too many or have shrunk to nothing."""
    code, group = desk.code, desk.group
    h, stop, now = (group.clock(name) for name in ("step", "stop", "time"))
    left = code.intrinsic("fabs", code.v("fsub", stop, now))
    reach = code.v("fadd", code.intrinsic("fabs", now), left)
    tiny = code.compare("ole", h, code.v("fmul", reach, splat(control.TINY)))
    bad = code.both(busy, code.let(f"xor {MASK} {good}, splat (i1 true)"))
    with desk.each_lane(code.both(bad, tiny)) as lane:
        end_person(desk, lane, STEP_UNDERFLOW)
    most = code.let(f"insertelement {WHOLE} poison, i64 {desk.word['most_steps']}, i64 0")
    most = code.let(f"shufflevector {WHOLE} {most}, {WHOLE} poison, "
                    "<8 x i32> zeroinitializer")  # fmt: skip
    over = code.let(f"icmp sge {WHOLE} {counted}, {most}")
    unfinished = code.compare("olt", now, group.clock("end"))
    with desk.each_lane(code.both(desk.busy(), code.both(over, unfinished))) as lane:
        end_person(desk, lane, TOO_MANY_STEPS)
