"""The driver in LLVM IR: a thread's loop over its eight lanes, until the queue is empty.

The rounds are those of lanes.py. People are taken one by one from a counter that all threads share,
so no thread waits for another and no lane for a longer run; which thread solves whom changes
nothing, because lanes never mix.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from virtualskin.engine.kernel import control
from virtualskin.engine.kernel.attempt import (
    NEWTON,
    OBSERVE,
    PREPARE,
    RATES,
    SOLVE,
    Group,
    attempt,
    inside,
)
from virtualskin.engine.kernel.emit import emit
from virtualskin.engine.kernel.ir import LANES, MASK, WHOLE, Code, V, splat
from virtualskin.engine.kernel.job import (
    DONE,
    NOT_FINITE,
    STEP_UNDERFLOW,
    TOO_MANY_STEPS,
    WAITING,
)
from virtualskin.engine.kernel.layout import SETTINGS, WORDS, Layout
from virtualskin.engine.kernel.programs import Programs, Tape
from virtualskin.engine.kernel.vector_math import vector_math

IDLE: Final = "-1"
FLUSH: Final = 0x8040  # not science: bits of x86's control word, results and operands to zero


def kernel_text(programs: Programs, *, fma: bool, x86: bool) -> tuple[str, Layout]:
    """The module of a system with its one public function `@drive(words, memory)`."""
    tapes = {
        "prepare": emit("prepare", programs.prepare, PREPARE, fma=fma),
        "rates": emit("rates", programs.rates, RATES, fma=fma),
        "newton": emit("newton", programs.newton, NEWTON, fma=fma),
        "solve": emit("solve", programs.solve, SOLVE, fma=fma),
    }
    layout = Layout(programs, max(tape.scratch for tape in tapes.values()))
    parts = [vector_math(fma=fma), *(tape.text for tape in tapes.values()), attempt(layout)]
    return "\n".join([*parts, _Driver(layout, x86=x86).text()]), layout


def observer_text(observer: Tape, *, fma: bool) -> tuple[str, int]:
    """The module that computes observed quantities, and the scratch rows it needs."""
    made = emit("observe", observer, OBSERVE, fma=fma, public=True)
    return f"{vector_math(fma=fma)}\n{made.text}", made.scratch


class _Driver:
    """Writes `@drive`; every method is one stage of a round."""

    def __init__(self, layout: Layout, *, x86: bool) -> None:
        self.layout, self.x86 = layout, x86
        self.code = Code("define void @drive(ptr %words, ptr noalias %memory, ptr %scratch, "
                         "ptr %seen) nounwind")  # fmt: skip
        self.group = Group(self.code, layout)

    def text(self) -> str:
        code = self.code
        self.word = {name: code.get(code.at("%words", i, "i64"), "i64") for i, name in
                     enumerate(WORDS)}  # fmt: skip
        settings = self.pointer("settings")
        self.setting = {
            name: code.get(code.at(settings, i), "double") for i, name in enumerate(SETTINGS)
        }
        kept = self._flush_subnormals()
        self.active, self.drained = code.slot("i64", "0"), code.slot("i1", "false")
        self.filled = code.slot("i1")
        self._idle_everywhere()
        with code.forever() as (again, leave):
            self._fill()
            self._write_outputs()
            self._move_on()
            active = code.get(self.active, "i64")
            waiting = code.let(f"xor i1 {code.get(self.drained, 'i1')}, true")
            room = code.let(f"icmp ult i64 {active}, {LANES}")
            code.go(again, condition=code.let(f"and i1 {waiting}, {room}"))
            code.go(leave, condition=code.let(f"icmp eq i64 {active}, 0"))
            self._first_steps()
            self._judge()
        if self.x86:
            code.do(f"call void @llvm.x86.sse.ldmxcsr(ptr {kept})")
        code.do("ret void")
        return code.text()

    # ------------------------------------------------------------------------------ addresses
    def pointer(self, name: str) -> str:
        return self.code.let(f"inttoptr i64 {self.word[name]} to ptr")

    def lane_count(self, name: str, lane: str) -> str:
        return self.code.at(self.group.row(name), lane, "i64")

    def lane_clock(self, name: str, lane: str) -> str:
        return self.code.at(self.group.row(name), lane)

    def element(self, name: str, index: str, kind: str = "double") -> str:
        """The address of an element of one of the caller's arrays."""
        return self.code.at(self.pointer(name), index, kind)

    def whole(self, op: str, a: str, b: str) -> str:
        return self.code.let(f"{op} i64 {a}, {b}")

    def flags(self, name: str) -> str:
        """A row of whole numbers as a mask of those that are not zero."""
        row = self.code.get(self.group.row(name), WHOLE)
        return self.code.let(f"icmp ne {WHOLE} {row}, zeroinitializer")

    def busy(self) -> str:
        row = self.code.get(self.group.row("person"), WHOLE)
        return self.code.let(f"icmp sge {WHOLE} {row}, zeroinitializer")

    def put_flags(self, name: str, mask: str) -> None:
        row = self.code.let(f"zext {MASK} {mask} to {WHOLE}")
        self.code.put(self.group.row(name), row, WHOLE)

    @contextmanager
    def each_lane(self, mask: str) -> Generator[str]:
        """A block for every lane in a mask, if there is any."""
        code = self.code
        bits = code.bits(mask)
        with code.when(code.let(f"icmp ne i8 {bits}, 0")), code.loop(LANES) as lane:
            byte = code.let(f"trunc i64 {lane} to i8")
            shifted = code.let(f"lshr i8 {bits}, {byte}")
            with code.when(code.let(f"trunc i8 {shifted} to i1")):
                yield lane

    # --------------------------------------------------------------------------------- stages
    def _flush_subnormals(self) -> str:
        """Take numbers below 2e-308 as zero until the end: gone states cost the machine dearly."""
        code = self.code
        kept, set_ = code.slot("i32"), code.slot("i32")
        if self.x86:
            code.do(f"call void @llvm.x86.sse.stmxcsr(ptr {kept})")
            word = code.let(f"or i32 {code.get(kept, 'i32')}, {FLUSH}")
            code.put(set_, word, "i32")
            code.do(f"call void @llvm.x86.sse.ldmxcsr(ptr {set_})")
        return kept

    def _idle_everywhere(self) -> None:
        code, group, programs = self.code, self.group, self.layout.programs
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
            value = code.get(self.element("slack", i), "double")
            code.put(code.at(slack, i, V), code.spread(value))

    def _fill(self) -> None:
        """Take people from the shared counter into idle lanes."""
        code = self.code
        code.put(self.filled, "false", "i1")
        idle = code.let(f"xor {MASK} {self.busy()}, splat (i1 true)")
        with self.each_lane(idle) as lane, code.forever() as (again, leave):
            code.go(leave, condition=code.get(self.drained, "i1"))
            counter = self.pointer("next")
            person = code.let(f"atomicrmw add ptr {counter}, i64 1 monotonic")
            over = code.let(f"icmp uge i64 {person}, {self.word['people']}")
            code.put(self.drained, over, "i1")
            code.go(leave, condition=over)
            ending = code.get(self.element("ending", person, "i64"), "i64")
            code.go(again, condition=code.let(f"icmp ne i64 {ending}, {WAITING}"))
            self._take(lane, person)
            code.go(leave)
        with code.when(code.get(self.filled, "i1")):
            kinds = ", ".join(f"ptr {self.group.row(kind)}" for kind in PREPARE)
            scratch, out = self.group.row("scratch"), self.group.row("hoisted")
            code.do(f"call void @prepare({kinds}, ptr {scratch}, ptr {out})")

    def _take(self, lane: str, person: str) -> None:
        code, programs = self.code, self.layout.programs
        code.put(self.filled, "true", "i1")
        code.put(self.active, self.whole("add", code.get(self.active, "i64"), "1"), "i64")
        code.put(self.lane_count("person", lane), person, "i64")
        for name, rows, targets in (
            ("parameters", programs.parameters, ("parameter",)),
            ("initial", programs.states, ("state", "new")),
        ):
            first = self.element(name, self.whole("mul", person, str(rows)))
            with code.loop(rows) as i:
                value = code.get(code.at(first, i), "double")
                place = self.whole("add", self.whole("mul", i, str(LANES)), lane)
                for target in targets:
                    code.put(code.at(self.group.row(target), place), value, "double")
        for name in ("time", "before", "stop"):
            code.put(self.lane_clock(name, lane), self.setting["start"], "double")
        end = code.get(self.element("ends", person), "double")
        code.put(self.lane_clock("end", lane), end, "double")
        dose = code.get(self.element("dose_first", person, "i64"), "i64")
        code.put(self.lane_count("dose", lane), dose, "i64")
        for name, value in (("output", "0"), ("attempts", "0"), ("rejected", "0"), ("moved", "1")):
            code.put(self.lane_count(name, lane), value, "i64")

    def _write_outputs(self) -> None:
        """Every output time that the last step reached."""
        code, group = self.code, self.group
        with code.when(code.any(self.flags("moved"))), code.forever() as (_, leave):
            code.put(group.row("due"), "zeroinitializer", WHOLE)
            code.put(group.row("seen_at"), group.clock("time"))
            with self.each_lane(self.flags("moved")) as lane:
                self._find_due(lane)
            due = self.flags("due")
            code.go(leave, condition=code.let(f"xor i1 {code.any(due)}, true"))
            self._see()
            with self.each_lane(due) as lane:
                self._write(lane)

    def _find_due(self, lane: str) -> None:
        code, word = self.code, self.word
        output = code.get(self.lane_count("output", lane), "i64")
        with code.when(code.let(f"icmp ult i64 {output}, {word['times_count']}")):
            person = code.get(self.lane_count("person", lane), "i64")
            row = self.whole("mul", person, word["times_stride"])
            when = code.get(self.element("times", self.whole("add", row, output)), "double")
            now = code.get(self.lane_clock("time", lane), "double")
            end = code.get(self.lane_clock("end", lane), "double")
            reached = code.let(f"fcmp ole double {when}, {now}")
            wanted = code.let(f"fcmp ole double {when}, {end}")
            with code.when(code.let(f"and i1 {reached}, {wanted}")):
                code.put(self.lane_clock("seen_at", lane), when, "double")
                code.put(self.lane_count("due", lane), "1", "i64")

    def _see(self) -> None:
        """Observed quantities of all lanes at their output times."""
        code, group = self.code, self.group
        before, when = group.clock("before"), group.clock("seen_at")
        step = code.v("fsub", group.clock("time"), before)
        part = code.v("fdiv", code.v("fsub", when, before), step)
        moving = code.compare("ogt", step, "zeroinitializer")
        part = code.select(moving, part, splat(1.0))
        with code.loop(self.word["needed_count"]) as i:
            index = code.get(self.element("needed", i, "i64"), "i64")
            inside(code, group, part, index)
        kinds = {"time": group.row("seen_at"), "state": group.row("inside")}
        pointers = [kinds.get(kind) or group.row(kind) for kind in OBSERVE]
        listed = ", ".join(f"ptr {p}" for p in [*pointers, "%scratch", "%seen"])
        code.do(f"call void {self.pointer('observer')}({listed})")

    def _write(self, lane: str) -> None:
        code, observed = self.code, self.word["observed"]
        person = code.get(self.lane_count("person", lane), "i64")
        output = code.get(self.lane_count("output", lane), "i64")
        row = self.whole("mul", person, self.word["times_count"])
        first = self.whole("mul", self.whole("add", row, output), observed)
        target = self.element("values", first)
        with code.loop(observed) as i:
            place = self.whole("add", self.whole("mul", i, str(LANES)), lane)
            code.put(code.at(target, i), code.get(code.at("%seen", place), "double"), "double")
        code.put(self.lane_count("output", lane), self.whole("add", output, "1"), "i64")

    def _move_on(self) -> None:
        """Take over the new states; at a stop give doses or end the person."""
        code, group = self.code, self.group
        moved = self.flags("moved")
        with code.when(code.any(moved)):
            state, new = group.row("state"), group.row("new")
            with code.loop(self.layout.programs.states) as i:
                place = code.at(state, i, V)
                code.put(place, code.select(moved, code.get(code.at(new, i, V)), code.get(place)))
            stopped = code.compare("oeq", group.clock("time"), group.clock("stop"))
            with self.each_lane(code.both(moved, stopped)) as lane:
                now = code.get(self.lane_clock("time", lane), "double")
                end = code.get(self.lane_clock("end", lane), "double")
                over = code.let(f"fcmp oge double {now}, {end}")
                with code.when(over):
                    self._end(lane, DONE)
                with code.when(code.let(f"xor i1 {over}, true")):
                    self._dose(lane, now, end)
            code.put(group.row("moved"), "zeroinitializer", WHOLE)

    def _dose(self, lane: str, now: str, end: str) -> None:
        code = self.code
        person = code.get(self.lane_count("person", lane), "i64")
        after = self.whole("add", person, "1")
        last = code.get(self.element("dose_first", after, "i64"), "i64")
        stop = self.lane_clock("stop", lane)
        code.put(stop, end, "double")
        code.put(self.lane_count("restart", lane), "1", "i64")
        with code.forever() as (_, leave):
            dose = code.get(self.lane_count("dose", lane), "i64")
            code.go(leave, condition=code.let(f"icmp uge i64 {dose}, {last}"))
            when = code.get(self.element("dose_time", dose), "double")
            future = code.let(f"fcmp ogt double {when}, {now}")
            with code.when(future):
                code.put(stop, when, "double")
            code.go(leave, condition=future)
            row = code.get(self.element("dose_state", dose, "i64"), "i64")
            place = self.whole("add", self.whole("mul", row, str(LANES)), lane)
            target = code.at(self.group.row("state"), place)
            amount = code.get(self.element("dose_amount", dose), "double")
            total = code.let(f"fadd double {code.get(target, 'double')}, {amount}")
            code.put(target, total, "double")
            code.put(self.lane_count("dose", lane), self.whole("add", dose, "1"), "i64")

    def _end(self, lane: str, ending: int) -> None:
        """Write how a person ended, and leave the lane idle."""
        code, size = self.code, self.layout.programs.states
        person = code.get(self.lane_count("person", lane), "i64")
        code.put(self.element("ending", person, "i64"), str(ending), "i64")
        now = code.get(self.lane_clock("time", lane), "double")
        code.put(self.element("at", person), now, "double")
        attempts = code.get(self.lane_count("attempts", lane), "i64")
        code.put(self.element("attempts", person, "i64"), attempts, "i64")
        if ending == DONE:
            target = self.element("final", self.whole("mul", person, str(size)))
            with code.loop(size) as i:
                place = self.whole("add", self.whole("mul", i, str(LANES)), lane)
                value = code.get(code.at(self.group.row("state"), place), "double")
                code.put(code.at(target, i), value, "double")
        code.put(self.lane_count("person", lane), IDLE, "i64")
        code.put(self.lane_count("moved", lane), "0", "i64")
        code.put(self.active, self.whole("sub", code.get(self.active, "i64"), "1"), "i64")

    def _first_steps(self) -> None:
        """The first step of lanes that begin a stretch."""
        code, group, size = self.code, self.group, self.layout.programs.states
        fresh = self.flags("restart")
        with code.when(code.any(fresh)):
            kinds = ", ".join(f"ptr {group.row(kind)}" for kind in RATES)
            code.do(f"call void @rates({kinds}, ptr {group.row('scratch')}, "
                    f"ptr {group.row('newton')})")  # fmt: skip
            sizes = code.slot(V), code.slot(V)
            for slot in sizes:
                code.put(slot, "zeroinitializer")
            rtol, count = code.spread(self.setting["rtol"]), splat(float(size))
            with code.loop(size) as i:
                state = code.get(code.at(group.row("state"), i, V))
                rate = code.get(code.at(group.row("newton"), i, V))
                atol = code.spread(code.get(self.element("atol", i), "double"))
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
            code.put(group.row("step"), code.select(fresh, first, group.clock("step")))
            code.put(group.row("error"), code.select(fresh, splat(0.0), group.clock("error")))
            rejected = code.let(f"select {MASK} {fresh}, {MASK} zeroinitializer, "
                                f"{MASK} {self.flags('rejected')}")  # fmt: skip
            self.put_flags("rejected", rejected)
            finite = code.compare("olt", speed, splat(float("inf")))
            astray = code.both(fresh, code.let(f"xor {MASK} {finite}, splat (i1 true)"))
            with self.each_lane(astray) as lane:
                self._end(lane, NOT_FINITE)
            code.put(group.row("restart"), "zeroinitializer", WHOLE)

    def _judge(self) -> None:
        """Attempt a step, accept or reject it in each lane, and choose the next."""
        code, group = self.code, self.group
        total = code.let(
            f"call {V} @attempt(ptr %memory, ptr {self.pointer('atol')}, "
            f"double {self.setting['rtol']}, double {self.setting['longest']})"
        )
        mean = code.v("fdiv", total, splat(float(self.layout.programs.states)))
        error = code.intrinsic("sqrt", mean)
        busy = self.busy()
        good = code.both(busy, code.compare("ole", error, splat(1.0)))
        log = code.call("log", code.most(error, splat(control.ERROR_FLOOR)))
        h, stop, now = (group.clock(name) for name in ("step", "stop", "time"))
        arrived = code.compare("oeq", h, code.v("fsub", stop, now))
        target = code.select(arrived, stop, code.v("fadd", now, h))
        previous = group.clock("error")
        code.put(group.row("before"), code.select(good, now, group.clock("before")))
        code.put(group.row("time"), code.select(good, target, now))
        code.put(group.row("error"), code.select(good, log, previous))
        factor = self._factor(error, log, previous, good)
        code.put(group.row("step"), code.v("fmul", h, factor))
        self.put_flags("moved", good)
        self.put_flags("rejected", code.let(f"xor {MASK} {good}, splat (i1 true)"))
        row = group.row("attempts")
        counted = code.let(f"add {WHOLE} {code.get(row, WHOLE)}, splat (i64 1)")
        code.put(row, counted, WHOLE)
        self._give_up(busy, good, counted)

    def _factor(self, error: str, log: str, previous: str, good: str) -> str:
        """The next step's length in terms of this one's."""
        code = self.code
        shrinking = code.v("fmul", log, splat(-control.PROPORTIONAL))
        smooth = code.muladd(previous, splat(control.INTEGRAL), shrinking)
        smooth = code.select(good, smooth, code.v("fmul", log, splat(-control.AFTER_REJECTION)))
        factor = code.v("fmul", code.call("exp", smooth), splat(control.SAFETY))
        factor = code.most(factor, splat(control.SHRINK_MOST))
        factor = code.least(factor, splat(control.GROW_MOST))
        calm = code.both(good, self.flags("rejected"))
        factor = code.select(calm, code.least(factor, splat(1.0)), factor)
        finite = code.compare("olt", error, splat(float("inf")))
        return code.select(finite, factor, splat(control.NOT_FINITE))

    def _give_up(self, busy: str, good: str, counted: str) -> None:
        """End people whose steps are too many or have shrunk to nothing."""
        code, group = self.code, self.group
        h, stop, now = (group.clock(name) for name in ("step", "stop", "time"))
        left = code.intrinsic("fabs", code.v("fsub", stop, now))
        reach = code.v("fadd", code.intrinsic("fabs", now), left)
        tiny = code.compare("ole", h, code.v("fmul", reach, splat(control.TINY)))
        bad = code.both(busy, code.let(f"xor {MASK} {good}, splat (i1 true)"))
        with self.each_lane(code.both(bad, tiny)) as lane:
            self._end(lane, STEP_UNDERFLOW)
        most = code.let(f"insertelement {WHOLE} poison, i64 {self.word['most_steps']}, i64 0")
        most = code.let(f"shufflevector {WHOLE} {most}, {WHOLE} poison, "
                        "<8 x i32> zeroinitializer")  # fmt: skip
        over = code.let(f"icmp sge {WHOLE} {counted}, {most}")
        unfinished = code.compare("olt", now, group.clock("end"))
        with self.each_lane(code.both(self.busy(), code.both(over, unfinished))) as lane:
            self._end(lane, TOO_MANY_STEPS)
