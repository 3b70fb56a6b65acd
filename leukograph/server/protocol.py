"""The SPARQL 1.1 Protocol: what a request asks.

It is refused rather than guessed at: two queries, a query beside an update, an update
by GET, a body of another type, text that is no UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from leukograph.errors import BadRequest

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
#: Fields of a form; a request of ours has a handful.
_FIELDS = 200


class Asked(NamedTuple):
    """What a request asks; neither a query nor an update asks for the description."""

    query: str | None
    update: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    #: the parameter `format`, which a form in a page can set where it cannot say Accept
    form: str | None


def read(method: str, query_string: bytes, content_type: str | None, body: bytes) -> Asked:
    """Read what a request to the endpoint asks.

    Args:
        method: GET, HEAD or POST.
        query_string: as it stands in the address.
        content_type: the header.
        body: of a POST.

    Raises:
        BadRequest: when it is none of the protocol, with the status that says so.
    """
    fields = _fields(query_string, "the address")
    if method in {"GET", "HEAD"}:
        if any(name == "update" for name, _ in fields):
            raise BadRequest("an update is never sent by GET", "send it by POST", 405, {"Allow": "POST"})
        return _asked(fields)
    kind, charset = _content_type(content_type)
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise BadRequest(f"the body is in {charset[:40]!a}", "send it in UTF-8", 415)
    if kind == FORM:
        return _asked([*fields, *_fields(body, "the body")], posted=True)
    if kind in {QUERY, UPDATE}:
        name = "query" if kind == QUERY else "update"
        return _asked([*fields, (name, _text(body, "the body"))], posted=True)
    raise BadRequest(
        f"the body is of the type {kind[:60]!a}" if kind else "the body has no type",
        f"send it as {QUERY}, {UPDATE} or {FORM}",
        415,
        {"Accept-Post": f"{QUERY}, {UPDATE}, {FORM}"},
    )


def _asked(fields: Iterable[tuple[str, str]], posted: bool = False) -> Asked:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    queries, updates = values.get("query", []), values.get("update", [])
    if len(queries) + len(updates) > 1:
        raise BadRequest("more than one query or update", "send one in each request")
    if not queries and not updates and (posted or values.keys() - {"format"}):
        raise BadRequest("there is no query", "say it as query=..., or send nothing for the service description")
    prefix = "using" if updates else "default"
    default, named = (
        ("using-graph-uri", "using-named-graph-uri") if updates else ("default-graph-uri", "named-graph-uri")
    )
    wrong = {"using-graph-uri", "using-named-graph-uri", "default-graph-uri", "named-graph-uri"} - {default, named}
    if odd := sorted(wrong & values.keys()):
        raise BadRequest(
            f"{odd[0]} does not go with {'an update' if updates else 'a query'}", f"say {prefix}-graph-uri"
        )
    return Asked(
        queries[0] if queries else None,
        updates[0] if updates else None,
        tuple(values.get(default, ())),
        tuple(values.get(named, ())),
        values.get("format", [None])[-1],
    )


def _fields(data: bytes, where: str) -> Sequence[tuple[str, str]]:
    try:
        text = data.decode("ascii") if where == "the address" else data.decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise BadRequest(f"{where} is no UTF-8", "encode it in UTF-8") from error
    except ValueError as error:
        raise BadRequest(f"{where} has more than {_FIELDS} fields") from error


def _text(body: bytes, where: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{where} is no UTF-8 (byte {error.start})", "encode it in UTF-8") from error


def _content_type(header: str | None) -> tuple[str, str]:
    """Return type and charset, both in small letters."""
    kind, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    charset = next((part.partition("=")[2].strip("\"' ") for part in parameters if part.startswith("charset=")), "")
    return kind, charset
