"""Cuts SPARQL into tokens, just far enough to judge it: it parses no grammar.

The engine reads without a lexer, so `SERVICE:a {...}` is a service call to it and a
prefixed name to the standard. The kinds below are what the standard says; what
the engine may read otherwise is the gate's matter (`guard`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Patterns in the order in which they are tried. A prefix has a greatest length, so that
#: no text takes more than linear time.
_LOCAL = r"(?:[\w:·-]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%]|\.(?=[\w.:·%\\-]))*"
_KINDS = {
    "space": r"[ \t\r\n]+",
    "comment": r"#[^\r\n]*",
    "string": (
        r"'''[^'\\]*(?:(?:\\(?s:.)|'{1,2}(?!'))[^'\\]*)*'''"
        r'|"""[^"\\]*(?:(?:\\(?s:.)|"{1,2}(?!"))[^"\\]*)*"""'
        r"|'(?!'')[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'"
        r'|"(?!"")[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"'
    ),
    "iri": r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>",
    "variable": r"[?$][^\W·]\w*",
    "blank": r"_:\w[\w.·-]*(?<!\.)",
    "name": r"(?:[^\W\d_][\w.·-]{0,99})?(?<!\.):" + _LOCAL,
    "language": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
    "number": r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
    "word": r"[A-Za-z][A-Za-z0-9_]*",
    "mark": r"\^\^|&&|\|\||[{}()\[\].;,*/|^?!=<>+~@-]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))


class Token(NamedTuple):
    """A piece of a query: its kind, its text, and where it starts."""

    kind: str
    text: str
    start: int


def position(text: str, start: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a place in a text."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, comments included, white space left out.

    Where no token can start, one of the kind "unknown" is the last.
    """
    start = 0
    while start < len(text):
        found = _TOKEN.match(text, start)
        if found is None:
            yield Token("unknown", text[start : start + 10], start)
            return
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "", found.group(), start)
        start = found.end()
