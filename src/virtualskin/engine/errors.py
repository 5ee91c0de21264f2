"""The exceptions the engine raises on purpose."""

from __future__ import annotations

from virtualskin.ground import SkinError


class UnsupportedSBML(SkinError):
    """A model that is refused: broken, hostile, or with a construct that is not supported.

    Nothing is approximated silently, so a model is either simulated as it is written or refused
    here, with the element and line in `where` and what to do in `hint`.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """See `SkinError`; the code is always `sbml_unsupported`."""
        super().__init__(message, code="sbml_unsupported", where=where, hint=hint)


class WorkerLost(SkinError):
    """A worker process ended before it handed back its persons."""

    def __init__(self) -> None:
        """Make the message; the usual cause is a script without a main guard."""
        super().__init__(
            "A worker process ended before its persons were solved.",
            code="worker_lost",
            hint='Guard a script with `if __name__ == "__main__":`, or use workers=1.',
        )


class StoreMismatch(SkinError):
    """Results on disk that are not of the run that wants to continue them."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """See `SkinError`; the code is always `store_mismatch`."""
        super().__init__(message, code="store_mismatch", where=where, hint=hint)


class ClusterFailed(SkinError):
    """A Dask cluster that is not there, is not alike, or has lost all its workers."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """See `SkinError`; the code is always `cluster_failed`."""
        super().__init__(message, code="cluster_failed", where=where, hint=hint)
