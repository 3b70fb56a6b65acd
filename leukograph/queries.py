"""The query files: what each says of itself, and how its parameters are given.

A file begins with header lines, `#+ key: value`:

    #+ summary: one line for the list
    #+ question: the question it answers, as a person would ask it
    #+ param: NAME TYPE required|optional EXAMPLE        (one line a parameter)
    #+ columns: the variables it returns
    #+ tags: words, parted by commas
    #+ min_rows: how many rows the examples must give

A type is `term` (a name, made a term of the graph), `text` or `number`. Files in
`checks/` say `problem`, `fix` and `severity` (error or warning) and must find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leukograph.errors import BadQuery, CannotRead, WrongOption
from leukograph.resources import folder

TYPES = ("term", "text", "number")
#: Folder -> what its queries are for, in the order in which they are listed.
FOLDERS = {
    "explain": "Why: mechanisms, chains, evidence",
    "differential": "Which: causes side by side",
    "lookup": "What: figures, sources, names, structure",
    "checks": "Rules that must find nothing",
}
_HEADER = re.compile(r"#\+ *([a-z_]+): *(.*?) *")
_PARAM = re.compile(r"([A-Za-z][A-Za-z0-9_]*) +(\w+) +(required|optional) +(.+)")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a query: a variable that is bound before the query runs."""

    name: str
    #: term, text or number
    type: str
    required: bool
    example: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query file."""

    name: str
    #: explain, differential, lookup, checks, or "" for a file of the user's own
    folder: str
    text: str
    header: Mapping[str, str]
    params: tuple[Param, ...]

    @property
    def summary(self) -> str:
        """One line for the list."""
        return self.header.get("summary", "")

    @property
    def is_check(self) -> bool:
        """Whether the query must find nothing."""
        return self.folder == "checks"

    @property
    def min_rows(self) -> int:
        """How many rows the examples must give."""
        return int(self.header.get("min_rows", "0"))

    @property
    def columns(self) -> tuple[str, ...]:
        """The variables that the query returns."""
        return tuple(filter(None, re.split(r"[ ,]+", self.header.get("columns", ""))))

    @classmethod
    def from_text(cls, text: str, name: str = "", folder: str = "") -> NamedQuery:
        """Read the header of a query.

        Raises:
            BadQuery: when a header line or a parameter is not written as it must be.
        """
        header: dict[str, str] = {}
        params = []
        for number, line in enumerate(text.split("\n"), 1):
            if not line.startswith("#+"):
                continue
            found = _HEADER.fullmatch(line.rstrip("\r"))
            if found is None:
                raise BadQuery("a header line reads '#+ key: value'", number, 1)
            if found[1] == "param":
                params.append(_param(found[2], number))
            else:
                header[found[1]] = found[2]
        return cls(name, folder, text, header, tuple(params))


def _param(text: str, line: int) -> Param:
    found = _PARAM.fullmatch(text)
    if found is None or found[2] not in TYPES:
        raise BadQuery(f"a parameter reads 'NAME {'|'.join(TYPES)} required|optional EXAMPLE'", line, 1)
    return Param(found[1], found[2], found[3] == "required", found[4])


def read_file(path: Path) -> NamedQuery:
    """Read a query file of the user's own.

    Raises:
        CannotRead: when it is missing, or is no UTF-8.
        BadQuery: when its header is faulty.
    """
    return NamedQuery.from_text(_read(path), path.stem)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotRead(f"{path} is no UTF-8 (byte {error.start})") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRead(
            f"{path} cannot be read: {reason}", "list the queries with: leukograph query --list"
        ) from error


def paths() -> Iterator[tuple[str, Path]]:
    """Yield folder and path of every query file, in the order of the list."""
    home = folder("queries")
    for name in FOLDERS:
        for path in sorted((home / name).glob("*.rq")):
            yield name, path


def all_queries() -> list[NamedQuery]:
    """Return every query file, in the order of the list."""
    return [NamedQuery.from_text(_read(path), path.stem, name) for name, path in paths()]


def find(name: str) -> NamedQuery:
    """Return the query of this name, with or without its folder.

    Raises:
        WrongOption: when there is none; the hint names the closest.
    """
    known = {}
    for home, path in paths():
        if name in {path.stem, f"{home}/{path.stem}"}:
            return NamedQuery.from_text(_read(path), path.stem, home)
        known[path.stem] = path
    from difflib import get_close_matches  # late: only for a fault

    close = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"closest names: {', '.join(close)}" if close else "list the queries with: leukograph query --list"
    raise WrongOption(f"there is no query called {name!r}", hint)


def bound(query: NamedQuery, given: Mapping[str, str], resolve: Callable[[str], str]) -> str:
    """Return the text of a query with its parameters bound as terms.

    Args:
        query: a query that has passed the gate.
        given: name of a parameter -> what was typed.
        resolve: makes the key of a term from a name.

    Raises:
        WrongOption: when a parameter is missing, unknown or of another type.
        UnknownName: from `resolve`.
    """
    if not query.params and not given:
        return query.text
    from pyoxigraph import NamedNode

    from leukograph.namespaces import iri
    from leukograph.store.binding import Term, bind, number_term, text_term

    _check_names(query, given)
    values: dict[str, Term] = {}
    for param in query.params:
        if param.name not in given:
            continue
        typed = given[param.name]
        if param.type == "term":
            values[param.name] = NamedNode(iri(resolve(typed)))
        else:
            values[param.name] = number_term(typed) if param.type == "number" else text_term(typed)
    return bind(query.text, values)


def _check_names(query: NamedQuery, given: Mapping[str, str]) -> None:
    hint = usage(query) or "this query takes no parameters"
    known = {param.name for param in query.params}
    for name in given:
        if name not in known:
            raise WrongOption(f"the query has no parameter {name!r}", hint)
    missing = [param.name for param in query.params if param.required and param.name not in given]
    if missing:
        raise WrongOption(f"the query needs a value for: {', '.join(missing)}", hint)


def usage(query: NamedQuery) -> str:
    """Return how to give the parameters of a query, with its examples."""
    options = [
        f"--param {param.name}={_quoted(param.example)}"
        if param.required
        else f"[--param {param.name}={_quoted(param.example)}]"
        for param in query.params
    ]
    return " ".join(options)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def listing() -> str:
    """Return the list of all queries, as people read it."""
    lines: list[str] = []
    for name, title in FOLDERS.items():
        queries = [query for query in all_queries() if query.folder == name]
        if not queries:
            continue
        lines += ["", title] if lines else [title]
        for query in queries:
            lines.append(f"  {query.name:<28} {query.summary}")
            if query.params:
                lines.append(f"  {'':<28} {usage(query)}")
    return "\n".join(lines) + "\n"


def as_json(queries: Sequence[NamedQuery]) -> str:
    """Return the queries with their parameters as JSON."""
    import json

    found = [
        {
            "name": query.name,
            "folder": query.folder,
            "summary": query.summary,
            "question": query.header.get("question", ""),
            "params": [
                {"name": param.name, "type": param.type, "required": param.required, "example": param.example}
                for param in query.params
            ],
            "columns": list(query.columns),
            "tags": _tags(query),
            "query": query.text,
        }
        for query in queries
    ]
    return json.dumps({"schema": "leukograph.queries/1", "queries": found}, ensure_ascii=False, indent=2) + "\n"


def _tags(query: NamedQuery) -> list[str]:
    return [tag.strip() for tag in query.header.get("tags", "").split(",") if tag.strip()]


def as_turtle(queries: Sequence[NamedQuery], resolve: Callable[[str], str], endpoint: str | None = None) -> str:
    """Return the queries as data, in the convention of the SIB's SPARQL examples.

    Each is a `sh:SPARQLExecutable` that runs as it is: parameters that it needs are bound
    to their examples.

    Args:
        queries: what is written, in this order.
        resolve: makes the key of a term from a name.
        endpoint: where they can be asked, if that is known.
    """
    from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

    from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES, QUERY, RDF, RDFS, SCHEMA, SH, XSD

    shared = BlankNode("sparql_examples_prefixes")
    triples = []
    names = {**FOREIGN_PREFIXES, **PREFIXES, "sh": SH, "schema": SCHEMA}
    for query in queries:
        node = NamedNode(QUERY + query.name)
        form = next(
            word for word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE") if re.search(rf"\b{word}\b", query.text)
        )
        examples = {param.name: param.example for param in query.params if param.required}
        text = bound(query, examples, resolve)
        says = [query.summary, query.header.get("question") or query.header.get("problem", "")]
        pairs: list[tuple[str, NamedNode | BlankNode | Literal]] = [
            (RDF + "type", NamedNode(SH + "SPARQLExecutable")),
            (RDF + "type", NamedNode(f"{SH}SPARQL{form.capitalize()}Executable")),
            (SH + "prefixes", shared),
            (RDFS + "label", Literal(query.name)),
            (RDFS + "comment", Literal(". ".join(filter(None, says)), language="en")),
            (SH + form.lower(), Literal(text)),
            *((SCHEMA + "keywords", Literal(tag)) for tag in _tags(query)),
            *([(SCHEMA + "target", NamedNode(endpoint))] if endpoint else []),
        ]
        triples += [Triple(node, NamedNode(predicate), value) for predicate, value in pairs]
    for name, iri in sorted(names.items()):
        declaration = BlankNode(f"prefix_{name}")
        triples.append(Triple(shared, NamedNode(SH + "declare"), declaration))
        triples.append(Triple(declaration, NamedNode(SH + "prefix"), Literal(name)))
        value = Literal(iri, datatype=NamedNode(XSD + "anyURI"))
        triples.append(Triple(declaration, NamedNode(SH + "namespace"), value))
    used = {"lgq": QUERY, "sh": SH, "schema": SCHEMA, "rdfs": RDFS, "xsd": XSD}
    lines = (serialize(triples, format=RdfFormat.TURTLE, prefixes=used) or b"").decode().split("\n")
    declared = sorted(line for line in lines if line.startswith("@prefix "))
    return "\n".join(declared + lines[len(declared) :])


def index() -> str:
    """Return `queries/README.md`: the same list as tables."""
    lines = [
        "# Queries",
        "",
        "Generated from the headers of the files; `python -m leukograph.queries` prints it anew.",
        "Run one with `leukograph query NAME --param name=value`; change a copy and run it with",
        "`leukograph query FILE.rq`.",
    ]
    for name, title in FOLDERS.items():
        lines += ["", f"## {name}: {title[0].lower()}{title[1:]}", "", "| query | what it gives | parameters |"]
        lines.append("| --- | --- | --- |")
        for query in all_queries():
            if query.folder == name:
                params = "<br>".join(
                    f"`{param.name}` ({param.type}{'' if param.required else ', optional'}): {param.example}"
                    for param in query.params
                )
                lines.append(f"| [{query.name}]({name}/{query.name}.rq) | {query.summary} | {params} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(index())
