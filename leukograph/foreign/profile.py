"""A profile: how a graph that is not ours says what acts on what, which way, and who says so.

A profile is a TOML file:

    name = "mine"
    description = "what it is for"
    restrictions = true                 # edges also in  X SubClassOf (R some Y)

    [prefixes]
    ex = "https://example.org/"

    [terms]                             # properties of a term
    label = ["rdfs:label"]
    synonym = []
    definition = []
    kind = ["rdf:type"]
    parent = ["rdfs:subClassOf"]
    ends = ["ex:Disease"]               # kinds whose causes are asked for; "any" for all

    [edge]                              # where edges are nodes of their own
    subject = ["rdf:subject"]
    predicate = ["rdf:predicate"]
    object = ["rdf:object"]
    publications = ["ex:publication"]
    direction = ["ex:direction"]        # which way, where the predicate does not say
    raises = ["up"]
    lowers = ["down"]

    [[relation]]
    sign = "+"                          # "+" raises, "-" lowers, "" does not say
    reads = "increases"
    predicates = ["ex:increases"]
    reversed = false                    # whether the object acts on the subject
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from leukograph.errors import CannotRead, WrongOption
from leukograph.model import Sign
from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES
from leukograph.resources import PACKAGE

#: Profiles that come with leukograph.
PROFILES = ("biolink", "obo")
_FOLDER = PACKAGE / "foreign"
_TERMS = ("label", "synonym", "definition", "kind", "parent")
_EDGE = ("subject", "predicate", "object", "publications", "source", "note", "negated", "direction")
#: Table -> the keys that it may have.
_KEYS = {
    "": {"name", "description", "restrictions", "prefixes", "terms", "edge", "relation"},
    "terms": {*_TERMS, "ends"},
    "edge": {*_EDGE, "raises", "lowers"},
    "relation": {"sign", "reads", "predicates", "reversed"},
}


class Causal(NamedTuple):
    """A causal predicate."""

    iri: str
    #: what a claim calls it
    key: str
    sign: Sign
    reads: str
    #: whether the object acts on the subject
    reversed: bool


class Edge(NamedTuple):
    """The properties of an edge that is a node of its own; each a choice of IRIs."""

    subject: tuple[str, ...]
    predicate: tuple[str, ...]
    object: tuple[str, ...]
    publications: tuple[str, ...]
    source: tuple[str, ...]
    note: tuple[str, ...]
    negated: tuple[str, ...]
    direction: tuple[str, ...]
    #: values of `direction`
    raises: frozenset[str]
    lowers: frozenset[str]


class Profile(NamedTuple):
    """How to read a graph."""

    name: str
    description: str
    prefixes: Mapping[str, str]
    label: tuple[str, ...]
    synonym: tuple[str, ...]
    definition: tuple[str, ...]
    kind: tuple[str, ...]
    parent: tuple[str, ...]
    #: IRIs of kinds whose causes may be asked for; None when any term may be an effect
    ends: frozenset[str] | None
    #: predicate -> what it means
    relations: Mapping[str, Causal]
    restrictions: bool
    edge: Edge | None


def read_profile(name: str | Path) -> Profile:
    """Read a profile that comes with leukograph, or a TOML file.

    Raises:
        WrongOption: when there is no such profile.
        CannotRead: when the file is no TOML, or does not say what it must.
    """
    path = _FOLDER / f"{name}.toml" if name in PROFILES else Path(name)
    if not path.is_file():
        raise WrongOption(f"there is no profile {str(name)!r}", f"one of: {', '.join(PROFILES)}, or a FILE.toml")
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CannotRead(f"the profile {path} cannot be read: {error}") from error
    try:
        return _profile(value)
    except _Amiss as error:
        raise CannotRead(f"the profile {path} is amiss: {error}", "see docs/foreign.md for what it must say") from error


class _Amiss(Exception):
    """What a profile does not say as it should."""


def _profile(value: dict[str, Any]) -> Profile:
    _check_keys("", value)
    prefixes = {**FOREIGN_PREFIXES, **PREFIXES, **_table(value, "prefixes")}
    if wrong := [prefix for prefix, base in prefixes.items() if not isinstance(base, str) or ":" not in base]:
        raise _Amiss(f"the prefix {wrong[0]!r} is no IRI")

    def iris(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        return tuple(_expanded(one, prefixes, key) for one in _texts(table, key))

    terms = _table(value, "terms")
    _check_keys("terms", terms)
    ends = None if terms.get("ends", "any") == "any" else frozenset(iris(terms, "ends"))
    relations = _relations(value, prefixes)
    if not relations:
        raise _Amiss("it names no causal predicate; add a table [[relation]]")
    edge = _table(value, "edge")
    _check_keys("edge", edge)
    return Profile(
        name=_text(value, "name"),
        description=_text(value, "description"),
        prefixes=prefixes,
        **{key: iris(terms, key) for key in _TERMS},
        ends=ends,
        relations=relations,
        restrictions=bool(value.get("restrictions", False)),
        edge=_edge(edge, {key: iris(edge, key) for key in _EDGE}) if edge else None,
    )


def _edge(table: Mapping[str, Any], properties: dict[str, tuple[str, ...]]) -> Edge:
    if missing := [key for key in ("subject", "predicate", "object") if not properties[key]]:
        raise _Amiss(f"[edge] does not say its {missing[0]}")
    raises, lowers = frozenset(_texts(table, "raises")), frozenset(_texts(table, "lowers"))
    return Edge(**properties, raises=raises, lowers=lowers)


def _relations(value: Mapping[str, Any], prefixes: Mapping[str, str]) -> dict[str, Causal]:
    found: dict[str, Causal] = {}
    tables = value.get("relation", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _Amiss("relations are written as tables [[relation]]")
    for table in tables:
        _check_keys("relation", table)
        sign, reads = table.get("sign"), _text(table, "reads")
        if sign not in {"+", "-", ""}:
            raise _Amiss(f"the sign of {reads!r} is none of '+', '-' and ''")
        for curie in _texts(table, "predicates"):
            iri = _expanded(curie, prefixes, "predicates")
            if iri in found:
                raise _Amiss(f"the predicate {curie} is named twice")
            found[iri] = Causal(iri, curie, cast(Sign, sign), reads, bool(table.get("reversed", False)))
    return found


def _expanded(name: str, prefixes: Mapping[str, str], key: str) -> str:
    prefix, colon, local = name.partition(":")
    if "://" in name:
        return name
    if not colon or prefix not in prefixes:
        raise _Amiss(f"{name!r} under {key!r} is no IRI, and its prefix is not declared")
    return prefixes[prefix] + local


def _check_keys(table: str, value: Iterable[str]) -> None:
    if unknown := sorted(set(value) - _KEYS[table]):
        raise _Amiss(f"{f'[{table}] has' if table else 'it has'} no key {unknown[0]!r}")


def _table(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = value.get(key, {})
    if not isinstance(table, dict):
        raise _Amiss(f"{key!r} is no table")
    return table


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _Amiss(f"{key!r} is no list of texts")
    return found


def _text(table: Mapping[str, Any], key: str) -> str:
    found = table.get(key, "")
    if not isinstance(found, str) or not found:
        raise _Amiss(f"it does not say its {key!r}")
    return found
