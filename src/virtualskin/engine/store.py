"""A population's results on disk: one Zarr folder, written chunk by chunk, read lazily."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.course import Course
from virtualskin.engine.errors import StoreMismatch
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.status import Status
from virtualskin.ground import SkinError

if TYPE_CHECKING:
    import xarray as xr
    import zarr

FORMAT: Final = 2
NOT_YET, SOLVED, SOLVED_BY_SECOND, FAILED = range(4)
REASON_BYTES: Final = 160  # not science: room for a reason in UTF-8
DIGEST_BYTES: Final = hashlib.sha256().digest_size
ATTRIBUTE: Final = "virtualskin"
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Packed:
    """The course of one chunk as plain arrays, ready to travel and to be written.

    Args:
        values: (n, T, K).
        times: (n, T) where the times are each person's own, else (T,).
        final: (n, S).
        status: (n,) one of the codes of this module.
        at: (n,) time reached.
        reason: (n, 160) UTF-8, filled up with zeros.
        backend: stamp of the solver.
    """

    values: Floats
    times: Floats
    final: Floats
    status: Bytes
    at: Floats
    reason: Bytes
    backend: str

    @classmethod
    def of(cls, course: Course) -> Packed:
        """The arrays of a course."""
        codes = [
            FAILED if not s.ok else SOLVED_BY_SECOND if s.reason else SOLVED for s in course.status
        ]
        reason = np.zeros((len(codes), REASON_BYTES), np.uint8)
        for row, status in enumerate(course.status):
            if not status.reason:
                continue
            text = status.reason.encode()[:REASON_BYTES].decode("utf-8", "ignore").encode()
            reason[row, : len(text)] = np.frombuffer(text, np.uint8)
        at = np.array([status.at for status in course.status], float)
        return cls(course.values, course.times, course.final, np.array(codes, np.uint8), at,
                   reason, course.backend)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CourseStore:
    """The results of a population in a Zarr folder.

    Arrays: `values` (person, time, quantity), `final` (person, state), `status` (person: 0 not
    solved yet, 1 solved, 2 by the second solver, 3 failed), `reason` (person, letter: UTF-8),
    `at` (person), `time` (time) or `t` (person, time) where times are each person's own, and
    `done` (chunk, byte): the digest of the chunk's inputs once the chunk is wholly written.

    Args:
        path: the folder.
    """

    path: Path

    @cached_property
    def _group(self) -> zarr.Group:
        import zarr

        return zarr.open_group(self.path, mode="r+", zarr_format=3)

    def _array(self, name: str) -> Any:
        return self._group[name]

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the store is of: the parts of its stamp, names, chunk, number of people."""
        found = dict(self._group.attrs).get(ATTRIBUTE)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise StoreMismatch("The folder is no store of this version.", where=str(self.path))
        return found

    @property
    def people(self) -> int:
        """N."""
        return int(self.about["people"])

    @property
    def chunk(self) -> int:
        """People in a chunk."""
        return int(self.about["chunk"])

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.people // self.chunk)

    def rows(self, chunk: int) -> NDArray[np.int64]:
        """The people of a chunk, from 0."""
        return np.arange(chunk * self.chunk, min((chunk + 1) * self.chunk, self.people))

    @classmethod
    def create(
        cls,
        path: Path,
        program: Program,
        states: tuple[str, ...],
        stamp: Mapping[str, str],
        people: int,
        chunk: int,
        *,
        own_times: int | None = None,
    ) -> CourseStore:
        """An empty store; `own_times` is the most observations of a person where times differ.

        It is made beside the place and moved there, so a store that exists is a whole one. Raises
        `SkinError` when the place is taken or cannot be written.
        """
        import zarr

        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise SkinError(
                "There is something already.", code="store_taken", where=str(path),
                hint="Continue it with resume, or choose another folder.",
            )  # fmt: skip
        _sweep_beside(path)
        making = path.with_name(f"{path.name}.making-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            group = zarr.create_group(making, zarr_format=3, overwrite=True)
        except OSError as error:
            message = f"The results cannot be written: {error.strerror}."
            raise SkinError(message, code="store_taken", where=str(path)) from error
        count = own_times or program.times.shape[-1]
        _make_arrays(group, (people, count, len(program.observe), len(states)), chunk,
                     own=own_times is not None or program.times.ndim > 1)  # fmt: skip
        if own_times is None and program.times.ndim == 1:
            times: Any = group["time"]
            times[:] = program.times
        group.attrs[ATTRIBUTE] = {
            "format": FORMAT, "people": people, "chunk": chunk, "stamp": dict(stamp),
            "quantities": list(program.observe), "states": list(states),
        }  # fmt: skip
        if path.exists():
            path.rmdir()
        making.rename(path)
        return cls(path)

    @classmethod
    def open(cls, path: Path | str) -> CourseStore:
        """A store that exists; raises `SkinError` where there is none."""
        store = cls(Path(path))
        if not (store.path / "zarr.json").is_file():
            raise SkinError("There are no results.", code="no_store", where=str(path))
        _ = store.about
        return store

    def require(self, stamp: Mapping[str, str], people: int, chunk: int | None) -> None:
        """Raise `StoreMismatch`, naming what differs, unless the store is of this very run."""
        given = {**stamp, "people": str(people)}
        held = {**self.about["stamp"], "people": str(self.people)}
        if chunk is not None:
            given["chunk"], held["chunk"] = str(chunk), str(self.chunk)
        differ = sorted(name for name in given.keys() | held.keys()
                        if given.get(name) != held.get(name))  # fmt: skip
        if differ:
            raise StoreMismatch(
                f"The results that are there are of another run: {', '.join(differ)} differ.",
                where=str(self.path),
                hint="Resume with what it was begun with, or choose another folder.",
            )

    def sweep(self) -> None:
        """Remove the half-written files of a run that was killed."""
        for left in self.path.rglob("*.partial"):
            left.unlink(missing_ok=True)
        _sweep_beside(self.path)

    def digests(self) -> dict[int, bytes]:
        """Chunk to digest of its inputs, of the chunks that are wholly written."""
        done = self._array("done")[:]
        return {int(i): done[i].tobytes() for i in np.flatnonzero(done.any(axis=1))}

    def write(self, chunk: int, packed: Packed, digest: bytes) -> None:
        """Write a chunk, and only then that it is done."""
        rows = slice(chunk * self.chunk, chunk * self.chunk + len(packed.at))
        values = self._array("values")
        count = packed.values.shape[1]
        whole = np.full((len(packed.at), *values.shape[1:]), np.nan)
        whole[:, :count] = packed.values
        values[rows] = whole
        self._array("final")[rows] = packed.final
        self._array("at")[rows] = packed.at
        self._array("status")[rows] = packed.status
        self._array("reason")[rows] = packed.reason
        if "t" in self._group:
            times = np.full(whole.shape[:2], np.nan)
            times[:, :count] = packed.times
            self._array("t")[rows] = times
        self._array("done")[chunk] = np.frombuffer(digest, np.uint8)

    def course(self, first: int = 0, count: int | None = None) -> Course:
        """The people from `first` on as a `Course`; by default one chunk of them.

        Who has not been solved yet has NaN and the reason "not solved".
        """
        rows = slice(first, min(first + (count or self.chunk), self.people))
        status = tuple(
            Status(
                ok=code in (SOLVED, SOLVED_BY_SECOND),
                reason=_text(reason) if code != NOT_YET else "not solved",
                at=float(at),
            )
            for code, reason, at in zip(
                self._array("status")[rows].tolist(),
                self._array("reason")[rows],
                self._array("at")[rows],
                strict=True,
            )
        )
        return Course(
            values=self._array("values")[rows],
            times=self._array("t")[rows] if "t" in self._group else self._array("time")[:],
            names=tuple(self.about["quantities"]),
            status=status,
            final=self._array("final")[rows],
            states=tuple(self.about["states"]),
            backend=str(self.about["stamp"]["backend"]),
        )

    def to_xarray(self) -> xr.Dataset:
        """Everything as a dataset that reads from disk only what is asked of it."""
        import xarray as xr

        found = xr.open_zarr(self.path, consolidated=False, chunks=None)
        return found.drop_vars("done").assign_coords(
            quantity=list(self.about["quantities"]), state=list(self.about["states"])
        )

    def counts(self) -> tuple[dict[int, int], dict[str, int]]:
        """How many people ended with each code, and how often each reason was given."""
        codes, reasons = dict.fromkeys(range(FAILED + 1), 0), dict[str, int]()
        for chunk in range(self.chunks):
            rows = self.rows(chunk)
            part = slice(int(rows[0]), int(rows[-1]) + 1)
            status = self._array("status")[part]
            for code in codes:
                codes[code] += int(np.sum(status == code))
            told = np.flatnonzero(status > SOLVED)
            if len(told):
                for reason in self._array("reason")[part][told]:
                    reasons[_text(reason)] = reasons.get(_text(reason), 0) + 1
        return codes, dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _sweep_beside(path: Path) -> None:
    """Remove what a run left that was killed before its store stood."""
    for left in path.parent.glob(f"{path.name}.making-*"):
        shutil.rmtree(left, ignore_errors=True)


def _text(reason: Bytes) -> str:
    return reason.tobytes().rstrip(b"\0").decode("utf-8", "replace")


def _make_arrays(
    group: zarr.Group, shape: tuple[int, int, int, int], chunk: int, *, own: bool
) -> None:
    people, times, quantities, states = shape
    nan = float("nan")
    made: dict[str, tuple[tuple[int, ...], tuple[str, ...], str, float]] = {
        "values": ((people, times, quantities), ("person", "time", "quantity"), "float64", nan),
        "final": ((people, states), ("person", "state"), "float64", nan),
        "at": ((people,), ("person",), "float64", nan),
        "status": ((people,), ("person",), "uint8", NOT_YET),
        "reason": ((people, REASON_BYTES), ("person", "letter"), "uint8", 0),
    }
    if own:
        made["t"] = ((people, times), ("person", "time"), "float64", nan)
    for name, (size, dimensions, kind, fill) in made.items():
        # zarr has no chunk of length 0
        chunks = (min(chunk, people), *(max(1, n) for n in size[1:]))
        group.create_array(name, shape=size, chunks=chunks, dtype=kind, fill_value=fill,
                           dimension_names=dimensions)  # fmt: skip
    count = -(-people // chunk)
    group.create_array("done", shape=(count, DIGEST_BYTES), chunks=(1, DIGEST_BYTES), dtype="uint8",
                       fill_value=0, dimension_names=("chunk", "byte"))  # fmt: skip
    if not own:
        group.create_array("time", shape=(times,), chunks=(times,), dtype="float64", fill_value=nan,
                           dimension_names=("time",))  # fmt: skip


def digest_of(*parts: object) -> bytes:
    """SHA-256 of arrays, names and numbers, in order."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            found.update(f"{part.dtype.str}{part.shape}".encode())
            found.update(np.ascontiguousarray(part).data)
        else:
            found.update(json.dumps(part).encode())
        found.update(b"\0")
    return found.digest()
