r"""The gate in front of every engine: what a query may contain.

Refused are SERVICE, LOAD and updates, whatever hides them, FROM unless it is allowed, and texts that
would exhaust the engine. The rules, in the order in which they are applied:

1. The text is short enough, and every token can be told (`tokens`).
2. Bare words are words of SPARQL queries. Refused words are refused where they
   stand alone; inside IRIs, strings, comments, variables and the local part of a
   prefixed name they are harmless.
3. The engine reads without a lexer. So a prefix whose name contains a refused word
   is refused (`SERVICE:a {...}` was sent to the network), and so is an IRI that
   could also be read as "less than" and more (`FILTER(?a<?b)SERVICEex:a#>` too).
4. `\u` escapes may not stand outside strings and IRIs, nor for a character that
   ends one: endpoints that decode them first would see another query.
5. Brackets match, every prefix is declared, and depth, lengths and counts stay
   below the limits. Those were measured with pyoxigraph 0.5.13, main thread, 8 MB
   of stack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from leukograph.errors import BadQuery, RefusedQuery
from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES
from leukograph.store.tokens import Token, position, tokens

#: Characters. 60,000 variables in 350 kB take the parser 6 s; VALUES of that size take 0.1 s.
MAX_LENGTH = 200_000
#: Open brackets. 1,000 nested EXISTS, IF or STR overflow the stack, 500 do not.
MAX_DEPTH = 64
#: Steps of one path. 256 take 0.7 s to plan on an empty store, 2,000 more than 20 s.
MAX_PATH = 100
#: Members of one list in a pattern. 96 take 0.8 s to plan, 256 take 8 s, 5,000 overflow the stack.
MAX_LIST = 100
#: Operators, clauses and patterns together. 5,000 BIND or MINUS overflow the stack, 2,000 do not.
MAX_OPERATORS = 1_000

_UPDATES = ("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING", "INTO", "DATA")
_REFUSED = {
    "SERVICE": "SERVICE would ask another server",
    "LOAD": "LOAD would fetch a file or a page",
    "FROM": "FROM would read another data set",
    **{word: f"{word} would change the graph" for word in _UPDATES},
}
_CLAUSES = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "EXISTS", "GRAPH", "LATERAL"})
_WORDS = frozenset(
    """
    A ABS ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE
    DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR
    HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE
    LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED
    REGEX REPLACE ROUND SAMETERM SAMEVALUE SAMPLE SECONDS SELECT SEPARATOR SHA1 SHA256 SHA384 SHA512 STR STRAFTER
    STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TRIPLE TRUE TZ
    UCASE UNDEF UNION URI UUID VALUES VERSION WHERE YEAR
    """.split()  # noqa: SIM905 - a list of 100 words reads badly with quotes
)
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_BEGINNINGS = ("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_OF_UPDATES = ("TO", "SILENT", "DEFAULT")
#: Inside an IRI: what would start a comment, start a string, or end an expression.
_OTHERWISE = re.compile(r"[#')]")
_HIDING = re.compile(r"service|from|load", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
#: What ends a token in which escapes are allowed.
_ENDS = {"string": "'\"\\\r\n", "iri": '<>"{}|^`\\ \r\n', "comment": "\r\n"}
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TERMS = frozenset({"string", "iri", "variable", "blank", "name", "number"})
_KNOWN_PREFIXES = frozenset(PREFIXES) | frozenset(FOREIGN_PREFIXES)


def check(
    text: str, prefixes: Collection[str] = _KNOWN_PREFIXES, *, data_set: bool = False, service: bool = False
) -> str:
    """Let a query pass, or say why not.

    Args:
        text: the query, before parameters are bound to it.
        prefixes: names of the prefixes that the engine knows without a PREFIX line.
        data_set: whether FROM may name graphs; who allows it sees to it that they are in
            the store (`clauses`).
        service: whether SERVICE may stand in it; who allows it asks and fills in the
            answer before the engine sees the query (`federation`).

    Returns:
        The form of the query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        RefusedQuery: when it would leave the graph, change it, or exhaust the engine.
        BadQuery: when it cannot be SPARQL.
    """
    allowed = {"FROM": data_set, "SERVICE": service, "SILENT": service}
    code = _checked(text, prefixes, {word for word, may in allowed.items() if may})
    return _form(text, code, _FORMS)


def check_update(text: str, prefixes: Collection[str] = _KNOWN_PREFIXES) -> None:
    """Let an update pass, or say why not: it may change the graph, and reach nothing else.

    Raises:
        RefusedQuery: when it would ask or load from elsewhere, or exhaust the engine.
        BadQuery: when it cannot be an update.
    """
    _form(text, _checked(text, prefixes, {*_UPDATES, *_OF_UPDATES}), _BEGINNINGS)


def _checked(text: str, prefixes: Collection[str], allowed: Collection[str]) -> list[Token]:
    """Return the tokens of a text that may pass, without its comments."""
    if len(text) > MAX_LENGTH:
        raise RefusedQuery(f"more than {MAX_LENGTH} characters", *position(text, MAX_LENGTH))
    if surrogate := _SURROGATE.search(text):
        raise BadQuery("half a character (a lone surrogate)", *position(text, surrogate.start()))
    pieces = list(tokens(text))
    _check_escapes(text, pieces)
    code = [piece for piece in pieces if piece.kind != "comment"]
    _check_words(text, code, allowed)
    placed = list(_placed(text, code))
    _check_readings(text, placed)
    _check_counts(text, placed)
    _check_prefixes(text, code, prefixes)
    return code


def _refuse(what: str, text: str, token: Token) -> RefusedQuery:
    return RefusedQuery(what, *position(text, token.start))


def _check_escapes(text: str, pieces: Sequence[Token]) -> None:
    """Refuse escapes that would be read otherwise when they are decoded first."""
    for piece in pieces:
        if "\\" not in piece.text:
            continue
        for escape in _ESCAPE.finditer(piece.text):
            at = position(text, piece.start + escape.start())
            ends = _ENDS.get(piece.kind)
            if ends is None:
                raise RefusedQuery("an escape outside strings and IRIs could hide a keyword", *at)
            code = int(escape[1] or escape[2], 16)
            if code > 0x10FFFF or chr(code) in ends:
                raise RefusedQuery(f"this escape could end the {piece.kind} it stands in", *at)


def _check_words(text: str, code: Sequence[Token], allowed: Collection[str]) -> None:
    for token in code:
        if token.kind == "unknown":
            raise BadQuery(_complaint(token.text[0]), *position(text, token.start))
        if token.kind != "word":
            continue
        word = token.text.upper()
        if word in allowed:
            continue
        if word in _REFUSED:
            raise _refuse(_REFUSED[word], text, token)
        if word not in _WORDS:
            from difflib import get_close_matches  # late: only for a fault

            close = get_close_matches(word, _WORDS, n=1)
            meant = f"; {close[0]} is meant?" if close else ""
            raise BadQuery(f"{token.text[:40]!r} is no word of SPARQL{meant}", *position(text, token.start))


def _complaint(character: str) -> str:
    return "this string does not end" if character in "'\"" else f"unexpected character {character!a}"


class _Placed(NamedTuple):
    """A token and where it stands."""

    token: Token
    #: the innermost open bracket, or ""
    inside: str
    #: whether it belongs to a VALUES block, whose rows are plain data
    data: bool


def _placed(text: str, code: Iterable[Token]) -> Iterator[_Placed]:
    """Match the brackets and say where each token stands."""
    opened: list[Token] = []
    data_depth = -1
    for token in code:
        if token.text in _PAIRS.values():
            opened.append(token)
        elif token.text in _PAIRS:
            _close(text, opened, token)
        elif token.kind == "word" and token.text.upper() in {"VALUES", "DATA"}:
            data_depth = len(opened)
        if len(opened) > MAX_DEPTH:
            raise _refuse(f"more than {MAX_DEPTH} brackets inside each other", text, token)
        yield _Placed(token, opened[-1].text if opened else "", data_depth >= 0)
        if token.text == "}" and len(opened) == data_depth:
            data_depth = -1
    if opened:
        raise BadQuery(f"this {opened[-1].text!r} is not closed", *position(text, opened[-1].start))


def _close(text: str, opened: list[Token], token: Token) -> None:
    if not opened:
        raise BadQuery(f"{token.text!r} closes nothing", *position(text, token.start))
    if opened.pop().text != _PAIRS[token.text]:
        raise BadQuery(f"{token.text!r} closes another kind of bracket", *position(text, token.start))


def _check_readings(text: str, placed: Sequence[_Placed]) -> None:
    """Refuse what the engine may read otherwise than the standard does."""
    before = Token("", "", 0)
    for token, inside, data in placed:
        if token.kind == "name" and _HIDING.search(token.text.partition(":")[0]):
            raise _refuse("a prefix of this name could be read as a keyword; choose another", text, token)
        comparable = inside == "(" and not data and _is_operand(before)
        if token.kind == "iri" and comparable and _OTHERWISE.search(token.text):
            raise _refuse("this IRI could be read as a comparison; use a prefix, or a blank after <", text, token)
        before = token


def _is_operand(token: Token) -> bool:
    return token.kind in _TERMS or token.kind == "language" or token.text.lower() in {")", "true", "false"}


def _check_counts(text: str, placed: Sequence[_Placed]) -> None:
    operators = steps = members = 0
    before = Token("", "", 0)
    for token, inside, data in placed:
        if data:
            continue
        operators += _weight(token, inside)
        steps = _steps(token, steps)
        members = _members(token, before, inside, members)
        for count, limit, what in (
            (operators, MAX_OPERATORS, "operators and patterns"),
            (steps, MAX_PATH, "steps in a path"),
            (members, MAX_LIST, "members of a list"),
        ):
            if count > limit:
                raise _refuse(f"more than {limit} {what}", text, token)
        before = token


def _weight(token: Token, inside: str) -> int:
    """Return 1 for what makes the engine's tree deeper or wider, else 0."""
    if token.kind == "word":
        return int(token.text.upper() in _CLAUSES)
    if token.text == ",":  # arguments and IN lists are cheap
        return int(inside != "(")
    return int(token.kind == "mark" and token.text not in _PAIRS and token.text not in _PAIRS.values())


def _members(token: Token, before: Token, inside: str, members: int) -> int:
    """Count terms in a row inside one round bracket."""
    if inside != "(" or token.kind not in _TERMS:
        return members if token.text in _PAIRS else 0
    return members + 1 if before.kind in _TERMS or before.text in _PAIRS else 1


def _steps(token: Token, steps: int) -> int:
    """Count the joints of one path: its marks, with names and brackets between."""
    if token.kind == "mark" and token.text in {"/", "|", "^"}:
        return steps + 1
    ends = token.kind in {"variable", "string", "number"} or token.text in {".", ";", ",", "{", "}", "&&", "||"}
    return 0 if ends else steps


def _check_prefixes(text: str, code: Sequence[Token], known: Collection[str]) -> None:
    declared = set(known)
    for before, token in zip([None, *code], code, strict=False):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if before is not None and before.kind == "word" and before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            raise BadQuery(f"the prefix '{prefix}:' is not declared", *position(text, token.start))


def _form(text: str, code: Sequence[Token], forms: Sequence[str]) -> str:
    for token in code:
        word = token.text.upper()
        if token.kind == "word" and word in forms:
            return word
        if token.text == "{":
            break
    raise BadQuery(f"it begins with none of {', '.join(forms)}", *position(text, 0))
