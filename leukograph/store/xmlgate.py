"""What XML says before its first element, and what its entities would grow to.

Files that Protege writes declare entities as short names of namespaces, so entities
are allowed; but only where they stay small, and never such that lie elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from leukograph.errors import CannotRead

#: Bytes that one entity may grow to.
LARGEST = 1 << 20
#: Entities within entities.
DEPTH = 16
MOST_ENTITIES = 1000
#: Bytes that all references together may grow to, besides so many times the file.
GROWTH, TIMES = 8 << 20, 16
#: Bytes up to which the first element must have begun.
PROLOG = 1 << 20

_SKIPPED = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)[\"']")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[^\s\[>]+\s*", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\s+([^\s%\"'<>]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_OTHER = re.compile(rb"<!(?:ELEMENT|ATTLIST|NOTATION)\s(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ROOT = re.compile(rb"<([^\s/>]+)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>")
_REFERENCE = re.compile(rb"&([^\s;&#<>]{1,200});")
_ELSEWHERE = "its document type points to another file, which is never read"
_HINT = "take the document type out, or save the file again with another tool"


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before and in the first tag."""

    #: name of the first element, as it is spelled
    tag: str
    #: attributes of the first element, as they are spelled
    attributes: str
    #: entity -> bytes that it grows to
    entities: dict[bytes, int] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """Name of the first element without its prefix."""
        return self.tag.rpartition(":")[2]


def prolog(path: Path, data: bytes) -> Prolog:
    """Read the beginning of an XML file.

    Args:
        path: for the error.
        data: its first bytes; as many as `PROLOG` or all that there are.

    Raises:
        CannotRead: when an entity lies elsewhere, grows too large, or when no element begins.
    """
    encoding = _ENCODING.match(data)
    if encoding and encoding[1].decode().lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise CannotRead(f"{path} says that its encoding is {encoding[1].decode()}", "save it as UTF-8")
    place, entities = 0, dict[bytes, bytes]()
    while True:
        if skipped := _SKIPPED.match(data, place):
            place = skipped.end()
        elif doctype := _DOCTYPE.match(data, place):
            place = _internal_subset(path, data, doctype.end(), entities)
        elif root := _ROOT.match(data, place):
            return Prolog(root[1].decode(), root[2].decode(), _sizes(path, entities))
        else:
            raise CannotRead(f"{path} is no whole XML: no element begins at byte {place}", "fetch it again")


def _internal_subset(path: Path, data: bytes, place: int, entities: dict[bytes, bytes]) -> int:
    """Collect the entities of a document type and return where it ends."""
    if data[place : place + 6].upper() in (b"SYSTEM", b"PUBLIC"):
        raise CannotRead(f"{path} is refused: {_ELSEWHERE}", _HINT)
    if data[place : place + 1] == b"[":
        place += 1
        while data[place : place + 1] != b"]":
            if found := _SKIPPED.match(data, place) or _OTHER.match(data, place):
                place = found.end()
            elif entity := _ENTITY.match(data, place):
                # the first declaration of a name holds
                entities.setdefault(entity[1], entity[2] if entity[2] is not None else entity[3])
                place = entity.end()
            elif data.startswith((b"%", b"<!ENTITY"), place):
                raise CannotRead(f"{path} is refused: it declares an entity that lies elsewhere", _HINT)
            else:
                raise CannotRead(f"{path} is no whole XML: its document type breaks off at byte {place}", _HINT)
            if len(entities) > MOST_ENTITIES:
                raise CannotRead(f"{path} is refused: it declares more than {MOST_ENTITIES} entities", _HINT)
        place += 1
    end = data.find(b">", place)
    if end < 0 or data[place:end].strip():
        raise CannotRead(f"{path} is no whole XML: its document type has no end", _HINT)
    return end + 1


def _sizes(path: Path, entities: dict[bytes, bytes]) -> dict[bytes, int]:
    sizes: dict[bytes, int] = {}

    def size(name: bytes, depth: int) -> int:
        if name not in entities:
            return 1  # one of the five of XML, or a fault that the parser finds
        if name not in sizes:
            if depth > DEPTH:
                raise _grows(path, name)
            text = entities[name]
            sizes[name] = len(text) + sum(size(used, depth + 1) for used in _REFERENCE.findall(text))
            if sizes[name] > LARGEST:
                raise _grows(path, name)
        return sizes[name]

    for name in entities:
        size(name, 1)
    if sum(sizes.values()) > GROWTH:
        raise CannotRead(f"{path} is refused: its entities grow too large", _HINT)
    return sizes


def _grows(path: Path, name: bytes) -> CannotRead:
    shown = name.decode(errors="replace")[:40]
    return CannotRead(f"{path} is refused: its entity {shown!r} grows too large, or into itself", _HINT)


class Growth:
    """Only references that stay within bounds, whatever each is worth."""

    def __init__(self, path: Path, entities: dict[bytes, int]) -> None:
        self._path, self._entities = path, entities
        self._read = self._grown = 0
        self._rest = b""

    def feed(self, block: bytes) -> None:
        """Count the references of the next block; one may be cut by its end.

        Raises:
            CannotRead: when they grow too large together.
        """
        if not self._entities:
            return
        data = self._rest + block
        self._rest = data[data.rfind(b"&") :][:210] if b"&" in data[-210:] and b";" not in data[-210:] else b""
        whole = data[: len(data) - len(self._rest)]
        self._grown += sum(self._entities.get(name, 0) for name in _REFERENCE.findall(whole))
        self._read += len(block)
        if self._grown > GROWTH + TIMES * self._read:
            raise CannotRead(f"{self._path} is refused: its entities grow to more than {TIMES} times the file", _HINT)

    def end(self) -> None:
        """Nothing is left to see."""


class Closed:
    """Only a file whose first element is closed at its end; parsers of RDF/XML take one that was cut."""

    def __init__(self, path: Path, found: Prolog) -> None:
        self._path, self._tag, self._tail = path, found.tag, b""
        self._is_empty = found.attributes.rstrip().endswith("/")

    def feed(self, block: bytes) -> None:
        """Keep the end of what was read."""
        self._tail = (self._tail + block)[-4096:]

    def end(self) -> None:
        """Look for the closing tag.

        Raises:
            CannotRead: when there is none.
        """
        tail = re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", self._tail, flags=re.DOTALL).rstrip()
        if not self._is_empty and not re.search(rb"</" + re.escape(self._tag.encode()) + rb"\s*>$", tail):
            raise CannotRead(f"{self._path} was cut short: <{self._tag}> is not closed at its end", "fetch it again")
