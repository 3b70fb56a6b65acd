"""From what was typed to a term: labels, synonyms, keys, identifiers, near misses.

Both sides, the names of the graph and what was typed, go through `normalise`, so
that case, accents, Greek letters, hyphens, British spelling and plurals make no
difference. A name is resolved in steps, the strictest first:

1. the very name, then the name in another case, then an equal normal form; on
   each step a label beats a synonym, a synonym a key, a key an identifier;
2. an equal normal form without blanks (GCSF for G-CSF);
3. otherwise the closest labels are suggested, and no term is guessed.

`search` goes on from there: names that begin so, names that hold all the words,
names that hold the text, and names that are spelled nearly so. rapidfuzz is
imported for the last step alone, and only when the others gave little.

A plain name is looked up in SQLite before this module is loaded; it needs all rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from leukograph.errors import AmbiguousName, DefinedName, UnknownName
from leukograph.model import DEFINED_KIND, Defined, Entry, Gap
from leukograph.namespaces import BASE, FOREIGN_PREFIXES

if TYPE_CHECKING:
    from leukograph.knowledge import Knowledge

#: What a name is to its term; the smaller number wins a tie.
LABEL, SYNONYM, KEY, IDENTIFIER, NEAR_IDENTIFIER, RELATED_IDENTIFIER = range(6)
#: How a mapping matches -> what its CURIE is to the term. A broader or narrower one is
#: found and suggested, but it does not name the term.
_MATCHES = {"exactMatch": IDENTIFIER, "closeMatch": NEAR_IDENTIFIER}
#: Labels that an unknown name is answered with.
SUGGESTIONS = 5
#: Fewer matches than this, none of them exact, and `search` also looks for misspelled names.
ENOUGH = 5
#: Text longer than this is no misspelled name.
LONGEST = 200
#: Least likeness (0 to 1) of a misspelled name, and of a misspelled word in a name.
LIKE, LIKE_WORD = 0.65, 0.75


class NameRow(NamedTuple):
    """One name of one term, ready for a table row."""

    normal: str
    name: str
    key: str
    label: str
    kind: str
    #: LABEL, SYNONYM, KEY or one of the identifiers
    rank: int


class Match(NamedTuple):
    """A term that was found, with the name by which it was found."""

    key: str
    label: str
    kind: str
    name: str
    #: 0 to 1; 1 is the very name
    score: float


def rows_of(knowledge: Knowledge) -> list[NameRow]:
    """Return every name of every term, and of every defined class: labels, synonyms, keys, CURIEs.

    IRIs need no row: `resolve_rows` turns them into keys and CURIEs.
    """
    named: list[Entry | Defined] = [*knowledge.entries.values(), *knowledge.defined.values()]
    return [row for one in named for row in names_of(one)]


def names_of(one: Entry | Defined) -> Iterator[NameRow]:
    """Yield every name of one term, or of one defined class."""
    term = one.term
    names = [(term.label, LABEL), *((name, SYNONYM) for name in one.synonyms), (term.key, KEY)]
    if isinstance(one, Entry):
        names += [(curie, _MATCHES.get(match, RELATED_IDENTIFIER)) for match, curie in one.mappings]
    for name, rank in names:
        yield NameRow(normalise(name), name, term.key, term.label, term.kind, rank)


# --- the normal form -----------------------------------------------------------

#: Greek small letter -> its name between blanks
_GREEK = str.maketrans(
    {
        letter: f" {unicodedata.name(letter).rpartition(' ')[2].lower().replace('lamda', 'lambda')} "
        for letter in "αβγδεζηθικλμνξοπρστυφχψω"
    }
)
_POSSESSIVE = re.compile(r"['’ʼ`´]s\b|['’ʼ`´]")
_PUNCTUATION = re.compile(r"[\W_]+")

#: Words that end in s and are no plural, each between blanks.
_SINGULAR = (
    " aids ards atlas caries chaos diabetes facies herpes lens measles mers mumps pancreas pathos"
    " rabies rickets sars scabies series species "
)
#: Plurals that follow no rule below.
_IRREGULAR = {
    "bacilli": "bacillus",
    "bacteria": "bacterium",
    "children": "child",
    "crises": "crisis",
    "criteria": "criterion",
    "emboli": "embolus",
    "foci": "focus",
    "fungi": "fungus",
    "loci": "locus",
    "men": "man",
    "mitochondria": "mitochondrion",
    "nuclei": "nucleus",
    "stimuli": "stimulus",
    "thrombi": "thrombus",
    "women": "woman",
}
#: Endings of plurals, the most telling first: (pattern, what it becomes).
_PLURALS = [
    (re.compile(r"cocci$"), "coccus"),
    (re.compile(r"(?<=\w\w\w)(?<!d)oses$"), "osis"),
    (re.compile(r"yses$"), "ysis"),
    (re.compile(r"stases$"), "stasis"),
    (re.compile(r"(?<=\w\w)ies$"), "y"),
    (re.compile(r"(?<![ao])uses$"), "us"),
    (re.compile(r"(?<=ss|ch|sh)es$|(?<=x)es$"), ""),
    (re.compile(r"(?<=\w\w\w)(?<![sui])s$"), ""),
]
#: British spelling -> American, on single words. One way only, so that a second pass
#: changes nothing; what else they touch they touch on both sides.
_SPELLINGS = [
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"leuc"), "leuk"),
    (re.compile(r"our"), "or"),
    (re.compile(r"is(?=(?:e|ed|er|ing|ation|ational)$)"), "iz"),
    (re.compile(r"lys(?=(?:e|ed|er|ing)$)"), "lyz"),
    (re.compile(r"(?<=\w)ph|ph(?=\w)"), "f"),
    (re.compile(r"(?<=[bt])re$"), "er"),
    (re.compile(r"ll(?=(?:ed|ing|er)$)"), "l"),
    (re.compile(r"ogue$"), "og"),
    (re.compile(r"mme$"), "m"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"ageing$"), "aging"),
    (re.compile(r"ciclo"), "cyclo"),
    (re.compile(r"alumini"), "alumin"),
    (re.compile(r"hemopoie"), "hematopoie"),
]


def normalise(text: str) -> str:
    """Return the form in which names are compared: words in small letters, parted by single blanks.

    The form is for comparing only; it is not meant to be read ("foetal" becomes
    "fetal", and "source" becomes "sorce"). A second pass changes nothing.

    Example:
        >>> normalise("Leucocytes"), normalise("TNF-α"), normalise("AIDS")
        ('leukocyte', 'tnf alfa', 'aids')
    """
    while (again := " ".join(_word(word) for word in _plain(text).split())) != text:
        text = again
    return text


def _plain(text: str) -> str:
    """Return the text in small letters, without accents and punctuation, Greek letters by name."""
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_GREEK)
    return _PUNCTUATION.sub(" ", _POSSESSIVE.sub("", text.casefold()).replace("&", " and "))


@lru_cache(maxsize=8192)
def _word(word: str) -> str:
    word = _singular(word)
    for pattern, american in _SPELLINGS:
        word = pattern.sub(american, word)
    return word


def _singular(word: str) -> str:
    if f" {word} " in _SINGULAR:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for pattern, singular in _PLURALS:
        changed, count = pattern.subn(singular, word)
        if count:
            return changed
    return word


#: Words before a name that are no part of it: "the flu".
_ARTICLES = frozenset({"a", "an", "the"})

# --- resolving -----------------------------------------------------------------


def resolve_rows(
    text: str, fetch: Callable[[str], Sequence[NameRow]], all_rows: Callable[[], Sequence[NameRow]]
) -> str:
    """Return the key of the one term that a text names.

    Args:
        text: what was typed: a name, a key, a CURIE or an IRI.
        fetch: returns the rows of one normal form (the indexed look-up).
        all_rows: returns every row; called only when `fetch` found nothing.

    Raises:
        AmbiguousName: when the text names several terms equally well.
        UnknownName: when it names none; it carries the closest labels.
    """
    wanted = _identifier(text.strip())
    if normal := normalise(wanted):
        if key := exact(wanted, fetch(normal)):
            return key
        rows = all_rows()
        squeezed = _squeezed(normal)
        if key := exact(wanted, [row for row in rows if _squeezed(row.normal) == squeezed]):
            return key
        article, _, rest = normal.partition(" ")
        if article in _ARTICLES and (key := exact(rest, [row for row in rows if row.normal == rest])):
            return key
        raise UnknownName(_shortened(text), [match.label for match in search_rows(text, rows, SUGGESTIONS)])
    raise UnknownName(_shortened(text))


def looked_for(text: str, gaps: Iterable[Gap]) -> str:
    """Return when a name was looked for in vain, as YYYY-MM, or an empty text."""
    normal = normalise(text)
    return next((gap.month for gap in gaps if normal in map(normalise, (gap.name, *gap.synonyms))), "")


def exact(text: str, rows: Collection[NameRow]) -> str | None:
    """Return the key that a text names among rows that all fit it, or None without rows.

    The very name beats the name in another case, and that beats an equal normal
    form; then a label beats a synonym, a synonym a key, a key an identifier.

    Raises:
        AmbiguousName: when several terms are left.
    """
    rows = [row for row in rows if row.rank < RELATED_IDENTIFIER]
    same = [row for row in rows if row.name == text]
    same = same or [row for row in rows if row.name.casefold() == text.casefold()] or rows
    best = min((row.rank for row in same), default=LABEL)
    keys = sorted({row.key for row in same if row.rank == best})
    if len(keys) > 1:
        raise AmbiguousName(_shortened(text), keys)
    return keys[0] if keys else None


def _identifier(text: str) -> str:
    """Return the key or CURIE in an IRI, in a CURIE of ours or between angle brackets."""
    inner = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    for ours in (BASE, "leukograph:", "lg:"):
        if inner.startswith(ours):
            return inner.removeprefix(ours)
    for prefix, base in FOREIGN_PREFIXES.items():
        if inner.startswith(base) and inner != base:
            return f"{prefix}:{inner.removeprefix(base)}"
    return text


def _squeezed(normal: str) -> str:
    return normal.replace(" ", "")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


# --- searching -----------------------------------------------------------------


def search_rows(text: str, rows: Sequence[NameRow], limit: int) -> list[Match]:
    """Return the terms whose names fit a text best, each once, best first.

    The order is that of score, then of what the name is to its term, then of
    label and key, so that it is the same on every run.
    """
    wanted = _identifier(text.strip())
    normal = normalise(wanted)
    if not normal or limit < 1:
        return []
    found = _Best()
    for row in rows:
        found.add(row, _score(wanted, normal, row))
    if found.top < _EXACT and (len(found) < ENOUGH or found.top < _PREFIX):
        for row, likeness in _fuzzy(wanted, normal, rows):
            found.add(row, _FUZZY * likeness)
    return found.matches()[:limit]


#: Scores of the stages: at least the first number, more the more of a name is covered.
_EXACT, _PREFIX, _WORDS, _INSIDE, _FUZZY = 0.95, 0.8, 0.65, 0.5, 0.92


def _score(text: str, normal: str, row: NameRow) -> float:
    """Return how well a row fits by its letters alone; 0 when it does not."""
    if row.normal == normal:
        return 1.0 if row.name == text else 0.99 if row.name.casefold() == text.casefold() else 0.98
    if _squeezed(row.normal) == _squeezed(normal):
        return 0.96
    covered = len(normal) / max(len(row.normal), 1)
    if row.normal.startswith(normal):
        return _PREFIX + 0.14 * covered
    words, parts = row.normal.split(), normal.split()
    if len(parts) <= len(words) and all(any(word.startswith(part) for word in words) for part in parts):
        return _WORDS + 0.14 * min(covered, 1.0)
    if len(normal) >= 3 and normal in row.normal:
        return _INSIDE + 0.14 * covered
    return 0.0


def _fuzzy(text: str, normal: str, rows: Sequence[NameRow]) -> Iterator[tuple[NameRow, float]]:
    """Yield rows that are spelled nearly like the text, with their likeness (0 to 1)."""
    if len(text) > LONGEST:
        return
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    like = OSA.normalized_similarity
    names = [row for row in rows if row.rank <= SYNONYM]
    # a slip in the middle of "ph" or "ae" shows less in the name as it is written
    for query, choices in ((normal, [row.normal for row in names]), (text.casefold(), [_lower(r.name) for r in names])):
        for _, likeness, place in process.extract_iter(query, choices, scorer=like, score_cutoff=LIKE):
            yield names[place], likeness
    yield from _fuzzy_words(normal, names, process.extract, like)


def _fuzzy_words(
    normal: str, rows: Sequence[NameRow], extract: Callable[..., list[Any]], like: Callable[..., float]
) -> Iterator[tuple[NameRow, float]]:
    """Yield rows that hold a word like each word of the text."""
    vocabulary = sorted({word for row in rows for word in row.normal.split()})
    near = []
    for part in normal.split():
        hits = extract(part, vocabulary, scorer=like, score_cutoff=LIKE_WORD, limit=None)
        near.append({word: likeness for word, likeness, _ in hits})
    for row in rows:
        words = row.normal.split()
        best = [max((hits.get(word, 0.0) for word in words), default=0.0) for hits in near]
        if all(best):
            covered = min(len(near) / len(words), 1.0)
            yield row, sum(best) / len(best) * (0.7 + 0.2 * covered)


@lru_cache(maxsize=16384)
def _lower(name: str) -> str:
    return name.casefold()


class _Best:
    """Keeps the best row of each term."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[tuple[float, int, str], NameRow]] = {}
        self.top = 0.0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: NameRow, score: float) -> None:
        """Keep the row when it fits, and fits better than what its term has."""
        if score <= 0:
            return
        score = round(score, 4)
        self.top = max(self.top, score)
        place = -score, row.rank, row.name
        if row.key not in self._rows or place < self._rows[row.key][0]:
            self._rows[row.key] = place, row

    def matches(self) -> list[Match]:
        """Return the matches, best first."""
        ordered = sorted(self._rows.values(), key=lambda it: (*it[0][:2], it[1].label.casefold(), it[1].key))
        return [Match(row.key, row.label, row.kind, row.name, -place[0]) for place, row in ordered]


# --- in memory -----------------------------------------------------------------


class NameIndex:
    """All names of a graph, in memory."""

    def __init__(self, rows: Sequence[NameRow]) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        return f"<NameIndex of {len(self.rows)} names>"

    @classmethod
    def from_knowledge(cls, knowledge: Knowledge) -> NameIndex:
        """Index the names of a whole graph."""
        return cls(rows_of(knowledge))

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, str, str, str, int]]) -> NameIndex:
        """Index rows as a database returns them: normal, name, key, label, kind, rank."""
        return cls([NameRow(*row) for row in rows])

    @cached_property
    def _terms(self) -> list[NameRow]:
        return [row for row in self.rows if row.kind != DEFINED_KIND]

    @cached_property
    def _by_normal(self) -> dict[str, list[NameRow]]:
        found: dict[str, list[NameRow]] = {}
        for row in self._terms:
            found.setdefault(row.normal, []).append(row)
        return found

    def resolve(self, text: str) -> str:
        """Return the key of the one term that a text names; see `resolve_rows`.

        Raises:
            AmbiguousName: when the text names several terms equally well.
            DefinedName: when it names a defined class.
            UnknownName: when it names nothing; it carries the closest labels.
        """
        try:
            return resolve_rows(text, lambda normal: self._by_normal.get(normal, []), lambda: self._terms)
        except UnknownName:
            defined = [row for row in self.rows if row.kind == DEFINED_KIND]
            wanted = normalise(_identifier(text.strip()))
            if key := exact(text, [row for row in defined if row.normal == wanted]):
                raise DefinedName(text, key) from None
            raise

    def search(self, text: str, limit: int = 10) -> list[Match]:
        """Return the terms whose names fit a text best; see `search_rows`."""
        return search_rows(text, self.rows, limit)
