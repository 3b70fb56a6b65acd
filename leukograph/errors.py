"""Every error that leukograph raises on purpose.

Each has a sentence (what is wrong), a code (its line in the README), a hint
(what to do) and the exit code with which the command line ends. Anything else
that escapes is a bug.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Exit codes of the command line.
NOT_FOUND = 1
WRONG_QUESTION = 2
COULD_NOT = 3
LIMIT_REACHED = 124
INTERRUPTED = 130

#: A longer name is cut where an error repeats it.
LONGEST_NAME = 100


class LeukographError(Exception):
    """Base of all errors raised by leukograph."""

    code = "LG000"
    exit_code = COULD_NOT
    hint = ""


class UnknownName(LeukographError, LookupError):
    """A name that matches no label, synonym or identifier."""

    code = "LG101"
    exit_code = WRONG_QUESTION

    def __init__(self, name: str, close: Sequence[str] = (), looked_for: str = "") -> None:
        self.name, self.close = name, tuple(close)
        #: when it was looked for in vain, as YYYY-MM, where it was
        self.looked_for = looked_for
        shown = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "..."
        super().__init__(f"nothing in the graph is called {shown!r}")
        if looked_for:
            self.hint = (
                f"it was looked for in {looked_for}, and no page that could be read ties it to a white-cell count; "
                "that is no proof that it does not lower one"
            )
        elif close:
            self.hint = "closest names: " + ", ".join(close)
        else:
            self.hint = "look for it with: leukograph search TEXT"


class AmbiguousName(LeukographError, LookupError):
    """A name that several terms share."""

    code = "LG102"
    exit_code = WRONG_QUESTION

    def __init__(self, name: str, keys: Sequence[str]) -> None:
        self.name, self.keys = name, tuple(keys)
        super().__init__(f"{name!r} names more than one term")
        self.hint = "say which: " + ", ".join(keys)


class WrongOption(LeukographError, ValueError):
    """An option or argument that does not fit the question."""

    code = "LG103"
    exit_code = WRONG_QUESTION

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class DefinedName(WrongOption):
    """The name of a defined class where a term was asked for."""

    def __init__(self, name: str, key: str) -> None:
        self.name, self.key = name, key
        super().__init__(
            f"{name!r} is a class that logic fills, no term", f"see what is in it: leukograph describe {key}"
        )


class BadQuery(LeukographError, ValueError):
    """SPARQL that does not parse, or a query file that does not say what it must."""

    code = "LG201"
    exit_code = WRONG_QUESTION

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        where = "" if line is None else f" at line {line}, column {column}"
        super().__init__(f"the query cannot be read{where}: {message}")
        self.hint = "SPARQL 1.1 syntax; see working examples with: leukograph query --list"


class RefusedQuery(LeukographError, ValueError):
    """SPARQL that would leave the graph, change it, or exhaust the engine."""

    code = "LG202"
    exit_code = WRONG_QUESTION

    def __init__(self, what: str, line: int, column: int) -> None:
        self.what, self.line, self.column = what, line, column
        super().__init__(f"refused at line {line}, column {column}: {what}")
        self.hint = "queries read the graph and nothing else"


class UnknownGraph(LeukographError, LookupError):
    """A named graph that a query asks and the store does not hold."""

    code = "LG205"
    exit_code = WRONG_QUESTION

    def __init__(self, iri: str) -> None:
        self.iri = iri
        shown = iri if len(iri) <= LONGEST_NAME else iri[:LONGEST_NAME] + "..."
        super().__init__(f"the store holds no graph <{shown}>")
        self.hint = "a graph is never fetched; list those that are there with: SELECT DISTINCT ?g { GRAPH ?g {} }"


class RefusedAddress(LeukographError, PermissionError):
    """An address on the network that may not be asked."""

    code = "LG204"
    exit_code = WRONG_QUESTION

    def __init__(self, address: str, why: str) -> None:
        self.address, self.why = address, why
        shown = address if len(address) <= LONGEST_NAME else address[:LONGEST_NAME] + "..."
        super().__init__(f"{shown} is not asked: {why}")
        self.hint = "only public http(s) addresses are asked, and others only when they were allowed by address"


class QueryFailed(LeukographError, RuntimeError):
    """The engine gave up on a query that parses."""

    code = "LG203"

    def __init__(self, message: str) -> None:
        super().__init__(f"the query failed: {message}")


class EndpointFailed(LeukographError, RuntimeError):
    """A SPARQL endpoint that cannot be reached, or fails."""

    code = "LG206"

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.hint = "try the address with: leukograph query -e 'ASK {}' --store URL"


class LimitReached(LeukographError, RuntimeError):
    """A limit of time, memory or size that the user can raise."""

    code = "LG301"
    exit_code = LIMIT_REACHED

    def __init__(self, message: str, hint: str = "", limit: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        #: time, memory or size, where that is known
        self.limit = limit


class AnswerCut(LimitReached):
    """An endpoint that gives only a part of an answer, and says so."""

    code = "LG302"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} gave only a part of the answer",
            "ask for less, raise the limit of rows at the server, or load the graph into a store of your own",
        )


class CannotRead(LeukographError, OSError):
    """A file that is missing, or is not what it should be."""

    code = "LG401"
    exit_code = WRONG_QUESTION

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class CannotWrite(LeukographError, OSError):
    """Output that could not be written."""

    code = "LG402"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NotAStore(CannotRead):
    """A folder that is no store of ours, or one of another version."""

    code = "LG403"


class DamagedStore(LeukographError, RuntimeError):
    """A store whose files are not what its record says."""

    code = "LG404"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or "leukograph store verify tells what is damaged; load the files again into a new folder"


class StoreInUse(LeukographError, RuntimeError):
    """A store that another process is writing to."""

    code = "LG405"
    hint = "wait until it has ended; reading goes on meanwhile"

    def __init__(self, folder: str, pid: int | None) -> None:
        self.pid = pid
        super().__init__(f"{folder}: store in use by " + (f"pid {pid}" if pid else "another process"))


class StoreFailed(LeukographError, RuntimeError):
    """An engine that gave up on a store."""

    code = "LG406"

    def __init__(self, message: str, hint: str = "the store is what it was") -> None:
        super().__init__(message)
        self.hint = hint


class FaultyOntology(LeukographError, ValueError):
    """Tables that break a rule; nothing is built from them.

    `faults` holds one finished line for each fault: file, line, column, what
    was expected.
    """

    code = "LG501"
    exit_code = WRONG_QUESTION

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} in the ontology\n" + "\n".join(f"  {fault}" for fault in faults))
        self.hint = "mend the rows named above; nothing was written"


class NoReasoner(LeukographError, RuntimeError):
    """A reasoner that needs a program which is not there."""

    code = "LG602"
    hint = "install Java, or: pip install 'leukograph[reason]'; --engine elk needs neither"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ReasonerFailed(LeukographError, RuntimeError):
    """A reasoner that gave up on an ontology that parses."""

    code = "LG603"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class BadRequest(LeukographError, ValueError):
    """A request over HTTP that cannot be answered as it is."""

    code = "LG701"
    exit_code = WRONG_QUESTION

    def __init__(
        self, message: str, hint: str = "", status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.hint, self.status, self.headers = hint, status, dict(headers or {})


class CannotServe(LeukographError, OSError):
    """An address that cannot be listened on."""

    code = "LG702"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class MissingExtra(LeukographError, ImportError):
    """A library that only an optional part needs, and that is not installed."""

    code = "LG601"

    def __init__(self, library: str, what: str, extra: str = "curves") -> None:
        super().__init__(f"{what} needs {library}, which is not installed")
        self.hint = f'install it with: pip install "leukograph[{extra}]"'
