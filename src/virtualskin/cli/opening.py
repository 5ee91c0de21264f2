"""Opening the lab that a command asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtualskin.cli.options import Options

if TYPE_CHECKING:
    from virtualskin.lab import Lab

TRIAL_UNIVERSES = 4


def open_lab(options: Options, *, resumes: bool = False) -> Lab:
    """The lab of the asked catalogue; refuses flags that nothing can honour.

    Args:
        options: what stands behind the command.
        resumes: whether the command can go on with a run that was stopped.

    Raises:
        SkinError: for `--cluster` and `--resume`, and for a catalogue folder that does not exist.
    """
    from virtualskin.lab import Lab, SkinError

    refused = {"--cluster": options.cluster is not None, "--resume": options.resume and not resumes}
    for flag in (name for name, given in refused.items() if given):
        raise SkinError(
            f"{flag} is not offered by this version.",
            code="not_offered",
            where=flag,
            hint="Run without it: all cores of this machine are used, and each run starts anew. "
            "`engine run` has both, `optimise` has --resume.",
        )
    return Lab.open(options.catalog)
