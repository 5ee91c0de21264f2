"""Events of a model in the machine-code driver: find when a trigger turns, execute what is due.

The rules are those of engine/event.py, whose `Agenda` is the plain form of `settle`. Nothing here
is written into the kernel of a system without events.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from virtualskin.engine.event import BITS, MIX
from virtualskin.engine.kernel.attempt import OBSERVE, inside
from virtualskin.engine.kernel.desk import Desk
from virtualskin.engine.kernel.graph import STATE
from virtualskin.engine.kernel.ir import LANES, MASK, WHOLE, V, scalar, splat
from virtualskin.engine.kernel.job import BAD_DELAY, TOO_MANY_STEPS, TOO_MANY_WAITING
from virtualskin.engine.kernel.programs import Programs, rows_read
from virtualskin.engine.kernel.turnover import end_person

HALVINGS: Final = 54  # not science: a step halved this often is one unit in the last place long
NEVER: Final = scalar(float("inf"))


def event_tables(programs: Programs) -> str:
    """What the model says about its events, as constants of the module."""
    events = programs.events
    tables: dict[str, Sequence[int]] = {
        "initially": events.initially,
        "persistent": events.persistent,
        "at_trigger": events.at_trigger,
        "first": events.first,
        "targets": events.targets,
        "watched_rows": rows_read(programs.watch, STATE),
    }
    return "\n".join(
        f"@event.{name} = internal constant [{max(1, len(values))} x i64] "
        f"[{', '.join(f'i64 {int(v)}' for v in values) or 'i64 0'}]"
        for name, values in tables.items()
    )


class EventStages:
    """The stages of a round that only systems with events have."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is written yet."""
        self.desk, self.code, self.group = desk, desk.code, desk.group
        self.events = desk.layout.programs.events
        self.count = len(self.events)
        self.watched = len(desk.layout.programs.watch.outputs)

    def begin(self, lane: str) -> None:
        """A person comes into a lane: triggers as declared, nothing waits."""
        code = self.code
        with code.loop(self.count) as event:
            given = code.let(f"sitofp i64 {self._table('initially', event)} to double")
            code.put(self._cell("trigger", event, lane), given, "double")
        with code.loop(self.events.slots) as slot:
            code.put(self._cell("waiting_until", slot, lane), NEVER, "double")
        code.put(self.desk.lane_clock("wake", lane), NEVER, "double")
        code.put(self.desk.lane_count("drawn", lane), "0", "i64")

    def alarm(self) -> None:
        """End the last step of each lane where the first trigger turned; mark who has to settle."""
        code, group, desk = self.code, self.group, self.desk
        moved = desk.flags("moved")
        now = group.clock("time")
        code.put(group.row("reach"), now)
        forward = code.both(moved, code.compare("ogt", now, group.clock("before")))
        self._call("watch", group.row("time"), group.row("new"), group.row("watched"))
        turned = code.both(forward, self._differs())
        code.put(group.row("landing"), "zeroinitializer", WHOLE)
        with code.when(code.any(turned)):
            self._bisect(turned)
        stopped = code.compare("oeq", group.clock("time"), group.clock("stop"))
        due = code.let(f"or {MASK} {stopped}, {turned}")
        desk.put_flags("settling", code.both(moved, due))

    def _bisect(self, turned: str) -> None:
        """Halve the step until the moment of the turn is known to the last place."""
        code, group, desk = self.code, self.group, self.desk
        size = desk.layout.programs.states
        before = group.clock("before")
        length = code.v("fsub", group.clock("reach"), before)
        low, high = code.slot(V), code.slot(V)
        code.put(low, "zeroinitializer")
        code.put(high, splat(1.0))
        with code.loop(HALVINGS):
            a, b = code.get(low), code.get(high)
            middle = code.v("fmul", code.v("fadd", a, b), splat(0.5))
            code.put(group.row("seen_at"), code.muladd(middle, length, before))
            with code.loop(len(rows_read(desk.layout.programs.watch, STATE))) as i:
                inside(code, group, middle, self._table("watched_rows", i))
            self._call("watch", group.row("seen_at"), group.row("inside"), group.row("watched"))
            differs = self._differs()
            code.put(high, code.select(differs, middle, b))
            code.put(low, code.select(differs, a, middle))
        part = code.get(high)
        early = code.both(turned, code.compare("olt", part, splat(1.0)))
        with code.loop(size) as i:
            inside(code, group, part, i)
            # outputs inside the step still need `new` as it is
            found = code.get(code.at(group.row("inside"), i, V))
            code.put(code.at(group.row("carry"), i, V), found)
        desk.put_flags("landing", early)
        moment = code.muladd(part, length, before)
        code.put(group.row("time"), code.select(early, moment, group.clock("time")))

    def _land(self) -> None:
        """Where a step was ended early the new states are those of its last moment."""
        code = self.code
        landing = self.desk.flags("landing")
        with code.when(code.any(landing)):
            self._copy("carry", "new", landing)

    def settle(self) -> None:
        """Take over the new states and execute what is due, until nothing more happens."""
        code, group, desk = self.code, self.group, self.desk
        moved = desk.flags("moved")
        with code.when(code.any(moved)):
            self._land()
            self._copy("new", "state", moved)
            with code.forever() as (_, leave):
                settling = desk.flags("settling")
                code.go(leave, condition=code.let(f"xor i1 {code.any(settling)}, true"))
                for name, out in (("watch", "watched"), ("react", "reaction")):
                    self._call(name, group.row("time"), group.row("state"), group.row(out))
                with desk.each_lane(settling) as lane:
                    self._settle_lane(lane)
            still = desk.flags("moved")
            self._copy("state", "new", still)
            for name in ("before", "reach"):
                moment = code.select(still, group.clock("time"), group.clock(name))
                code.put(group.row(name), moment)

    def _settle_lane(self, lane: str) -> None:
        code, desk = self.code, self.desk
        now = code.get(desk.lane_clock("time", lane), "double")
        failed = code.slot("i64")
        code.put(failed, "0", "i64")
        with code.loop(self.count) as event:
            self._look(event, lane, now, failed)
        with code.loop(self.watched - self.count) as n:
            row = desk.whole("add", n, str(self.count))
            fresh = code.get(self._cell("watched", row, lane), "double")
            code.put(self._cell("trigger", row, lane), fresh, "double")
        ending = code.get(failed, "i64")
        for reason in (BAD_DELAY, TOO_MANY_WAITING):
            with code.when(code.let(f"icmp eq i64 {ending}, {reason}")):
                code.put(desk.lane_count("settling", lane), "0", "i64")
                end_person(desk, lane, reason)
        with code.when(code.let(f"icmp eq i64 {ending}, 0")):
            self._execute(lane, now)

    def _look(self, event: str, lane: str, now: str, failed: str) -> None:
        """Put an event on the agenda when its trigger has turned true, or take it off."""
        code = self.code
        old = self._cell("trigger", event, lane)
        new = code.get(self._cell("watched", event, lane), "double")
        was = code.let(f"fcmp une double {code.get(old, 'double')}, {scalar(0.0)}")
        is_ = code.let(f"fcmp une double {new}, {scalar(0.0)}")
        code.put(old, new, "double")
        rising = code.let(f"and i1 {is_}, {code.let(f'xor i1 {was}, true')}")
        with code.when(rising):
            self._trigger(event, lane, now, failed)
        fleeting = code.let(f"icmp eq i64 {self._table('persistent', event)}, 0")
        falling = code.let(f"and i1 {was}, {code.let(f'xor i1 {is_}, true')}")
        with (
            code.when(code.let(f"and i1 {falling}, {fleeting}")),
            code.loop(self.events.slots) as slot,
        ):
            owner = code.get(self._cell("waiting_event", slot, lane), "i64")
            with code.when(code.let(f"icmp eq i64 {owner}, {event}")):
                code.put(self._cell("waiting_until", slot, lane), NEVER, "double")

    def _trigger(self, event: str, lane: str, now: str, failed: str) -> None:
        code = self.code
        delay = code.get(self._cell("reaction", event, lane), "double")
        sound = code.let(f"fcmp oge double {delay}, {scalar(0.0)}")
        with code.when(code.let(f"xor i1 {sound}, true")):
            code.put(failed, str(BAD_DELAY), "i64")
        free = code.slot("i64")
        code.put(free, "-1", "i64")
        with code.loop(self.events.slots) as slot:
            until = code.get(self._cell("waiting_until", slot, lane), "double")
            with code.when(code.let(f"fcmp oeq double {until}, {NEVER}")):
                code.put(free, slot, "i64")
        slot = code.get(free, "i64")
        none = code.let(f"icmp slt i64 {slot}, 0")
        with code.when(none):
            code.put(failed, str(TOO_MANY_WAITING), "i64")
        with code.when(code.let(f"xor i1 {none}, true")):
            until = code.let(f"fadd double {now}, {delay}")
            code.put(self._cell("waiting_until", slot, lane), until, "double")
            code.put(self._cell("waiting_event", slot, lane), event, "i64")
            with code.loop(self._values(event)) as i:
                value = code.get(self._reaction_value(event, i, lane), "double")
                code.put(self._waiting_value(slot, i, lane), value, "double")

    def _execute(self, lane: str, now: str) -> None:
        """Execute one of those that are due first, or find that nothing is."""
        code, desk = self.code, self.desk
        highest, wake, equals = code.slot("double"), code.slot("double"), code.slot("i64")
        code.put(highest, scalar(-math.inf), "double")
        code.put(wake, NEVER, "double")
        code.put(equals, "0", "i64")
        with self._each_due(lane, now, wake) as slot:
            own = self._priority(slot, lane)
            above = code.let(f"fcmp ogt double {own}, {code.get(highest, 'double')}")
            with code.when(above):
                code.put(highest, own, "double")
                code.put(equals, "0", "i64")
            equal = code.let(f"fcmp oeq double {own}, {code.get(highest, 'double')}")
            count = code.get(equals, "i64")
            more = code.let(f"zext i1 {equal} to i64")
            code.put(equals, desk.whole("add", count, more), "i64")
        count = code.get(equals, "i64")
        nothing = code.let(f"icmp eq i64 {count}, 0")
        with code.when(nothing):
            code.put(desk.lane_count("settling", lane), "0", "i64")
            self._stop_at(code.get(wake, "double"), lane)
        with code.when(code.let(f"xor i1 {nothing}, true")):
            slot = self._drawn(lane, now, code.get(highest, "double"), count)
            self._assign(slot, code.get(self._cell("waiting_event", slot, lane), "i64"), lane)
            code.put(self._cell("waiting_until", slot, lane), NEVER, "double")
            code.put(desk.lane_count("restart", lane), "1", "i64")
            self._count(lane)

    @contextmanager
    def _each_due(self, lane: str, now: str, wake: str) -> Generator[str]:
        """A block for every slot that is due; `wake` becomes the earliest time of all."""
        code = self.code
        with code.loop(self.events.slots) as slot:
            until = code.get(self._cell("waiting_until", slot, lane), "double")
            soonest = code.get(wake, "double")
            sooner = code.let(f"fcmp olt double {until}, {soonest}")
            least = code.let(f"select i1 {sooner}, double {until}, double {soonest}")
            code.put(wake, least, "double")
            with code.when(code.let(f"fcmp ole double {until}, {now}")):
                yield slot

    def _priority(self, slot: str, lane: str) -> str:
        """A waiting event's priority; one that is not a number is none."""
        code, desk = self.code, self.desk
        event = code.get(self._cell("waiting_event", slot, lane), "i64")
        place = desk.whole("add", event, str(self.count))
        own = code.get(self._cell("reaction", place, lane), "double")
        sound = code.let(f"fcmp ord double {own}, {own}")
        return code.let(f"select i1 {sound}, double {own}, double {scalar(-math.inf)}")

    def _drawn(self, lane: str, now: str, highest: str, count: str) -> str:
        """The slot of the one that chance takes among those of the highest priority.

        They are counted in the order of the model, and those of one event by their time.
        """
        code, desk = self.code, self.desk
        drawn = desk.lane_count("drawn", lane)
        number = code.get(drawn, "i64")
        code.put(drawn, desk.whole("add", number, "1"), "i64")
        wanted = desk.whole("urem", self._mixed(number), count)
        found, unused = code.slot("i64"), code.slot("double")
        code.put(found, "0", "i64")
        code.put(unused, NEVER, "double")
        with self._each_due(lane, now, unused) as slot:
            before = code.slot("i64")
            code.put(before, "0", "i64")
            mine = self._order(slot, lane)
            with self._each_due(lane, now, unused) as other:
                same = code.let(f"fcmp oeq double {self._priority(other, lane)}, {highest}")
                earlier = self._is_before(self._order(other, lane), other, mine, slot)
                counts = code.let(f"zext i1 {code.let(f'and i1 {same}, {earlier}')} to i64")
                code.put(before, desk.whole("add", code.get(before, "i64"), counts), "i64")
            rank = code.let(f"icmp eq i64 {code.get(before, 'i64')}, {wanted}")
            first = code.let(f"fcmp oeq double {self._priority(slot, lane)}, {highest}")
            with code.when(code.let(f"and i1 {rank}, {first}")):
                code.put(found, slot, "i64")
        return code.get(found, "i64")

    def _order(self, slot: str, lane: str) -> tuple[str, str]:
        code = self.code
        event = code.get(self._cell("waiting_event", slot, lane), "i64")
        return event, code.get(self._cell("waiting_until", slot, lane), "double")

    def _is_before(self, a: tuple[str, str], slot_a: str, b: tuple[str, str], slot_b: str) -> str:
        """Whether `a` comes first by event, then by time, then by slot."""
        code = self.code
        slots = code.let(f"icmp ult i64 {slot_a}, {slot_b}")
        equal = code.let(f"fcmp oeq double {a[1]}, {b[1]}")
        less = code.let(f"fcmp olt double {a[1]}, {b[1]}")
        times = self._either(less, code.let(f"and i1 {equal}, {slots}"))
        same = code.let(f"icmp eq i64 {a[0]}, {b[0]}")
        events = code.let(f"icmp ult i64 {a[0]}, {b[0]}")
        return self._either(events, code.let(f"and i1 {same}, {times}"))

    def _mixed(self, count: str) -> str:
        """`mixed` of engine/event.py."""
        desk = self.desk
        x = desk.whole("add", count, "1")
        for shift, factor in MIX:
            x = desk.whole("xor", x, desk.whole("lshr", x, str(shift)))
            x = desk.whole("and", desk.whole("mul", x, str(factor)), str(BITS))
        return desk.whole("xor", x, desk.whole("lshr", x, str(MIX[0][0])))

    def _stop_at(self, wake: str, lane: str) -> None:
        """The lane's next stop is not later than its next execution."""
        code, desk = self.code, self.desk
        code.put(desk.lane_clock("wake", lane), wake, "double")
        place = desk.lane_clock("stop", lane)
        stop = code.get(place, "double")
        sooner = code.let(f"fcmp olt double {wake}, {stop}")
        code.put(place, code.let(f"select i1 {sooner}, double {wake}, double {stop}"), "double")

    def _assign(self, slot: str, event: str, lane: str) -> None:
        code, desk = self.code, self.desk
        early = code.let(f"icmp ne i64 {self._table('at_trigger', event)}, 0")
        first = self._table("first", event)
        with code.loop(self._values(event)) as i:
            kept = code.get(self._waiting_value(slot, i, lane), "double")
            fresh = code.get(self._reaction_value(event, i, lane), "double")
            value = code.let(f"select i1 {early}, double {kept}, double {fresh}")
            target = self._table("targets", desk.whole("add", first, i))
            code.put(self._cell("state", target, lane), value, "double")

    def _count(self, lane: str) -> None:
        """An execution counts as a step, so that events which set each other off come to an end."""
        code, desk = self.code, self.desk
        place = desk.lane_count("attempts", lane)
        code.put(place, desk.whole("add", code.get(place, "i64"), "1"), "i64")
        over = code.let(f"icmp sge i64 {code.get(place, 'i64')}, {desk.word['most_steps']}")
        with code.when(over):
            code.put(desk.lane_count("settling", lane), "0", "i64")
            end_person(desk, lane, TOO_MANY_STEPS)

    def _either(self, a: str, b: str) -> str:
        return self.code.let(f"or i1 {a}, {b}")

    def _values(self, event: str) -> str:
        first = self._table("first", event)
        after = self._table("first", self.desk.whole("add", event, "1"))
        return self.desk.whole("sub", after, first)

    def _reaction_value(self, event: str, index: str, lane: str) -> str:
        desk = self.desk
        place = desk.whole("add", self._table("first", event), index)
        return self._cell("reaction", desk.whole("add", place, str(2 * self.count)), lane)

    def _waiting_value(self, slot: str, index: str, lane: str) -> str:
        desk = self.desk
        first = desk.whole("mul", slot, str(self.events.widest))
        return self._cell("waiting_value", desk.whole("add", first, index), lane)

    def _cell(self, name: str, row: str, lane: str) -> str:
        """The address of a lane's number in one of the rows of a kind."""
        desk = self.desk
        place = desk.whole("add", desk.whole("mul", row, str(LANES)), lane)
        return self.code.at(self.group.row(name), place)

    def _table(self, name: str, index: str) -> str:
        return self.code.get(self.code.at(f"@event.{name}", index, "i64"), "i64")

    def _copy(self, source: str, target: str, mask: str) -> None:
        code, group = self.code, self.group
        with code.loop(self.desk.layout.programs.states) as i:
            place = code.at(group.row(target), i, V)
            value = code.get(code.at(group.row(source), i, V))
            code.put(place, code.select(mask, value, code.get(place)))

    def _differs(self) -> str:
        """Lanes in which a trigger, or a comparison in one, is not as it was last seen."""
        code, group = self.code, self.group
        found = code.slot(WHOLE)
        code.put(found, "zeroinitializer", WHOLE)
        with code.loop(self.watched) as event:
            one = code.get(code.at(group.row("watched"), event, V))
            two = code.get(code.at(group.row("trigger"), event, V))
            other = code.let(f"zext {MASK} {code.compare('une', one, two)} to {WHOLE}")
            either = code.let(f"or {WHOLE} {code.get(found, WHOLE)}, {other}")
            code.put(found, either, WHOLE)
        return code.let(f"icmp ne {WHOLE} {code.get(found, WHOLE)}, zeroinitializer")

    def _call(self, name: str, time: str, state: str, out: str) -> None:
        kinds = {"time": time, "state": state}
        pointers = [kinds.get(kind) or self.group.row(kind) for kind in OBSERVE]
        listed = ", ".join(f"ptr {p}" for p in [*pointers, self.group.row("scratch"), out])
        self.code.do(f"call void @{name}({listed})")
