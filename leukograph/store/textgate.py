"""A gate of text before the parsers: what they would choke on is refused with its place.

Parsers of RDF meet files that are gzipped, in another encoding, cut short, or made to
exhaust them. `Stream` hands on bytes that are UTF-8 without a byte order mark and
without NUL, in JSON not too deeply nested, in XML without entities that grow. It reads
in blocks and keeps none, so its memory does not depend on the size of the file.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from leukograph.errors import CannotRead, LeukographError, LimitReached

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined,unused-ignore] # from Python 3.12 on
else:
    Buffer = object

#: Bytes read at once.
BLOCK = 1 << 18
#: Brackets within brackets in JSON; the parsers of JSON-LD crash at some thousands.
DEPTH = 500
#: Bytes after unpacking; what a gzip bomb may grow to.
SIZE = 64 << 30
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Check(Protocol):
    """Looks at a file block by block, and raises at the first fault."""

    def feed(self, block: bytes) -> None:
        """Look at the next block."""

    def end(self) -> None:
        """Look back when the file has ended."""


class Utf8:
    """Only UTF-8 without NUL; tells the byte where it ends."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self._path, self._offset, self._rest = path, offset, b""

    def feed(self, block: bytes) -> None:
        """Look at the next block; a letter may be cut by its end.

        Raises:
            CannotRead: with the offset of the first wrong byte, counted after unpacking.
        """
        if (place := block.find(b"\0")) >= 0:
            raise self._wrong(self._offset + len(self._rest) + place, "is NUL")
        data = self._rest + block
        try:
            data.decode()
            self._rest = b""
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                raise self._wrong(self._offset + error.start, "is no UTF-8") from None
            self._rest = data[error.start :]
        self._offset += len(data) - len(self._rest)

    def end(self) -> None:
        """Look at what the last block left over.

        Raises:
            CannotRead: when the file ends within a letter.
        """
        if self._rest:
            raise self._wrong(self._offset, "begins a letter that the file ends within")

    def _wrong(self, place: int, what: str) -> CannotRead:
        return CannotRead(
            f"{self._path} cannot be read: byte {place} {what}", "save it as UTF-8, for instance with: iconv -t UTF-8"
        )


class Depth:
    """Only so many brackets within brackets in JSON; those in strings do not count."""

    def __init__(self, path: Path, most: int = DEPTH) -> None:
        self._path, self._most = path, most
        self._depth = self._line = 0
        self._in_string = False
        self._rest = b""

    def feed(self, block: bytes) -> None:
        """Follow the brackets of the next block.

        Raises:
            CannotRead: where they go too deep.
        """
        data = self._rest + block
        self._rest = b""
        for match in re.finditer(rb'\\.|\\\Z|["\[\]{}]', data, re.DOTALL):
            token = match[0]
            if token == b"\\":
                self._rest = b"\\"
            elif token == b'"':
                self._in_string = not self._in_string
            elif self._in_string:
                continue
            elif token in b"[{":
                self._depth += 1
                if self._depth > self._most:
                    line = self._line + data.count(b"\n", 0, match.start()) + 1
                    raise CannotRead(
                        f"{self._path} cannot be read: more than {self._most} brackets lie within each other "
                        f"at line {line}"
                    )
            elif token in b"]}":
                self._depth -= 1
        self._line += data.count(b"\n")

    def end(self) -> None:
        """Nothing is left to see; what was not closed the parser finds."""


class Stream(io.RawIOBase):
    """The bytes of a file, unpacked and checked, without a byte order mark.

    `line` is the line up to which they were handed on, `packed` the bytes read from disk.
    """

    def __init__(self, path: Path, checks: tuple[Check, ...] = ()) -> None:
        """Open a file.

        Raises:
            CannotRead: when it is missing, or is no file.
        """
        super().__init__()
        self._path, self._checks = path, checks
        self._open: list[IO[bytes]] = []
        self._raw = open_plain(path)
        self._open.append(self._raw)
        is_packed = self._raw.read(len(_GZIP)) == _GZIP
        self._raw.seek(0)
        self._file: IO[bytes] = cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw)) if is_packed else self._raw
        self._open.append(self._file)
        self._left = memoryview(b"")
        self._size = 0
        #: what was raised while reading; some parsers raise another error in its place
        self.fault: LeukographError | None = None
        self.line = 1
        try:
            self._begin()
        except LeukographError:
            self.close()
            raise

    def _begin(self) -> None:
        first = self._block()
        mark = len(_BOM) if first.startswith(_BOM) else 0
        if first[:2] in _UTF16 or b"\0\0" in (first[0:3:2], first[1:4:2]):
            raise CannotRead(f"{self._path} is UTF-16", "save it as UTF-8, for instance with: iconv -f UTF-16 -t UTF-8")
        self._checks = (Utf8(self._path, mark), *self._checks)
        self._take(first[mark:])

    @property
    def packed(self) -> int:
        """Bytes read from disk so far."""
        return 0 if self._raw.closed else self._raw.tell()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill a buffer with the next bytes; return how many, 0 at the end.

        Raises:
            CannotRead: at the first fault.
        """
        target = memoryview(buffer)  # type: ignore[arg-type,unused-ignore]
        try:
            if not self._left and not self._next():
                return 0
        except LeukographError as error:
            self.fault = error
            raise
        part = self._left[: len(target)]
        target[: len(part)] = part
        self._left = self._left[len(part) :]
        self.line += bytes(part).count(b"\n")
        return len(part)

    def close(self) -> None:
        """Close the file."""
        for file in self._open:
            file.close()
        super().close()

    def _next(self) -> bool:
        block = self._block()
        if not block:
            for check in self._checks:
                check.end()
            return False
        self._take(block)
        return True

    def _take(self, block: bytes) -> None:
        for check in self._checks:
            check.feed(block)
        self._left = memoryview(block)

    def _block(self) -> bytes:
        try:
            block = self._file.read(BLOCK)
        except EOFError:
            raise CannotRead(f"{self._path} is gzip that was cut short", "fetch it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise CannotRead(f"{self._path} is gzip that is damaged: {error}", "fetch it again") from None
        except OSError as error:
            raise CannotRead(f"{self._path} cannot be read: {error.strerror}") from error
        self._size += len(block)
        if self._size > SIZE:
            raise LimitReached(f"{self._path} is larger than {SIZE >> 30} GB when unpacked", "cut it into parts")
        return block


def open_plain(path: Path) -> IO[bytes]:
    """Open a file for reading bytes.

    Raises:
        CannotRead: when it is missing, a folder, or may not be read.
    """
    try:
        if path.is_dir():
            raise CannotRead(f"{path} is a folder", "name the files in it")
        if path.exists() and not path.is_file():
            raise CannotRead(f"{path} is no plain file", "write what it gives to a file, and name that")
        return path.open("rb")
    except CannotRead:
        raise
    except (OSError, ValueError) as error:  # a name with NUL is a ValueError
        raise CannotRead(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def head(path: Path, size: int = 1 << 16) -> bytes:
    """Return the first bytes of a file, unpacked and checked.

    Raises:
        CannotRead: when there is no such file, or its beginning is no UTF-8.
    """
    with Stream(path) as stream:
        parts, left = [], size
        while left > 0 and (part := stream.read(min(left, BLOCK))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
