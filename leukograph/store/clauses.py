"""What a query or an update says of graphs: FROM, USING, and the names of IRIs.

Works on tokens of texts that have passed the gate, so that brackets match and every
word is one of SPARQL's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urljoin

from leukograph.errors import BadQuery
from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES
from leukograph.store.tokens import Token, position, tokens

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_BACKSLASH = re.compile(r"\\(.)")


class Prologue(NamedTuple):
    """The BASE and the PREFIX lines of a text, with those that need no line."""

    base: str
    prefixes: Mapping[str, str]

    def iri(self, token: Token) -> str | None:
        """Return the IRI that a token stands for, or None when it is no IRI."""
        if token.kind == "iri":
            return urljoin(self.base, unescaped(token.text[1:-1]))
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self.prefixes:
                return self.prefixes[prefix] + _BACKSLASH.sub(r"\1", local)
        return None


class Clause(NamedTuple):
    """FROM, USING or WITH and the graph it names."""

    word: str
    #: whether it says NAMED
    named: bool
    iri: str


def unescaped(text: str) -> str:
    r"""Return the text of an IRI with its `\u` escapes decoded."""
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)


def code(text: str) -> list[Token]:
    """Return the tokens of a text without its comments."""
    return [token for token in tokens(text) if token.kind != "comment"]


def prologue(pieces: Sequence[Token], base: str = "") -> Prologue:
    """Read the BASE and PREFIX lines of a text; the last of a name holds."""
    found = Prologue(base, {**PREFIXES, **FOREIGN_PREFIXES})
    for number, token in enumerate(pieces[:-1]):
        word = token.text.upper() if token.kind == "word" else ""
        if word == "BASE" and pieces[number + 1].kind == "iri":
            found = found._replace(base=found.iri(pieces[number + 1]) or found.base)
        elif word == "PREFIX" and number + 2 < len(pieces) and pieces[number + 2].kind == "iri":
            name = pieces[number + 1].text.partition(":")[0]
            iri = found.iri(pieces[number + 2]) or ""
            found = found._replace(prefixes={**found.prefixes, name: iri})
    return found


def clauses(text: str, words: Sequence[str], base: str = "") -> list[Clause]:
    """Return the clauses of a text that begin with one of the words, outside all brackets.

    Raises:
        BadQuery: when one names no graph.
    """
    pieces = code(text)
    names = prologue(pieces, base)
    found = []
    depth = 0
    for number, token in enumerate(pieces):
        depth += token.text == "{"
        depth -= token.text == "}"
        if depth or token.kind != "word" or token.text.upper() not in words:
            continue
        rest = pieces[number + 1 : number + 3]
        named = bool(rest) and rest[0].kind == "word" and rest[0].text.upper() == "NAMED"
        iri = names.iri(rest[named]) if len(rest) > named else None
        if iri is None:
            raise BadQuery(f"{token.text} names no graph", *position(text, token.start))
        found.append(Clause(token.text.upper(), named, iri))
    return found


def using(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Return an update with USING clauses before each WHERE, as the protocol's parameters ask.

    Raises:
        BadQuery: when the update says itself which graphs it uses, or has no place to say it.
    """
    if not (default or named):
        return text
    said = "".join(f" USING <{iri}>" for iri in default) + "".join(f" USING NAMED <{iri}>" for iri in named) + " "
    out, end, depth = [], 0, 0
    before = ""
    for token in code(text):
        word = token.text.upper() if token.kind == "word" else token.text
        if depth == 0 and word in {"USING", "WITH"}:
            raise BadQuery(
                f"{word} and a parameter using-graph-uri both say which graphs are used", *position(text, token.start)
            )
        if depth == 0 and word == "WHERE":
            if before == "DELETE":
                raise BadQuery(
                    "with using-graph-uri write DELETE { ... } WHERE { ... }, not the short form",
                    *position(text, token.start),
                )
            out.append(text[end : token.start] + said)
            end = token.start
        depth += token.text == "{"
        depth -= token.text == "}"
        before = word
    return "".join(out) + text[end:]


class Taken(NamedTuple):
    """COPY, MOVE or ADD from a named graph: what the graph is, and where the operation stands."""

    graph: str
    silent: bool
    start: int
    end: int
    #: whether the text names the graph before, and so may have made it
    known: bool


def taken(text: str, base: str = "") -> list[Taken]:
    """Return the operations of an update that take over a named graph."""
    pieces = code(text)
    names = prologue(pieces, base)
    found, depth, seen = [], 0, set()
    for number, token in enumerate(pieces):
        depth += token.text == "{"
        depth -= token.text == "}"
        word = token.text.upper() if token.kind == "word" else ""
        if not depth and word in {"COPY", "MOVE", "ADD"}:
            rest = pieces[number + 1 :]
            words = [piece.text.upper() for piece in rest[:2]]
            silent = words[:1] == ["SILENT"]
            place = silent + (words[silent : silent + 1] == ["GRAPH"])
            graph = names.iri(rest[place]) if len(rest) > place else None
            until = next((piece.start for piece in rest if piece.text == ";"), len(text))
            if graph is not None:  # DEFAULT is always there
                found.append(Taken(graph, silent, token.start, until, graph in seen))
        elif iri := names.iri(token):
            seen.add(iri)
    return found
