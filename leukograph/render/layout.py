"""What every text answer is laid out with: wrapped lines, lists in words, the list of sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from leukograph.model import MODEL_SOURCE, Claim, Source
from leukograph.render.safe import visible
from leukograph.sentences import citations, renumbered

DISCLAIMER = "For education and data work; not advice about treating a patient."


class Paragraph(NamedTuple):
    """A text that is yet to be wrapped; an empty one is an empty line."""

    text: str
    indent: int = 0
    hanging: int = 0
    bullet: str = ""
    #: whether it is a line of a table, which stays as it is
    fixed: bool = False

    def lines(self, width: int) -> list[str]:
        """Return the lines of the paragraph."""
        if self.fixed or not self.text:
            return [self.text]
        return wrap(self.text, width, self.indent, self.hanging, self.bullet)


def document(paragraphs: Iterable[Paragraph], sources: Sequence[Source], width: int) -> str:
    """Return paragraphs as a finished text: sources numbered as they are cited, and listed.

    Args:
        paragraphs: texts with numbers of sources in brackets.
        sources: the sources to which these numbers lead, from 1.
        width: characters in a line, 20 at least.
    """
    width, paragraphs = max(width, 20), list(paragraphs)
    order = citations(one.text for one in paragraphs)
    new = {old: n for n, old in enumerate(order, start=1)}
    lines = [line for one in paragraphs for line in one._replace(text=renumbered(one.text, new)).lines(width)]
    lines += [*source_lines([sources[old - 1] for old in order], width), "", *wrap(DISCLAIMER, width)]
    return page(lines)


def page(lines: Iterable[str]) -> str:
    """Return lines as one text; what a label hides is shown."""
    return "\n".join(visible(line) for line in lines).rstrip() + "\n"


def wrap(text: str, width: int, indent: int = 0, hanging: int = 0, bullet: str = "") -> list[str]:
    """Return a text as lines of at most `width` characters; a longer word stays whole."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent + bullet,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def headed(head: str, words: str, width: int) -> Iterator[str]:
    """Yield the head of a block, with words at the right where there is room."""
    gap = width - len(head) - len(words)
    if gap >= 2:
        yield f"{head}{' ' * gap}{words}"
    else:
        yield from wrap(head, width)
        yield from wrap(f"({words})", width, indent=2)


def wrap_all(texts: Iterable[str], width: int) -> Iterator[str]:
    """Yield the lines of several texts."""
    for text in texts:
        yield from wrap(text, width)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    Example:
        >>> listed(["HIV", "sepsis", "measles"])
        'HIV, sepsis and measles'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 route`, `2 routes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def unique(claims: Iterable[Claim]) -> list[Claim]:
    """Return each claim once, in the order in which they first come."""
    return list({claim.key: claim for claim in claims}.values())


def bracket(claim: Claim, verdict: str, numbers: dict[str, int]) -> str:
    """Return the numbers of the sources of one verdict: ` [1, 2]`; empty when there is none."""
    found = sorted({numbers[row.source] for row in claim.evidence if row.verdict == verdict})
    return f" [{', '.join(map(str, found))}]" if found else ""


def source_lines(sources: Sequence[Source], width: int) -> Iterator[str]:
    """Yield the numbered list of sources, with a heading; nothing for no source.

    Our own definitions keep their number and are not listed; they come last.
    """
    told = [(n, source) for n, source in enumerate(sources, start=1) if source.key != MODEL_SOURCE]
    if not told:
        return
    yield ""
    yield "Sources"
    space = len(f"[{told[-1][0]}] ")
    for n, source in told:
        year = f" ({source.year})" if source.year else ""
        words = f"{source.title.rstrip('.')}{year}. {source.id or source.url}"
        yield from wrap(f"{f'[{n}]':<{space}}{words}", width, indent=2, hanging=space)
