"""From a call to an exit status: 0 done, 1 done with a finding, 2 wrong call, 3 the run failed.

Errors raised on purpose are told in one shape, as text or JSON, and never as a traceback.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from virtualskin.cli.commands import app
from virtualskin.cli.options import Stopped
from virtualskin.cli.printing import print_json, print_lines

if TYPE_CHECKING:
    from virtualskin.lab import Finding

WRONG, FAILED = 2, 3
RUN_CODES = frozenset({"run_failed", "worker_lost", "cluster_failed"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what stands behind `virtualskin`; None for the process's own.

    Returns:
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        status = typer.main.get_command(app).main(
            given, prog_name="virtualskin", standalone_mode=False
        )
    except typer.exceptions.TyperException as error:
        return _usage(error, as_json=as_json)
    except (Stopped, KeyboardInterrupt, typer.Abort) as stop:
        told = {"code": "interrupted", "message": "Stopped before the end.", "where": ""}
        return _tell(
            {**told, "hint": str(stop) or "Nothing was written."},
            [],
            as_json=as_json,
            status=FAILED,
        )
    except Exception as error:
        return _raised(error, as_json=as_json)
    return status if isinstance(status, int) else 0


def _raised(error: Exception, *, as_json: bool) -> int:
    """Tell an error of the lab; anything else is a fault of ours and shows where it is."""
    from virtualskin.lab import BadInput, SkinError

    if not isinstance(error, SkinError):
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}"
        told = {"code": "internal_error", "message": message, "where": ""}
        hint = "This is a fault of virtualskin; please report it with the lines above."
        return _tell({**told, "hint": hint}, [], as_json=as_json, status=FAILED)
    findings = list(error.findings) if isinstance(error, BadInput) else []
    status = FAILED if error.code in RUN_CODES else WRONG
    return _tell(error.as_json(), findings, as_json=as_json, status=status)


def _usage(error: typer.exceptions.TyperException, *, as_json: bool) -> int:
    path = str(getattr(getattr(error, "ctx", None), "command_path", "virtualskin"))
    told = {
        "code": "usage",
        "message": error.format_message(),
        "where": path,
        "hint": f"Try '{path} --help'.",
    }
    return _tell(told, [], as_json=as_json, status=WRONG)


def _tell(error: dict[str, str], findings: Sequence[Finding], *, as_json: bool, status: int) -> int:
    if as_json:
        document: dict[str, object] = {"error": error}
        if findings:
            document["findings"] = [f.as_json() for f in findings]
        print_json(document)
        return status
    if findings:
        from virtualskin.lab import report_lines

        print_lines(report_lines(findings))
    place = f" [{error['where']}]" if error["where"] and not findings else ""
    hint = f" {error['hint']}" if error["hint"] and not findings else ""
    print_lines([f"Error: {error['message']}{place}{hint}"])
    return status
