"""The formats of RDF itself, by pyoxigraph's parsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from leukograph.errors import CannotRead
from leukograph.store.formats import Format, Tally
from leukograph.store.textgate import Stream, head

_PARSERS = {
    Format.TURTLE: RdfFormat.TURTLE,
    Format.TRIG: RdfFormat.TRIG,
    Format.NTRIPLES: RdfFormat.N_TRIPLES,
    Format.NQUADS: RdfFormat.N_QUADS,
    Format.RDFXML: RdfFormat.RDF_XML,
    Format.JSONLD: RdfFormat.JSON_LD,
}
_HINTS = {
    "No scheme found": "an IRI is relative and the file names no base: give one with --base IRI",
    "LoadDocumentCallback": "a context that lies elsewhere is never fetched: write it into the file",
    "Unexpected end of file": "the file may have been cut short; fetch it again",
}


def read(
    path: Path,
    stream: Stream,
    form: Format,
    base: str | None,
    lenient: bool,
    _: dict[str, str],
    tally: Tally,
) -> Iterator[Quad]:
    """Yield quads; blank nodes get names of their own, so that files do not meet in them.

    Raises:
        CannotRead: at the first fault, unless it is to be left out.
    """
    try:
        parser = parse(stream, format=_PARSERS[form], base_iri=base, rename_blank_nodes=True)  # type: ignore[arg-type]
    except ValueError as error:
        raise CannotRead(f"{base} is no base: {error}", "give a whole IRI with --base") from error
    while True:
        try:
            quad = next(parser)
        except StopIteration:
            break
        except SyntaxError as error:
            fault = _fault(path, error)
            if not lenient:
                raise fault from None
            tally.skip(str(fault).removeprefix(f"{path} cannot be read").lstrip(" :"))
        except MemoryError:
            raise CannotRead(
                f"{path} cannot be read: what begins at or before line {stream.line} is longer than 16 MB",
                "cut the literal, or keep it in a file of its own",
            ) from None
        except OSError as error:
            if isinstance(error, CannotRead):
                raise
            raise CannotRead(f"{path} cannot be read: {error}") from error
        else:
            yield quad
    if form is Format.RDFXML and not tally.statements:
        raise CannotRead(f"{path} holds no statement", "it may be XML of another kind, or cut short")


def _fault(path: Path, error: SyntaxError) -> CannotRead:
    message = re.sub(r"^Parser error at line \d+.*?: (?=\S)|\s*\(line \d+\)$", "", str(error.args[0]))
    hint = next((hint for sign, hint in _HINTS.items() if sign in message), "mend it there, and load the file again")
    if "LoadDocumentCallback" in message:
        message = f"its @context lies elsewhere{_named_context(path)}"
    where = f" at line {error.lineno}, column {error.offset}" if error.lineno else ""
    return CannotRead(f"{path} cannot be read{where}: {message}", hint)


def _named_context(path: Path) -> str:
    found = re.search(rb'"@context"\s*:\s*\[?\s*"([^"]{1,500})"', head(path))
    return f" ({found[1].decode(errors='replace')})" if found else ""
