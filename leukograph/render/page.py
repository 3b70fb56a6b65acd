"""A term's description, and the paths between two terms, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leukograph.model import MODEL_SOURCE, Claim, Description, Figure, Language, Membership, Paths, Source
from leukograph.render.figures import amount
from leukograph.render.layout import counted, page, source_lines, wrap
from leukograph.render.safe import visible
from leukograph.sentences import capitalized, cited, spaced

#: Members of a defined class that a text shows of each kind; JSON has all.
SHOWN = 24


def describe_text(found: Description, language: Language, width: int = 88) -> str:
    """Return everything about a term as text."""
    lines = list(_description(found, language, width))
    return page(lines)


def _description(found: Description, language: Language, width: int) -> Iterator[str]:
    entry = found.entry
    numbers = {source.key: n for n, source in enumerate(_shown(found.sources), start=1)}
    kind = language.kinds[entry.term.kind].label
    yield f"{capitalized(entry.term.label)} ({kind}, {entry.key})"
    yield from wrap(entry.definition, width)
    yield ""
    facts = [
        ("Also called", ", ".join(entry.synonyms)),
        ("A kind of", ", ".join(term.label for term in found.parents)),
        ("Kinds", ", ".join(term.label for term in found.kinds)),
        ("By logic also", ", ".join(term.label for term in found.defined)),
        ("Identifiers", ", ".join(f"{identifier} ({match})" for match, identifier in entry.mappings)),
        ("Rises", entry.up),
        ("Falls", entry.down),
    ]
    for name, value in facts:
        if value:
            yield from wrap(f"{name}: {value}", width, hanging=2)
    yield f"IRI: {entry.term.iri}"
    if found.figures:
        yield from ("", "Figures")
        for figure in found.figures:
            yield from wrap(_figure(figure, entry.key, language, numbers), width, indent=2, hanging=2)
    for title, claims, out in (("Claims", found.claims_out, True), ("Claims about it", found.claims_in, False)):
        if claims:
            yield from ("", title)
            for claim in claims:
                yield from wrap(_claim(claim, out, language, numbers), width, indent=2, hanging=2)
    yield from source_lines(_shown(found.sources), width)


def membership_text(found: Membership, width: int = 88) -> str:
    """Return a defined class as text: what it means, and its members by kind."""
    defined = found.defined
    lines = [f"{capitalized(defined.term.label)} (defined class, {defined.term.key})"]
    lines += wrap(defined.definition, width)
    lines += ["", *wrap(f"By logic: {found.words}", width, hanging=2)]
    for name, terms in (("Under", found.above), ("Above", found.below)):
        if terms:
            lines += wrap(f"{name}: {', '.join(term.label for term in terms)}", width, hanging=2)
    lines += wrap(f"Editor's note: {defined.note}", width, hanging=2)
    lines += [f"IRI: {defined.term.iri}", ""]
    if found.members is None:
        unknown = "What is in it is not known here: this graph was made without what is inferred."
        return page([*lines, *wrap(f"{unknown} leukograph reason works it out.", width)])
    lines.append(f"In it, by inference: {counted(len(found.members), 'term')}")
    kinds: dict[str, list[str]] = {}
    for term in found.members:
        kinds.setdefault(term.kind, []).append(term.label)
    for kind, labels in sorted(kinds.items()):
        shown = sorted(labels, key=str.casefold)[:SHOWN]
        more = f" and {len(labels) - SHOWN} more (--format json)" if len(labels) > SHOWN else ""
        told = f"{kind.replace('_', ' ')} ({len(labels)}): {', '.join(shown)}{more}"
        lines += wrap(told, width, indent=2, hanging=2)
    return page(lines)


def _shown(sources: Iterable[Source]) -> list[Source]:
    return [source for source in sources if source.key != MODEL_SOURCE]


def _figure(figure: Figure, key: str, language: Language, numbers: dict[str, int]) -> str:
    with_ = "".join(f" with {term.label}" for term in figure.about if term.key != key)
    method = f"; {figure.method}" if figure.method else ""
    disagreement = f" Sources disagree: {figure.disagreement}." if figure.disagreement else ""
    name = language.quantities.get(figure.quantity, figure.quantity)
    return f"{name}{with_}: {amount(figure)} ({figure.population}{method}) [{numbers[figure.source]}].{disagreement}"


def _claim(claim: Claim, out: bool, language: Language, numbers: dict[str, int]) -> str:
    relation = language.relations[claim.relation]
    if out:
        words = f"{relation.reads} {claim.object.label}"
    elif relation.reads_backwards:
        words = f"{relation.reads_backwards} {claim.subject.label}"
    else:
        words = f"{claim.subject.label} {relation.reads} it"
    stage = f", {claim.stage}" if claim.stage else ""
    grade = "by definition" if claim.definitional else f"{claim.grade}{stage}"
    return f"{words}{cited(claim, numbers)} ({grade})"


def paths_text(found: Paths, language: Language, width: int = 88) -> str:
    """Return the paths between two terms, each as a sentence and as what leads to what."""
    if not found.paths:
        return f"No chain leads from {visible(found.start.label)} to {visible(found.end.label)}.\n"
    count = len(found.paths)
    lines = [f"From {found.start.label} to {found.end.label}: {count} path{'' if count == 1 else 's'}"]
    if found.truncated:
        lines[0] += ", and there are more (--limit, --max-length)"
    for chain in found.paths:
        keys = [chain.cause.label]
        for step in chain.steps:
            claim = step.claim
            ours = claim.object.is_ours
            words = spaced(claim.relation) if ours else language.relations[claim.relation].reads
            keys.append(f"{words} {claim.object.label}")
        lines += ["", *wrap(f"{chain.n}. {chain.text} ({chain.grade})", width, hanging=3)]
        lines += wrap(" → ".join(keys), width, indent=3, hanging=2)
    lines += source_lines(_shown(found.sources), width)
    return page(lines)
