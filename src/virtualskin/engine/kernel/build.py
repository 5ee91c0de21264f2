"""LLVM IR text to functions of this process, through llvmlite; no compiler is needed.

The target is the processor at hand with all it offers. Little is optimised above the instruction
selection: our text is already without repetition, and a first result within a second matters more
than the last tenth of speed.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count
from typing import Any, Final

from virtualskin.engine.kernel.cache import Store
from virtualskin.engine.kernel.vector_math import LIBRARY

LEVEL: Final = 1
_LOCK: Final = threading.Lock()
_NUMBER: Final = count()


class BuildFailed(Exception):
    """LLVM refused our text: a fault of the emitter, not of the model."""


@dataclass(frozen=True, eq=False)
class Built:
    """Machine code in memory.

    Args:
        tracker: keeps the code alive.
        address: where each public function begins.
    """

    tracker: Any
    address: dict[str, int]


@dataclass(frozen=True)
class Host:
    """What code is made for: triple, processor, its features, and LLVM's version."""

    triple: str
    processor: str
    features: str
    llvm: str

    @property
    def fma(self) -> bool:
        """Whether multiply-add is one instruction."""
        return bool({"+fma", "+neon"} & set(self.features.split(",")))

    @property
    def tables(self) -> bool:
        """Whether one instruction picks eight doubles out of registers, as AVX-512's do."""
        return "+avx512f" in self.features.split(",")

    @property
    def x86(self) -> bool:
        """Whether this is an x86 processor, whose control word can flush subnormal numbers."""
        return self.triple.startswith(("x86_64", "i686", "amd64"))


def available() -> bool:
    """Whether llvmlite is installed."""
    try:
        import llvmlite  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


@cache
def host() -> Host:
    """This machine."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return Host(
        triple=llvm.get_process_triple(),
        processor=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        llvm=".".join(str(part) for part in llvm.llvm_version_info),
    )


def _library_address(name: str) -> int:
    # elsewhere Python itself is linked with the mathematical library
    library: Any = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    return int(ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0)


def build(text: str, names: tuple[str, ...], target: Host | None = None) -> Built:
    """The functions of a module, compiled, or read from the user's store.

    Raises `BuildFailed` when LLVM refuses the text.
    """
    with _LOCK:
        return _build(text, names, host() if target is None else target)


@lru_cache(maxsize=64)  # not science: cache size
def _build(text: str, names: tuple[str, ...], target: Host) -> Built:
    import llvmlite.binding as llvm

    store = Store()
    key = store.key(text, target.triple, target.processor, target.features, target.llvm, str(LEVEL))
    code = store.read(key)
    if code is None:
        code = compile_module(text, target)
        store.write(key, code)
    library = llvm.JITLibraryBuilder().add_object_img(code)
    for name, address in _mathematics().items():
        library.import_symbol(name, address)
    for name in names:
        library.export_symbol(name)
    tracker = library.link(_linker(target), f"kernel{next(_NUMBER)}")
    return Built(tracker, {name: tracker[name] for name in names})


@cache
def _linker(target: Host) -> Any:
    """One linker for all code of a target.

    LLVM's older loader may put code and constants further apart than their addresses reach, and
    then ends the process; JITLink keeps each library in one piece. On Windows it is not used.
    """
    import llvmlite.binding as llvm

    return llvm.create_lljit_compiler(_machine(target), use_jit_link=sys.platform != "win32")


@cache
def _mathematics() -> dict[str, int]:
    """The functions of the mathematical library that code may call, and where they are."""
    return {name: _library_address(name) for name in ("sin", "cos", *LIBRARY.values())}


def _machine(target: Host) -> Any:
    import llvmlite.binding as llvm

    made = llvm.Target.from_triple(target.triple)
    return made.create_target_machine(
        cpu=target.processor, features=target.features, opt=LEVEL, reloc="pic", codemodel="small",
        jit=True,
    )  # fmt: skip


def compile_module(text: str, target: Host) -> bytes:
    """The object file of a module, for any processor that LLVM knows.

    Raises `BuildFailed` when LLVM refuses the text.
    """
    import llvmlite.binding as llvm

    machine = _machine(target)
    try:
        module = llvm.parse_assembly(text)
        module.verify()
    except RuntimeError as error:
        raise BuildFailed(str(error)) from error
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    tuning = llvm.create_pipeline_tuning_options(speed_level=0)
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(machine, tuning))
    return bytes(machine.emit_object(module))
