"""The same programs for other processors: narrower ones run here, foreign ones are only emitted."""

from __future__ import annotations

from dataclasses import replace

import llvmlite.binding as llvm
import numpy as np
import pytest

from virtualskin.engine import NO_DOSES, Program, read_sbml
from virtualskin.engine.kernel.build import Host, compile_module, host
from virtualskin.engine.kernel.driver import kernel_text
from virtualskin.engine.kernel.job import DONE, Job, Outcome
from virtualskin.engine.kernel.machine import Machine
from virtualskin.engine.kernel.programs import observer_of, programs_of

X86 = "x86_64-unknown-linux-gnu"
ARM = "aarch64-unknown-linux-gnu"


def test_a_processor_without_wide_registers_gives_the_same_within_rounding(chain_text: str) -> None:
    if not host().x86:
        pytest.skip("SSE2 exists on x86 processors only")
    plain = replace(host(), processor="x86-64", features="")
    system = read_sbml(chain_text)
    program = Program(np.linspace(0.0, 3.0, 7), system.states, rtol=1e-6, atol=1e-9)
    values, states = system.begin({"k": np.linspace(0.5, 2.0, 11)}, 11, start=0.0)
    job = Job.of(system, program, values, states, NO_DOSES)
    found: list[np.ndarray] = []
    for target in (host(), plain):
        outcome = Outcome.empty(job, len(program.observe))
        Machine(programs_of(system), target).run(observer_of(system, program.observe), job, outcome)
        assert (outcome.ending == DONE).all()
        found.append(outcome.values)
    assert found[1] == pytest.approx(found[0], rel=1e-7)


@pytest.mark.parametrize(
    ("triple", "processor", "features"),
    [(X86, "znver4", "+fma"), (X86, "skylake-avx512", "+fma"), (ARM, "generic", "+neon")],
)
def test_code_for_other_processors_is_emitted(
    triple: str, processor: str, features: str, chain_text: str
) -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = Host(triple, processor, features, host().llvm)
    assert target.fma
    text, _ = kernel_text(programs_of(read_sbml(chain_text)), target)
    code = compile_module(text, target)
    # the machine's number in an ELF header: 62 is x86-64, 183 is AArch64
    assert int.from_bytes(code[18:20], "little") == (62 if target.x86 else 183)
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu=processor, features=features, opt=1, reloc="pic", codemodel="small", jit=True
    )
    written = machine.emit_assembly(llvm.parse_assembly(text))
    widest = "zmm" if target.x86 else ".2d"
    assert written.count(widest) > 1000
