"""Rules on literals: values that do not fit their datatype, wrong language tags, broken text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leukograph.checks.report import Hit
from leukograph.checks.rules import Rule
from leukograph.checks.statements import DEFINITION, LABEL, PREFERRED, SKOS_DEFINITION, SYNONYMS, Statements, is_blank
from leukograph.checks.vocabulary import THREE_LETTERS, TWO_LETTERS
from leukograph.namespaces import XSD

if TYPE_CHECKING:
    from pyoxigraph import Literal

_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR, _MONTH, _DAY = r"-?(?:[1-9]\d{4,}|\d{4})", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_FORMS = {
    "boolean": r"true|false|0|1",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|\+?INF|-INF|NaN",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "duration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}[A-Za-z0-9+/=] ?=)?",
    "anyURI": r"[^\s<>\"{}|\\^`]*",
}
_PATTERNS = {XSD + name: re.compile(form) for name, form in (*_FORMS.items(), ("float", _FORMS["double"]))}
_INTEGER = re.compile(r"[+-]?\d+")
#: Integer types -> the least and the greatest value, None where there is none.
_LIMITS: dict[str, tuple[int | None, int | None]] = {
    XSD + name: limits
    for name, limits in {
        "integer": (None, None),
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
        "nonPositiveInteger": (None, 0),
        "negativeInteger": (None, -1),
        **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in (("long", 64), ("int", 32))},
        **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in (("short", 16), ("byte", 8))},
        **{name: (0, 2**bits - 1) for name, bits in (("unsignedLong", 64), ("unsignedInt", 32))},
        **{name: (0, 2**bits - 1) for name, bits in (("unsignedShort", 16), ("unsignedByte", 8))},
    }.items()
}
#: Longer integers are compared with no limit: Python reads them slowly, and none of the limits is as long.
_LONGEST = 100
#: UTF-8 that was read as Latin-1 or Windows-1252, characters that stand for unreadable ones, control characters.
_BROKEN = re.compile(
    "\u00c3[\u0080-\u00bf\u0152-\u2122]|\u00c2[\u0080-\u00bf]|\u00e2\u20ac|\ufffd|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_DAYS = re.compile(r"(-?\d+)-(\d\d)-(\d\d)")


def fits(text: str, datatype: str) -> bool:
    """Tell whether a text is a value of a datatype of XML Schema; any other type takes anything.

    Example:
        >>> fits("2024-02-30", XSD + "date")
        False
    """
    if datatype in _LIMITS:
        stripped = text.strip(" \t\r\n")
        if not _INTEGER.fullmatch(stripped) or not stripped.isascii():
            return False
        low, high = _LIMITS[datatype]
        if len(stripped) > _LONGEST:
            return low is None if stripped[0] == "-" else high is None
        return (low is None or int(stripped) >= low) and (high is None or int(stripped) <= high)
    pattern = _PATTERNS.get(datatype)
    if pattern is None:
        return True
    stripped = text.strip(" \t\r\n")
    if not pattern.fullmatch(stripped) or (not stripped.isascii() and datatype != XSD + "anyURI"):
        return False
    return datatype not in (XSD + "date", XSD + "dateTime") or _is_day(stripped)


def _is_day(text: str) -> bool:
    found = _DAYS.match(text)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _malformed(found: Statements) -> Iterator[Hit]:
    for predicate in found.predicates:
        for node, _, text in found.texts(predicate):
            if not fits(text.value, text.datatype.value):
                kind = text.datatype.value.removeprefix(XSD)
                yield Hit(found.holder(node), f"{_cut(text.value)!r} is no xsd:{kind} (value of {predicate})")


def _language_tag(found: Statements) -> Iterator[Hit]:
    told = set()
    for predicate in found.predicates:
        for node, _, text in found.texts(predicate):
            tag = text.language
            if tag and (node, tag) not in told and (fault := _fault_of(tag)):
                told.add((node, tag))
                yield Hit(found.holder(node), f"the language tag {tag!r} of {_cut(text.value, 40)!r} {fault}")


def _fault_of(tag: str) -> str:
    primary = tag.split("-")[0].lower()
    if primary in THREE_LETTERS:
        return f"has a shorter form, which others look for: {THREE_LETTERS[primary]}"
    if len(primary) == 2 and primary not in TWO_LETTERS:
        return "is no language; a country goes behind the language, as in en-GB"
    if len(primary) > 3 and primary not in {"i", "x"}:
        return "is no language of two or three letters"
    return ""


def _mixed_tags(found: Statements) -> Iterator[Hit]:
    tagged: list[tuple[str, Literal]] = []
    bare: list[tuple[str, Literal]] = []
    for node, _, text in found.texts(LABEL):
        if found.is_own(node):
            (tagged if text.language else bare).append((node, text))
    # one or the other habit is fine; a few that stray from it are a fault, since filters by language lose them
    if bare and tagged and len(bare) * 9 <= len(tagged):
        for node, text in sorted(bare, key=lambda one: one[0]):
            yield Hit(node, f"the label {text.value!r} has no language tag, and most labels have one")
    elif bare and tagged and len(tagged) * 9 <= len(bare):
        untagged = {node for node, _ in bare}
        for node, text in sorted(tagged, key=lambda one: one[0]):
            if node not in untagged:
                yield Hit(node, f"the label {text.value!r} has a language tag ({text.language}), and most have none")


def _broken_text(found: Statements) -> Iterator[Hit]:
    for node, _, text in found.texts(LABEL, PREFERRED, DEFINITION, SKOS_DEFINITION, *SYNONYMS):
        if (fault := _BROKEN.search(text.value)) and not is_blank(node):
            around = text.value[max(0, fault.start() - 15) : fault.end() + 15]
            yield Hit(node, f"text with broken or hidden characters: {around!r}")


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


RULES = (
    Rule(
        "malformed-literal",
        "C401",
        "error",
        "a value that its datatype does not have",
        "Mend the value or the datatype; engines drop or refuse such a literal.",
        "literals",
        find=_malformed,
    ),
    Rule(
        "language-tag",
        "C402",
        "warning",
        "a language tag that names no language",
        "Write a tag of BCP 47, such as en or pt-BR.",
        "literals",
        find=_language_tag,
    ),
    Rule(
        "mixed-language-tags",
        "C403",
        "warning",
        "labels of which a few stray from the habit of tagging the language",
        "Tag all labels, or none.",
        "literals",
        find=_mixed_tags,
    ),
    Rule(
        "broken-text",
        "C404",
        "error",
        "text that was read in the wrong encoding, or holds control characters",
        "Type the text again in UTF-8.",
        "literals",
        find=_broken_text,
    ),
)
