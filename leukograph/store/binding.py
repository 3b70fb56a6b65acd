"""Binds parameters to a query as terms: no text is pasted.

A value becomes an RDF term, the term is written by pyoxigraph, and it stands in a
VALUES clause at the start of the first group of WHERE. Positions in later errors
are off by the clause on the line of that group, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from leukograph.errors import BadQuery, WrongOption
from leukograph.namespaces import XSD
from leukograph.store.tokens import position, tokens

Term = NamedNode | Literal
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")


def text_term(value: str) -> Literal:
    """Return a plain literal.

    Raises:
        WrongOption: when the text is no Unicode (bytes of another encoding).
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise WrongOption(f"{value!a} is no readable text", "give it in UTF-8") from error
    return Literal(value)


def number_term(value: str) -> Literal:
    """Return an integer or a decimal.

    Raises:
        WrongOption: when the text is no number.
    """
    for pattern, datatype in ((_INTEGER, "integer"), (_DECIMAL, "decimal")):
        if pattern.fullmatch(value):
            return Literal(value, datatype=NamedNode(XSD + datatype))
    raise WrongOption(f"{value!a} is no number", "write it as 12 or 0.5")


def bind(query: str, values: Mapping[str, Term]) -> str:
    """Return the query with each named variable bound to its term.

    The query must have passed the gate.

    Raises:
        BadQuery: when the query has no group to bind in.
        ValueError: when a name is no variable name; ours are checked when a file is read.
    """
    if not values:
        return query
    clauses = []
    for name, term in values.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a variable")
        clauses.append(f" VALUES ?{name} {{ {term} }}")
    at = _first_group(query)
    return query[:at] + "".join(clauses) + query[at:]


def with_prefixes(query: str) -> str:
    """Return a query that stands by itself: with a PREFIX line for each prefix of ours that it uses.

    The lines stand before its first one, so that positions in errors stay.
    """
    from leukograph.store.embedded import STANDARD_PREFIXES

    used: set[str] = set()
    declared: set[str] = set()
    before = ""
    for token in tokens(query):
        prefix = token.text.partition(":")[0]
        if token.kind == "name":
            (declared if before == "PREFIX" else used).add(prefix)
        before = token.text.upper()
    needed = sorted((used - declared) & STANDARD_PREFIXES.keys())
    return "".join(f"PREFIX {prefix}: <{STANDARD_PREFIXES[prefix]}> " for prefix in needed) + query


def _first_group(query: str) -> int:
    """Return where the first group of WHERE begins, right behind its brace."""
    depth = 0
    template = False
    before = ""
    for token in tokens(query):
        if token.kind == "comment":
            continue
        if token.text in {"{", "(", "["}:
            if token.text == "{" and depth == 0:
                if before == "CONSTRUCT":
                    template = True
                elif template or before != "CONSTRUCT WHERE":
                    return token.start + 1
                else:
                    raise BadQuery(
                        "parameters need CONSTRUCT { ... } WHERE { ... }, not the short form",
                        *position(query, token.start),
                    )
            depth += 1
        elif token.text in {"}", ")", "]"}:
            depth -= 1
        word = token.text.upper()
        before = f"{before} {word}" if before == "CONSTRUCT" and word == "WHERE" else word
    raise BadQuery("there is no group { ... } to bind parameters in")
