"""Readers of files: one module a family of formats, each turns a file into quads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from leukograph.errors import WrongOption
from leukograph.store import textgate, xmlgate
from leukograph.store.formats import LENIENT, Format, Tally

if TYPE_CHECKING:
    from pyoxigraph import Quad

#: Quads between two reports of progress.
_STRIDE = 5000


def read(
    path: Path,
    form: Format,
    *,
    base: str | None,
    lenient: bool,
    prefixes: dict[str, str],
    tally: Tally,
    progress: Callable[[int], None] | None,
) -> Iterator[Quad]:
    """Yield the quads of a file; see `formats.quads`."""
    if lenient and form not in LENIENT:
        raise WrongOption(
            f"{path} is {form}, of which no part can be left out",
            "mend the fault, or convert the file to N-Triples and load that with --lenient",
        )
    with textgate.Stream(path, _checks(path, form)) as stream:
        found = _reader(form)(path, stream, form, base, lenient, prefixes, tally)
        for number, quad in enumerate(found):
            if progress and not number % _STRIDE:
                progress(stream.packed)
            tally.statements += 1
            yield quad


def _checks(path: Path, form: Format) -> tuple[textgate.Check, ...]:
    if form is Format.RDFXML:
        found = xmlgate.prolog(path, textgate.head(path, xmlgate.PROLOG))
        return (xmlgate.Growth(path, found.entities), xmlgate.Closed(path, found))
    if form in (Format.JSONLD, Format.OBOGRAPHS, Format.KGX_JSONL):
        return (textgate.Depth(path),)
    return ()


def _reader(form: Format) -> Callable[..., Iterator[Quad]]:
    if form is Format.OBO:
        from leukograph.store.readers import obo

        return obo.read
    if form is Format.OBOGRAPHS:
        from leukograph.store.readers import obographs

        return obographs.read
    if form in (Format.KGX_NODES, Format.KGX_EDGES, Format.KGX_JSONL):
        from leukograph.store.readers import kgx

        return kgx.read
    from leukograph.store.readers import rdf

    return rdf.read
