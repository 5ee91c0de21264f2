"""A virtual human skin, read from the literature, on which trials of therapies can be run.

This root package is the face a user imports and nothing else. It hands on the verbs of the lab
floor, and fetches them only when they are first used, so that `import virtualskin` stays quick and
no floor below can be tied into a circle through the root. Inside a floor nobody imports this file.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virtualskin.lab import Lab, load

__version__ = "0.1.0"

__all__ = ["Lab", "__version__", "load"]

_LAB_VERBS = frozenset({"Lab", "load"})


def __getattr__(name: str) -> object:
    """Return a lab verb on first use (PEP 562).

    Raises AttributeError for any name that is not in `__all__`.
    """
    if name not in _LAB_VERBS:
        message = f"module 'virtualskin' has no attribute '{name}'; it offers {', '.join(__all__)}"
        raise AttributeError(message)
    value: object = getattr(import_module("virtualskin.lab"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, whether or not they have been fetched yet."""
    return sorted(__all__)
