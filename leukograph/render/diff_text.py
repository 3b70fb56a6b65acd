"""What changed between two releases as text, and as Markdown for a change log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from leukograph.diff.values import Diff
from leukograph.knowledge import Knowledge
from leukograph.model import Source
from leukograph.render import diff_words
from leukograph.render.layout import DISCLAIMER, Paragraph, page, source_lines, wrap
from leukograph.render.safe import visible

#: Lines told under one heading, unless asked for more.
LINES = 5
_MARKED = re.compile(f"{diff_words.MARK}([a-z0-9_ ]+){diff_words.MARK}")
#: What Markdown would take for a sign of its own, anywhere and at the beginning.
_SPECIAL = re.compile(r"([\\`*_~&\[\]<|]|^[#>+-])")


def render(found: Diff, old: Knowledge, new: Knowledge, width: int = 88, limit: int = LINES) -> str:
    """Return what changed, one block a kind, wrapped to a width in characters."""
    sources = {source.key: source for source in found.sources}
    numbers: dict[str, int] = {}

    def bracket(keys: Sequence[str]) -> str:
        cited = [numbers.setdefault(key, len(numbers) + 1) for key in keys if key in sources]
        return f" [{', '.join(map(str, sorted(cited)))}]" if cited else ""

    told = [one._replace(text=_cited(one.text, bracket)) for one in _paragraphs(found, old, new, limit)]
    lines = [line for one in told for line in one.lines(width)]
    return page([*lines, *source_lines([sources[key] for key in numbers], width), "", *wrap(DISCLAIMER, width)])


def _paragraphs(found: Diff, old: Knowledge, new: Knowledge, limit: int) -> Iterator[Paragraph]:
    yield Paragraph(diff_words.summary(found))
    for block in diff_words.blocks(found, old, new, limit):
        yield Paragraph("")
        yield Paragraph(f"{block.title} ({block.number})")
        for line in block.lines[:limit]:
            yield Paragraph(line, indent=2, hanging=2, bullet="- ")
        if len(block.lines) > limit:
            yield Paragraph(f"and {len(block.lines) - limit} more (--format json)", indent=4)


def markdown(found: Diff, old: Knowledge, new: Knowledge, limit: int = LINES) -> str:
    """Return what changed as headings and bullet lists for a change log, with links to sources."""
    sources = {source.key: source for source in found.sources}

    def links(keys: Sequence[str]) -> str:
        cited = [_link(sources[key]) for key in keys if key in sources]
        return f" ({', '.join(cited)})" if cited else ""

    lines = [f"## {_escaped(found.old)} to {_escaped(found.new)}", "", _escaped(diff_words.summary(found))]
    for block in diff_words.blocks(found, old, new, limit):
        lines += ["", f"### {block.title} ({block.number})", ""]
        lines += [f"- {_cited(line, links, _escaped)}" for line in block.lines[:limit]]
        lines += [f"- and {len(block.lines) - limit} more"] if len(block.lines) > limit else []
    return "\n".join(lines) + "\n"


def _cited(text: str, cite: Callable[[Sequence[str]], str], plain: Callable[[str], str] = str) -> str:
    """Return a text with its marks turned into citations, and what is between them made plain."""
    parts = _MARKED.split(text)
    return "".join(cite(part.split()) if n % 2 else plain(part) for n, part in enumerate(parts))


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def _link(source: Source) -> str:
    address = re.fullmatch(r"https?://([^/\s<>\\]+)[^\s<>\\]*", source.url)
    name = _escaped(source.id or (address[1] if address else source.key))
    return f"[{name}](<{source.url}>)" if address else name
