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
from collections.abc import Callable, Iterator, Mapping
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
