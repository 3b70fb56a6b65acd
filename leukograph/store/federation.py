"""SERVICE without the engine: the endpoint is asked here and its rows take the place of the call.

The engine would send the request itself, to any address and after any redirect. So each
`SERVICE <endpoint> { pattern }` is asked as `SELECT * { pattern }` through `outbound`,
and becomes `VALUES` with the rows; that is what the standard says a call means. It
differs in this alone: a blank node of the endpoint comes back as a `urn:uuid:` IRI,
since VALUES holds none. A call whose endpoint is a variable, or that stands inside
another, is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from pyoxigraph import BlankNode, QueryResultsFormat, QuerySolutions, parse_query_results

from leukograph.errors import LeukographError, LimitReached, QueryFailed, RefusedAddress, RefusedQuery
from leukograph.store.clauses import Prologue, code, prologue
from leukograph.store.outbound import Policy, fetch
from leukograph.store.tokens import Token, position

#: Rows of one call.
ROWS = 10_000
#: Bytes of one answer.
SIZE = 32 << 20
_FORMATS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}

#: Asks an endpoint a query and returns its rows.
Ask = Callable[[str, str], QuerySolutions]


def expand(text: str, ask: Ask, base: str = "") -> str:
    """Return the query with each call of SERVICE replaced by the rows that `ask` brings.

    Args:
        text: a query that has passed the gate with SERVICE allowed.
        ask: takes the IRI of an endpoint and a query.
        base: against which relative IRIs are read.

    Raises:
        RefusedQuery: when an endpoint is a variable, or a call stands in another.
        RefusedAddress: when an endpoint may not be asked, SILENT or not.
        QueryFailed, LimitReached: when an endpoint does not answer and SILENT is not said.
    """
    pieces = code(text)
    names = prologue(pieces, base)
    out, end = [], 0
    place = 0
    while place < len(pieces):
        token = pieces[place]
        if token.kind != "word" or token.text.upper() != "SERVICE":
            place += 1
            continue
        silent = pieces[place + 1].text.upper() == "SILENT"
        iri = names.iri(pieces[place + 1 + silent])
        if iri is None:
            what = "the endpoint of SERVICE must be written out, not a variable"
            raise RefusedQuery(what, *position(text, token.start))
        first, last = _group(text, pieces, place + 2 + silent)
        inner = text[pieces[first].start : pieces[last].start + 1]
        out += [text[end : token.start], _rows(iri, _question(names, inner), ask, silent)]
        end = pieces[last].start + 1
        place = last + 1
    return "".join(out) + text[end:]


def _group(text: str, pieces: Sequence[Token], first: int) -> tuple[int, int]:
    """Return where the group of a call begins and ends."""
    depth = 0
    for place in range(first, len(pieces)):
        token = pieces[place]
        if token.kind == "word" and token.text.upper() == "SERVICE":
            raise RefusedQuery("SERVICE inside SERVICE would be asked by another server", *position(text, token.start))
        depth += token.text == "{"
        depth -= token.text == "}"
        if depth == 0:
            break
    return first, place


def _question(names: Prologue, group: str) -> str:
    lines = [f"BASE <{names.base}>"] if names.base else []
    lines += [f"PREFIX {name}: <{iri}>" for name, iri in names.prefixes.items() if f"{name}:" in group]
    return "\n".join([*lines, f"SELECT * WHERE {group} LIMIT {ROWS + 1}"])


def _rows(iri: str, question: str, ask: Ask, silent: bool) -> str:
    try:
        answer = ask(iri, question)
        names = [variable.value for variable in answer.variables]
        rows = []
        for solution in answer:
            rows.append(" ".join(_term(iri, solution[name]) for name in names))
            if len(rows) > ROWS:
                raise _too_many(iri)
    except RefusedAddress:
        raise
    except (LeukographError, SyntaxError, ValueError) as error:
        # SILENT may hide an endpoint that is down or slow, never rows that are there
        if silent and getattr(error, "limit", "") != "size":
            return "{ }"
        if isinstance(error, LeukographError):
            raise
        raise QueryFailed(f"<{iri}> gives rows that cannot be read: {error}") from error
    head = " ".join(f"?{name}" for name in names)
    return f"{{ VALUES ({head}) {{ " + " ".join(f"({row})" for row in rows) + " } }"


def _term(iri: str, term: object) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, BlankNode):
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{iri} {term.value}')}>"
    return str(term)


def _too_many(iri: str) -> LimitReached:
    return LimitReached(f"<{iri}> gives more than {ROWS} rows", "narrow the pattern inside SERVICE", "size")


def asker(policy: Policy, timeout: float) -> Ask:
    """Return what asks endpoints over HTTP, within a policy and a time [s] for each."""

    def ask(iri: str, query: str) -> QuerySolutions:
        reply = fetch(
            iri,
            policy,
            body=urlencode({"query": query}).encode(),
            headers={
                "Accept": "application/sparql-results+json, application/sparql-results+xml;q=0.8",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=timeout,
            size=SIZE,
        )
        if reply.status != 200:
            raise QueryFailed(f"<{iri}> answered with status {reply.status}")
        if reply.cut:
            raise _too_many(iri)
        if reply.media_type not in _FORMATS:
            raise QueryFailed(f"<{iri}> answered in {reply.media_type or 'no format that it names'}")
        answer = parse_query_results(reply.body, _FORMATS[reply.media_type])
        if not isinstance(answer, QuerySolutions):
            raise QueryFailed(f"<{iri}> answered with no rows")
        return answer

    return ask
