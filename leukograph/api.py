"""The verbs of leukograph in Python.

`load` opens the shipped release, or one of your own; a `Leukograph` answers. What
the command line says is what these methods return, rendered. A plain `why` or
`causes` is read from the compiled release; anything else is worked out afresh.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from leukograph import cache
from leukograph.compiled import DAMAGE, Compiled, only_effect
from leukograph.errors import CannotRead, DefinedName, UnknownName, WrongOption
from leukograph.model import (
    ROUTES,
    Answer,
    Causes,
    Claim,
    Description,
    Figure,
    Language,
    Membership,
    Paths,
    Source,
)
from leukograph.render import answer_json

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from leukograph.compare import Comparison
    from leukograph.contradictions import Contradictions
    from leukograph.diff import Diff
    from leukograph.explain import Explainer
    from leukograph.exports import Inferred
    from leukograph.knowledge import Knowledge
    from leukograph.lookup import Match, NameIndex
    from leukograph.options import Narrowing, Options
    from leukograph.origins import Origin
    from leukograph.reasoning.asking import Proven
    from leukograph.reasoning.read import Ontology
    from leukograph.reasoning.saturation import Theory
    from leukograph.render.results import Results
    from leukograph.stats import Stats
    from leukograph.store.backend import Backend
    from leukograph.timing.timeline import Timeline
    from leukograph.whatif import WhatIf
    from leukograph.whynot import WhyNot
    from leukograph.workup import Workup

_T = TypeVar("_T")
#: The condition that collects all low counts.
ANY_LOW_COUNT = "low_white_cell_count"


def load(release: str | Path | None = None, *, cached: bool = True, profile: str | Path | None = None) -> Leukograph:
    """Open a release, or a graph of your own.

    Args:
        release: a `leukograph.ttl`, the folder of a store, the address of a SPARQL
            endpoint, or any file of triples; the shipped release when left out.
        cached: whether stored answers may be used and made.
        profile: how to read a graph that is no release of leukograph: the name of a
            profile that comes with leukograph, or a TOML file.

    Raises:
        CannotRead: when there is nothing to read, or it needs a profile.
        WrongOption: when the profile or the address is amiss.
        EndpointFailed, LimitReached: when an endpoint does not answer.
    """
    if release is None and profile is None:
        return Leukograph(cache.release_file(), cached=cached)
    name = cache.release_file() if release is None else release
    if profile is None and Path(name).is_file() and Path(name).suffix == ".ttl":
        graph = Leukograph(Path(name), cached=cached)
        if graph.knowledge.entries:
            return graph
    from leukograph.origins import opened

    return Leukograph(Path(name), cached=False, origin=opened(name, profile))


class Leukograph:
    """One graph, ready to answer.

    Args:
        release: the release file, or the name of what `origin` opened.
        cached: whether stored answers may be used and made.
        origin: where the graph lies, when that is no release file.
    """

    def __init__(self, release: Path, *, cached: bool = True, origin: Origin | None = None) -> None:
        self.release_file = release
        self._cached = cached and origin is None
        self._origin = origin
        #: what was read of it last, and who explains that
        self._last: Knowledge | None = None
        self._part: Explainer | None = None

    def __repr__(self) -> str:
        return f"leukograph.load({str(self.release_file if self._origin is None else self._origin.backend.name)!r})"

    @cached_property
    def _place(self) -> Path | None:
        """Where the compiled release lies, if it may be used."""
        return cache.place(self.release_file) if self._cached else None

    @cached_property
    def _compiled(self) -> Compiled | None:
        return Compiled(self._place / cache.ANSWERS) if self._place else None

    def _stored(self, ask: Callable[[Compiled], _T]) -> _T | None:
        """Ask the compiled release; None when there is none, or it is damaged and now dropped."""
        if self._compiled is None:
            return None
        try:
            return ask(self._compiled)
        except DAMAGE:
            if self._place:
                cache.drop(self._place)
            self._place = self._compiled = None
            return None

    @cached_property
    def knowledge(self) -> Knowledge:
        """Everything that the graph holds, as plain values.

        Raises:
            WrongOption: when it lies at an endpoint, or needs a profile: such a graph is
                only read in parts.
        """
        if self._origin is not None:
            return self._origin.knowledge()
        if stored := self._stored(Compiled.knowledge):
            return stored
        from leukograph.compiling import knowledge_of

        return knowledge_of(self.release_file)

    @property
    def language(self) -> Language:
        """The relations, kinds and quantities in use."""
        if self._origin is None:
            return self.knowledge.language
        return (self._last or self._origin.around(())).language

    @cached_property
    def _explainer(self) -> Explainer:
        from leukograph.explain import Explainer

        return Explainer(self.knowledge)

    def _values(
        self, *keys: str, effect: str | None = None, beside: Iterable[str] = (), feedback: bool = False
    ) -> Knowledge:
        """Return all values that an answer about some terms looks at; see `Origin.around`."""
        if self._origin is None:
            return self.knowledge
        self._last = self._origin.around(keys, effect=effect, beside=beside, feedback=feedback)
        return self._last

    def _around(self, *keys: str, options: Options | None = None, beside: Iterable[str] = ()) -> Explainer:
        """Return an explainer of all that an answer about some terms looks at; see `Origin.around`."""
        if self._origin is None:
            return self._explainer
        from leukograph.options import Options

        asked = options or Options()
        beside = (*beside, *asked.beside)
        knowledge = self._values(*keys, effect=asked.effect, beside=beside, feedback=asked.feedback)
        if self._part is None or self._part.knowledge is not knowledge:
            from leukograph.explain import Explainer

            self._part = Explainer(knowledge)
        return self._part

    # --- names -------------------------------------------------------------------

    @cached_property
    def _names(self) -> NameIndex:
        from leukograph.lookup import NameIndex, rows_of

        return NameIndex(self._stored(Compiled.all_names) or rows_of(self.knowledge))

    def resolve(self, name: str) -> str:
        """Return the key of the term that a name stands for.

        A label, synonym, key, IRI or identifier of another vocabulary will do.

        Raises:
            UnknownName: when nothing is called that; it offers the closest names, or says
                when the name was looked for in vain.
            AmbiguousName: when several terms are.
            DefinedName: when a defined class is.
        """
        if not isinstance(name, str):
            raise WrongOption(f"a name is text, not {type(name).__name__}")
        name = name.encode(errors="replace").decode()  # half a character, as a wrong locale makes them
        if self._origin is None and (key := self._stored(lambda compiled: compiled.key_of(name))):
            return key
        try:
            return self._names.resolve(name) if self._origin is None else self._origin.resolve(name)
        except UnknownName as error:
            raise UnknownName(error.name, error.close, self.looked_for(name)) from None

    def looked_for(self, name: str) -> str:
        """Return when a name was looked for in vain, as YYYY-MM; empty where it was not."""
        from leukograph.lookup import looked_for

        if self._origin is not None:
            return looked_for(name, self._origin.gaps())
        return looked_for(name, self._stored(Compiled.gaps) or self.knowledge.gaps)

    def resolve_class(self, name: str) -> str:
        """Return the key of the term or the defined class that a name stands for.

        Raises:
            UnknownName, AmbiguousName: when the name is not clear.
        """
        try:
            return self.resolve(name)
        except DefinedName as error:
            return error.key

    def search(self, text: str, limit: int = 10) -> list[Match]:
        """Return the terms whose names match a text best, best first.

        Raises:
            WrongOption: when the text is none, or the limit no whole number.
        """
        from leukograph.options import check_text, check_whole

        check_text("what is looked for", text)
        check_whole("limit", limit)
        return self._names.search(text, limit) if self._origin is None else self._origin.search(text, limit)

    # --- answers -----------------------------------------------------------------

    def why(self, cause: str, **options: Unpack[Narrowing]) -> Answer:
        """Explain what a cause does to white cells, or what causes a condition.

        Args:
            cause: any name of a cause, a condition or a level.
            options: see `leukograph.options.Narrowing`: effect, limit, route, max_length,
                via, avoid, least_grade, feedback.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when an option does not fit the question.
        """
        key = self.resolve(cause)
        narrowed = self._options(**options)
        if narrowed.is_plain and (answer := self._stored(lambda compiled: _why(compiled, key, narrowed.effect))):
            return answer._replace(question=answer.question._replace(text=cause))
        return self._around(key, options=narrowed).why(key, cause, narrowed)

    def what_if(
        self, cause: str, *, do: Iterable[str] = (), remove: Iterable[str] = (), **options: Unpack[Narrowing]
    ) -> WhatIf:
        """Tell what would change with terms held up, or taken out, against the plain answer.

        Args:
            cause: any name of a cause.
            do: names of terms that are held up, whatever the cause does to them; or one name.
            remove: names of terms that are taken out, with every chain that meets them; or one name.
            options: the options of `why`.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when an option does not fit the question.

        Example:
            >>> import leukograph
            >>> changed = leukograph.load().what_if("chemotherapy", do=["filgrastim"], effect="neutropenia")
            >>> changed.changes[0].before.sign, changed.changes[0].after.sign
            ('+', '?')
        """
        from leukograph.options import names
        from leukograph.whatif import what_if

        key = self.resolve(cause)
        forced = [self.resolve(name) for name in names("do", do)]
        removed = [self.resolve(name) for name in names("remove", remove)]
        narrowed = self._options(**options)
        explainer = self._around(key, options=narrowed, beside=(*forced, *removed))
        return what_if(explainer, key, cause, forced, removed, narrowed)

    def why_not(
        self,
        cause: str,
        effect: str,
        /,
        *,
        within: str | None = None,
        after: str | None = None,
        **options: Unpack[Narrowing],
    ) -> WhyNot:
        """Say why a cause does not explain an effect, and what would be missing.

        Args:
            cause: any name of a cause.
            effect: any name of a condition or level.
            within: how soon after the cause the effect was there, such as "12 h".
            after: how long after the cause it was still there, such as "6 wk".
            options: those of `why` that narrow what is shown.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when a name is not of the right kind, or an option fits nothing.

        Example:
            >>> import leukograph
            >>> leukograph.load().why_not("filgrastim", "neutropenia").reasons[0].kind
            'opposite_sign'
        """
        from leukograph.options import check_text
        from leukograph.timing.kinetics import read_days
        from leukograph.whynot import Asked, why_not

        for option, time in (("within", within), ("after", after)):
            check_text(option, time, "say a number and a unit: 12 h, 3 d, 6 wk, 2 mo or 1 a")
        asked = Asked(*(read_days(time) if time is not None else None for time in (within, after)))
        return why_not(self._explainer, self.resolve(cause), self.resolve(effect), self._options(**options), asked)

    def compare(self, one: str, other: str, **options: Unpack[Narrowing]) -> Comparison:
        """Set two causes side by side: what they share, where their ways part, what each touches.

        Args:
            one: any name of a cause.
            other: any name of another.
            options: the options of `why`, for both.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when a name is that of an effect, or both name one thing.
        """
        from leukograph.compare import compare

        keys, narrowed = (self.resolve(one), self.resolve(other)), self._options(**options)
        return compare(self._around(*keys, options=narrowed), *keys, narrowed)

    def workup(
        self, *names: str, age: str | float | None = None, duffy_null: bool = False, limit: int | None = None
    ) -> Workup:
        """Weigh which causes may be behind a picture, and say which test would tell more.

        Args:
            names: counts (`ANC=0.4`, `CD4=350/uL`), low counts, findings and causes by any
                name; `no:` before a name says that it was looked for and is not there.
            age: in years, or with a unit: "5d", "3mo"; adults' limits when left out.
            duffy_null: whether the person is known to be Duffy-null.
            limit: how many candidates to list.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when a number is no count or no age, or two things contradict each other.

        Example:
            >>> import leukograph
            >>> found = leukograph.load().workup("ANC=0.9", "hypersegmented neutrophils", "low serum folate")
            >>> found.candidates[0].cause.key
            'folate_deficiency'
        """
        from leukograph.options import check_flag, check_text, check_whole
        from leukograph.workup import workup
        from leukograph.workup.ages import parse_age

        for name in names:
            check_text("a name", name, "give the names one by one: workup('ANC=0.4', 'neutropenia')")
        check_flag("duffy_null", duffy_null)
        check_whole("limit", limit)
        years = None if age is None else parse_age(age)
        return workup(self._explainer, names, self.resolve, years, duffy_null, limit)

    def contradictions(self, name: str | None = None) -> Contradictions:
        """Return where sources disagree, in the whole graph or about one term.

        Raises:
            UnknownName, AmbiguousName: when the name is not clear.
        """
        from leukograph.contradictions import contradictions

        return contradictions(self.knowledge, None if name is None else self.resolve(name))

    def diff(self, new: Leukograph) -> Diff:
        """Tell what changed from this release to another: terms, claims, evidence, answers.

        Args:
            new: the later release.

        Example:
            >>> import leukograph
            >>> shipped = leukograph.load()
            >>> shipped.diff(shipped).is_empty
            True
        """
        from leukograph.diff import diff

        if not isinstance(new, Leukograph):
            raise WrongOption(f"a release is compared with another one, not with {type(new).__name__}")
        return diff(self._explainer, new._explainer)

    def _options(self, **given: Unpack[Narrowing]) -> Options:
        from leukograph.options import Options, check_types, names

        check_types(given)
        effect = given.get("effect")
        return Options(
            effect=None if effect is None else self.resolve(effect),
            limit=given.get("limit"),
            route=given.get("route"),
            max_length=given.get("max_length"),
            via=tuple(map(self.resolve, names("via", given.get("via")))),
            avoid=tuple(map(self.resolve, names("avoid", given.get("avoid")))),
            least_grade=given.get("least_grade"),
            feedback=given.get("feedback", False),
        )

    def causes(self, condition: str, *, route: str | None = None, kind: str | None = None) -> Causes:
        """Return all causes of a condition, by route, the strongest first.

        Args:
            condition: any name of a condition or level.
            route: only this route.
            kind: only causes of this kind of term.

        Raises:
            UnknownName, AmbiguousName: when the name is not clear.
            WrongOption: when the name is not that of a condition or level.
        """
        key = self.resolve(condition)
        if route is not None and route not in ROUTES:
            raise WrongOption(f"there is no route {route!r}", "one of: " + ", ".join(ROUTES))
        found = self._stored(lambda compiled: _causes(compiled, key)) or self._around(key).causes(key)
        kinds = sorted({row.cause.kind for row in found.rows})
        if kind is not None and kind not in kinds:
            raise WrongOption(
                f"no cause of {found.condition.label} is of the kind {kind!r}", "one of: " + ", ".join(kinds)
            )
        rows = tuple(row for row in found.rows if route in {None, row.route} and kind in {None, row.cause.kind})
        return found._replace(rows=rows)

    def timeline(self, cause: str, *, effect: str | None = None) -> Timeline:
        """Tell which counts a cause lowers first, and when, computed from the figures.

        Args:
            cause: any name of a cause.
            effect: any name of a condition or level, to narrow the answer.

        Returns:
            Courses, the first to begin first; times in days, with their ranges.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when the name is that of a condition, the effect is none, or the
                graph is a foreign one.
        """
        from leukograph.timing.timeline import Clock

        knowledge = self._values(self.resolve(cause), effect=None if effect is None else self.resolve(effect))
        if not knowledge.has_levers:
            raise WrongOption(
                "a timeline is worked out from levels and figures, which a foreign graph does not have",
                "ask it for the chains: leukograph why",
            )
        return Clock(knowledge).timeline(self.why(cause, effect=effect))

    def paths(self, start: str, end: str, *, limit: int = 5, max_length: int = 12) -> Paths:
        """Return the shortest chains between any two terms.

        Args:
            start: any name of the first term.
            end: any name of the last.
            limit: how many paths at the most.
            max_length: how many steps a path may have.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when a limit is below 1.
        """
        from leukograph.options import check_whole
        from leukograph.paths import find_paths

        check_whole("limit", limit)
        check_whole("max_length", max_length)
        if min(limit, max_length) < 1:
            raise WrongOption("a limit below 1", "ask for 1 or more")
        keys = self.resolve(start), self.resolve(end)
        return find_paths(self._values(keys[0], effect=keys[1]), *keys, limit, max_length)

    def describe(self, name: str) -> Description:
        """Return a term with its claims, figures, classes and kinds.

        Raises:
            UnknownName, AmbiguousName: when the name is not clear.
        """
        key = self.resolve(name)
        knowledge = self._values(key)
        entry = knowledge.entries[key]
        figures = tuple(knowledge.figures_about(key))
        claims_out, claims_in = tuple(knowledge.claims_from(key)), tuple(knowledge.claims_to(key))
        return Description(
            release=knowledge.release,
            entry=entry,
            parents=tuple(knowledge.term(parent) for parent in entry.parents),
            kinds=tuple(knowledge.term(kind) for kind in knowledge.children(key)),
            figures=figures,
            claims_out=claims_out,
            claims_in=claims_in,
            sources=_cited(knowledge, figures, (*claims_out, *claims_in)),
            defined=tuple(knowledge.defined[one].term for one in knowledge.defined_above(key)),
        )

    def defined(self, name: str) -> Membership:
        """Return a class that logic fills, with what the reasoner put in it.

        Raises:
            UnknownName: when no defined class is called that; it offers the closest names.
            AmbiguousName: when several are.

        Example:
            >>> import leukograph
            >>> found = leukograph.load().defined("acts through dilution")
            >>> found.words
            'influences some dilution'
        """
        from leukograph.reasoning.axioms import parsed, words

        knowledge = self.knowledge
        key = self.resolve_class(name)
        if key not in knowledge.defined:
            from difflib import get_close_matches

            labels = [one.term.label for one in knowledge.defined.values()]
            raise UnknownName(name, get_close_matches(name, labels, n=5, cutoff=0.4))
        defined = knowledge.defined[key]
        terms = {one: entry.term for one, entry in knowledge.entries.items()}
        terms |= {one: other.term for one, other in knowledge.defined.items()}
        below = [one for one, above in knowledge.inferred if above == key and one in knowledge.defined]
        right_above = [above for one, above in knowledge.inferred if one == key and above in terms]

        def called(one: str) -> str:
            return terms[one].label if one in terms else one.removesuffix("_kind").replace("_", " ")

        return Membership(
            release=knowledge.release,
            defined=defined,
            words=words(parsed(defined.expression), called),
            above=tuple(terms[one] for one in right_above),
            below=tuple(knowledge.defined[one].term for one in below),
            members=tuple(knowledge.term(one) for one in knowledge.members(key)) if knowledge.inferred else None,
        )

    def stats(self) -> Stats:
        """Return how much of everything the release holds."""
        from leukograph.stats import count

        return count(self.knowledge, self.causes(ANY_LOW_COUNT))

    # --- logic ---------------------------------------------------------------------

    def ontology(self) -> Ontology:
        """Return the graph as an ontology of EL axioms, to classify or to prove in."""
        from leukograph.reasoning.read import shipped

        return shipped(self.knowledge, self.release_file.with_name("leukograph.owl"))

    @cached_property
    def _theory(self) -> tuple[Ontology, Theory]:
        from leukograph.reasoning.saturation import Theory

        ontology = self.ontology()
        return ontology, Theory(ontology.axioms)

    def prove(self, *names: str, limit: int = 1, file: str | Path | None = None) -> Proven:
        """Prove that one class is under another, or influences it.

        Args:
            names: a class and the one above it; or a class, a relation and a class.
            limit: how many minimal proofs to give at the most, the best graded first.
            file: an OWL file to prove in, instead of the graph.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when there are not two or three names, or the limit is below 1.
            CannotRead: when the file is no OWL.

        Example:
            >>> import leukograph
            >>> proven = leukograph.load().prove("agranulocytosis", "low white-cell count")
            >>> len(proven.proofs.proofs[0].axioms)
            2
        """
        from leukograph.options import check_text, check_whole
        from leukograph.reasoning.asking import Proven, ask, of_graph, resolver
        from leukograph.reasoning.read import read
        from leukograph.reasoning.saturation import Theory
        from leukograph.render.prove_text import sources_of

        for name in names:
            check_text("a name", name)
        check_whole("limit", limit)
        if limit < 1:
            raise WrongOption(f"a limit of {limit} proofs", "ask for 1 or more")
        if file is not None:
            ontology = read(Path(file))
            return Proven(ask(ontology, Theory(ontology.axioms), names, resolver(ontology), limit), ontology.name)
        ontology, theory = self._theory
        proofs = ask(ontology, theory, names, of_graph(self.resolve_class), limit)
        sources = tuple(self.knowledge.sources[key] for key in sources_of(proofs))
        return Proven(proofs, ontology.name, sources)

    # --- SPARQL --------------------------------------------------------------------

    def query(self, query: str, **params: str) -> Results | str:
        """Ask the graph in SPARQL, in this process and without a limit of time.

        An engine that gives up on a query may take this process with it (to order values of
        different types is enough for that), so a query that is not your own belongs into a
        process of its own: the command `query`, or `serve`.

        Args:
            query: SPARQL, or the name of a query that came with leukograph.
            params: parameters of a named query; they are bound as terms.

        Returns:
            `Results` (columns and rows) for SELECT and ASK, Turtle for CONSTRUCT
            and DESCRIBE.

        Raises:
            BadQuery, RefusedQuery: when it is no SPARQL, or would leave the graph.
            WrongOption: when there is no query of that name, or a parameter is amiss.
        """
        from io import BytesIO

        from leukograph.options import check_text
        from leukograph.queries import NamedQuery, bound, find
        from leukograph.render.results import Results
        from leukograph.store import guard

        check_text("a query", query)
        named = NamedQuery.from_text(query) if "{" in query else find(query)
        is_rows = guard.check(named.text, data_set=True) in {"SELECT", "ASK"}
        output = BytesIO()
        text = bound(named, params, self.resolve_class)
        self._backend.evaluate(text, "json" if is_rows else "turtle", output)
        return Results.from_json(output.getvalue()) if is_rows else output.getvalue().decode()

    @cached_property
    def _backend(self) -> Backend:
        if self._origin is not None:
            return self._origin.backend
        from leukograph.store.backend import Embedded
        from leukograph.store.embedded import open_cached, open_store

        made = cache.store_path(self.release_file) if self._cached else None
        return Embedded(open_cached(made) if made else open_store(self.release_file), str(self.release_file))

    # --- the graph itself ----------------------------------------------------------

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the claims that hold as a networkx graph.

        Nodes are keys with `label` and `kind`; edges are keyed by the claim and
        have `relation`, `sign`, `grade` and `belief`.
        """
        from leukograph.network import claims_graph

        claims = [claim for claim in self.knowledge.claims.values() if claim.holds]
        return claims_graph(self.knowledge.release, self.knowledge.entries.values(), claims)

    def to_rdflib(self) -> rdflib.Graph:
        """Return the graph as an rdflib graph that Oxigraph holds and queries.

        Raises:
            WrongOption: when it lies at an endpoint, which rdflib asks itself (SPARQLStore).
        """
        import rdflib

        graph = rdflib.Graph(store="Oxigraph")
        if self._origin is None:
            graph.parse(self.release_file, format="ox-turtle")
            return graph
        from leukograph.origins import is_address

        if is_address(self._origin.backend.name):
            raise WrongOption(
                "an endpoint is not copied into memory", "ask it through rdflib.plugins.stores.sparqlstore.SPARQLStore"
            )
        from io import BytesIO

        triples = BytesIO()
        self._origin.backend.evaluate("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "turtle", triples)
        graph.parse(data=triples.getvalue(), format="ox-turtle")
        return graph

    def to_owlready2(self) -> Any:
        """Return the ontology in a world of its own of owlready2, to walk classes and restrictions.

        Raises:
            CannotRead: when the release has no `leukograph.owl` beside it.

        Example:
            >>> import leukograph
            >>> ontology = leukograph.load().to_owlready2()
            >>> ontology.agranulocytosis.is_a[0].name
            'neutropenia'
        """
        import owlready2

        if self._origin is not None:
            raise CannotRead(
                f"{self._origin.backend.name} is no release file, beside which its OWL would lie",
                "load leukograph.ttl itself, with leukograph.owl in the same folder",
            )
        path = self.release_file.with_name("leukograph.owl")
        if not path.is_file():
            raise CannotRead(f"{path} is not a file", "make it with: leukograph build")
        return owlready2.World().get_ontology(path.resolve().as_uri()).load()

    def export(
        self,
        format_: str,
        *,
        focus: str | None = None,
        depth: int = 2,
        refuted: bool = False,
        inferred: Inferred | None = None,
    ) -> bytes:
        """Return the graph, or the part around one term, as a file for other tools.

        Args:
            format_: turtle, owl, owl-signed, jsonld, graphml, cytoscape, dot or mermaid.
            focus: any name of the term in the middle; the whole graph when left out.
            depth: how many steps away from it terms may be.
            refuted: whether claims that were refuted are written too.
            inferred: of the whole graph as turtle, owl or jsonld, whether what the reasoner
                added is in it ("include", as when left out), left out ("exclude") or alone ("only").

        Raises:
            UnknownName, AmbiguousName: when the name is not clear.
            WrongOption: when there is no such format, the depth is negative, or nothing that
                is inferred could be in the file.
        """
        from leukograph.exports import OF_A_RELEASE, export
        from leukograph.options import check_whole

        check_whole("depth", depth)
        if self._origin is not None and format_ in OF_A_RELEASE:
            self._origin.knowledge()  # where that is refused, no other format will do either
            raise WrongOption(
                f"{format_} is made from a release file, which {self._origin.backend.name} is not",
                "ask for graphml, cytoscape, dot or mermaid; or for triples with: leukograph query -e 'CONSTRUCT ...'",
            )
        key = None if focus is None else self.resolve(focus)
        return export(
            self.knowledge, format_, self.release_file, focus=key, depth=depth, refuted=refuted, inferred=inferred
        )


def _why(compiled: Compiled, key: str, effect: str | None) -> Answer | None:
    stored = compiled.answer("why", key)
    answer = answer_json.decode(json.loads(stored)) if stored else None
    return only_effect(answer, effect) if answer and effect else answer


def _causes(compiled: Compiled, key: str) -> Causes | None:
    from leukograph.render import causes_json

    stored = compiled.answer("causes", key)
    return causes_json.decode(json.loads(stored)) if stored else None


def _cited(knowledge: Knowledge, figures: Iterable[Figure], claims: Iterable[Claim]) -> tuple[Source, ...]:
    keys = [figure.source for figure in figures]
    keys += [row.source for claim in claims for row in claim.evidence]
    return tuple(knowledge.sources[key] for key in dict.fromkeys(keys))
