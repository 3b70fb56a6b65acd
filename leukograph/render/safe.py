r"""Keeps what a label hides from reaching a terminal: `\x1b` is shown, not sent."""

from __future__ import annotations

import re
from collections.abc import Callable

#: C1, fillers, bidi and zero-width marks, private use, lone surrogates, tags.
_HIGH = (
    "\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_HIDDEN = re.compile(f"[\x00-\x1f{_HIGH}]")
_HIDDEN_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_HIGH}]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""Return a text of one line in which everything hidden shows as an escape.

    Line breaks and tabs are hidden things too: escape line by line what has lines.

    Example:
        >>> visible("\x1b[31mred")
        '\\x1b[31mred'
    """
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_escape, text)


def escaped(text: str, escape: Callable[[int], str]) -> str:
    """Return a text of many lines with everything hidden but line feeds and tabs escaped another way."""
    return _HIDDEN_IN_LINES.sub(lambda match: escape(ord(match[0])), text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in _SHORT:
        return _SHORT[match[0]]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
