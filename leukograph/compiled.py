"""The compiled release: plain answers, names and values in one small SQLite file.

The plain answers of `why` and `causes` are worked out once, when the release is
built or first used, and read from here with the standard library alone. Other
questions take the values from here (`knowledge`) and are worked out afresh. It is
a cache: a test holds every stored answer to a fresh one, byte for byte.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leukograph.knowledge import Knowledge
    from leukograph.lookup import NameRow
    from leukograph.model import Answer, Gap

#: What reading a damaged file may raise.
DAMAGE = (sqlite3.Error, zlib.error, json.JSONDecodeError, UnicodeDecodeError)

_SCHEMA = """
CREATE TABLE answer (verb TEXT, key TEXT, json BLOB, PRIMARY KEY (verb, key)) WITHOUT ROWID;
CREATE TABLE name (normal TEXT, name TEXT, key TEXT, label TEXT, kind TEXT, rank INTEGER);
CREATE INDEX name_name ON name (name COLLATE NOCASE);
CREATE TABLE value (part TEXT PRIMARY KEY, json TEXT) WITHOUT ROWID;
"""


class Compiled:
    """A compiled release, opened for reading."""

    def __init__(self, path: Path) -> None:
        # nothing is ever written, so any thread may read
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def answer(self, verb: str, key: str) -> str | None:
        """Return the stored JSON of a plain answer, or None when there is none."""
        row = self._connection.execute("SELECT json FROM answer WHERE verb = ? AND key = ?", (verb, key)).fetchone()
        return None if row is None else zlib.decompress(row[0]).decode()

    def answers(self) -> Iterator[tuple[str, str, str]]:
        """Yield every stored answer as (verb, key, JSON)."""
        for verb, key, json_ in self._connection.execute("SELECT verb, key, json FROM answer ORDER BY verb, key"):
            yield verb, key, zlib.decompress(json_).decode()

    def key_of(self, name: str) -> str | None:
        """Return the key of the one term with this very name, in any case, or None."""
        query = "SELECT DISTINCT key FROM name WHERE name = ? COLLATE NOCASE AND kind != 'defined_class' LIMIT 2"
        found = self._connection.execute(query, (name,)).fetchall()
        return str(found[0][0]) if len(found) == 1 else None

    def all_names(self) -> list[NameRow]:
        """Return every name."""
        from leukograph.lookup import NameRow

        return [NameRow(*row) for row in self._connection.execute("SELECT * FROM name")]

    def gaps(self) -> tuple[Gap, ...]:
        """Return the names that were looked for in vain."""
        from leukograph.model import Gap

        ((text,),) = self._connection.execute("SELECT json FROM value WHERE part = 'gaps'")
        return tuple(Gap(name, tuple(synonyms), month) for name, synonyms, month in json.loads(text))

    def knowledge(self) -> Knowledge:
        """Return all values of the release."""
        return _decode({part: json.loads(text) for part, text in self._connection.execute("SELECT * FROM value")})


def only_effect(answer: Answer, effect: str) -> Answer | None:
    """Return what a plain answer says of one effect, as if only that had been asked for.

    Returns:
        None where the plain answer does not hold all of it: when it does not tell the
        effect or a way to it, speaks for the kinds of a class, or was cut short.
    """
    from leukograph.effects import numbered, source_keys, source_numbers
    from leukograph.model import UNKNOWN_ROUTE
    from leukograph.sentences import renumbered

    found = [one for one in answer.effects if one.effect.key == effect]
    if not found or answer.through_kinds or answer.question.cause is None or answer.truncated:
        return None
    if all(chain.route == UNKNOWN_ROUTE for chain in found[0].chains):
        return None
    effects = tuple(numbered(found))
    by_key = {source.key: source for source in answer.sources}
    sources = tuple(by_key[key] for key in dict.fromkeys(source_keys(effects)))
    old, new = source_numbers(answer.sources), source_numbers(sources)
    numbers = {old[key]: number for key, number in new.items()}
    told = tuple(chain._replace(text=renumbered(chain.text, numbers)) for chain in effects[0].chains)
    question = answer.question._replace(effect=effects[0].effect, options=(("effect", effect),))
    return answer._replace(question=question, effects=(effects[0]._replace(chains=told),), sources=sources, notes=())


def write(path: Path, knowledge: Knowledge, answers: Iterable[tuple[str, str, str]], names: Iterable[NameRow]) -> None:
    """Write a compiled release to a new file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCHEMA)
        packed = ((verb, key, zlib.compress(text.encode())) for verb, key, text in answers)
        connection.executemany("INSERT INTO answer VALUES (?, ?, ?)", packed)
        connection.executemany(
            "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)",
            ((row.normal, row.name, row.key, row.label, row.kind, row.rank) for row in names),
        )
        parts = ((part, json.dumps(value, ensure_ascii=False)) for part, value in _encode(knowledge).items())
        connection.executemany("INSERT INTO value VALUES (?, ?)", parts)


def _encode(knowledge: Knowledge) -> dict[str, Any]:
    language = knowledge.language
    return {
        "release": knowledge.release,
        "relations": [[r.key, r.family, r.sign, r.reads, r.reads_backwards] for r in language.relations.values()],
        "kinds": [[k.key, k.label, k.role, k.up, k.down] for k in language.kinds.values()],
        "evidence_kinds": language.evidence_kinds,
        "quantities": language.quantities,
        "entries": [
            [
                [e.term.key, e.term.label, e.term.kind],
                *(e.parents, e.synonyms, e.definition, e.up, e.down, e.replaced_by, e.mappings),
            ]
            for e in knowledge.entries.values()
        ],
        "claims": [
            [
                *(c.key, c.subject.key, c.relation, c.sign, c.object.key, c.grade, c.belief),
                [[r.verdict, r.kind, r.context, r.note, r.source] for r in c.evidence],
                c.stage,
            ]
            for c in knowledge.claims.values()
        ],
        "figures": [
            [
                *(f.key, [term.key for term in f.about], f.quantity, f.value, f.low, f.high, f.spread, f.unit),
                *(f.population, f.method, f.source, f.disagreement, f.note),
            ]
            for f in knowledge.figures
        ],
        "retired": dict(knowledge.retired),
        "defined": [
            [[*d.term[:3]], d.expression, d.definition, d.note, d.synonyms] for d in knowledge.defined.values()
        ],
        "inferred": knowledge.inferred,
        "disjoint": knowledge.disjoint,
        "gaps": knowledge.gaps,
        "sources": [[s.key, s.title, s.id, s.url, s.year, s.read, s.note] for s in knowledge.sources.values()],
    }


def _decode(value: dict[str, Any]) -> Knowledge:
    from leukograph.knowledge import Knowledge
    from leukograph.model import Claim, Defined, Entry, Evidence, Figure, Gap, Kind, Language, Relation, Source, Term

    entries = {}
    for term, parents, synonyms, definition, up, down, replaced_by, mappings in value["entries"]:
        pairs = tuple((match, identifier) for match, identifier in mappings)
        entries[term[0]] = Entry(Term(*term), tuple(parents), tuple(synonyms), definition, up, down, replaced_by, pairs)
    claims = {}
    for key, subject, relation, sign, object_, grade, belief, evidence, stage in value["claims"]:
        rows = tuple(map(Evidence._make, evidence))
        ends = entries[subject].term, entries[object_].term
        claims[key] = Claim._make((key, ends[0], relation, sign, ends[1], grade, belief, rows, stage))
    return Knowledge(
        release=value["release"],
        language=Language(
            relations={row[0]: Relation(*row) for row in value["relations"]},
            kinds={row[0]: Kind(*row) for row in value["kinds"]},
            evidence_kinds=value["evidence_kinds"],
            quantities=value["quantities"],
        ),
        entries=entries,
        claims=claims,
        figures=tuple(
            Figure._make((key, tuple(entries[term].term for term in about), *rest))
            for key, about, *rest in value["figures"]
        ),
        sources={row[0]: Source._make(row) for row in value["sources"]},
        retired=value["retired"],
        defined={
            term[0]: Defined(Term(*term), expression, definition, note, tuple(synonyms))
            for term, expression, definition, note, synonyms in value["defined"]
        },
        inferred=tuple((key, above) for key, above in value["inferred"]),
        disjoint=tuple((one, other) for one, other in value["disjoint"]),
        gaps=tuple(Gap(name, tuple(synonyms), month) for name, synonyms, month in value["gaps"]),
    )
