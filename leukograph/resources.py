"""Finds the ontology and the query files, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

from leukograph.errors import CannotRead

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder `ontology` or `queries` that came with this package.

    Raises:
        CannotRead: when neither the wheel nor a checkout holds it.
    """
    for parent in (PACKAGE / "_data", PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise CannotRead(
        f"the folder {name!r} that belongs to leukograph is missing",
        "install leukograph again",
    )
