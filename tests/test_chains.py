"""Chains, signs and verdicts, on graphs small enough to check by hand, and by enumeration."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.chains import ChainFinder
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Chain, Effect, Evidence, Verdict, times
from leukograph.network import Network
from leukograph.options import Options, Rules
from leukograph.paths import find_paths
from leukograph.render.text import render
from tests.small_graphs import BACKBONE, TERMS, knowledge


def effect(graph: Knowledge, cause: str, end: str = "neutropenia") -> Effect:
    answer = Explainer(graph).why(cause, options=Options(effect=end))
    return answer.effects[0] if answer.effects else Effect(graph.term(end), verdict_none())


def verdict_none() -> Verdict:

    return Verdict("0", "", 0.0)


def keys(chain: Chain) -> list[str]:
    return [chain.cause.key, *(step.claim.object.key for step in chain.steps)]


def test_a_chain_runs_from_the_cause_over_its_lever_to_the_condition() -> None:
    graph = knowledge(TERMS, BACKBONE + "cytotoxic kills precursors")

    (chain,) = effect(graph, "cytotoxic").chains

    assert keys(chain) == ["cytotoxic", "precursors", "neutrophil_production", "neutrophil_count", "neutropenia"]
    assert (chain.route, chain.sign, chain.grade, chain.observed) == ("production", "+", "established", False)
    assert [step.direction for step in chain.steps] == ["down", "down", "down", "up"]


def test_a_member_inherits_the_chain_of_its_class() -> None:
    graph = knowledge(TERMS, BACKBONE + "cytotoxic kills precursors")

    (chain,) = effect(graph, "doxorubicin").chains

    assert chain.steps[0].inherited_from == graph.term("cytotoxic")


def test_what_is_inherited_folds_into_an_own_chain_of_the_same_route() -> None:
    graph = knowledge(
        TERMS,
        BACKBONE
        + """cytotoxic kills precursors established
        doxorubicin increases toxin reported
        toxin kills precursors""",
    )

    (chain,) = effect(graph, "doxorubicin").chains

    assert keys(chain)[1] == "toxin"
    assert chain.also_as == (graph.term("cytotoxic"),)


def test_a_shorter_telling_of_the_same_way_is_left_out_unless_it_is_surer() -> None:
    claims = BACKBONE + "doxorubicin increases toxin\n toxin kills precursors\n doxorubicin kills precursors "

    assert len(effect(knowledge(TERMS, claims + "established"), "doxorubicin").chains) == 1
    assert (
        len(
            effect(
                knowledge(TERMS, claims.replace("increases toxin", "increases toxin reported")), "doxorubicin"
            ).chains
        )
        == 2
    )


def test_an_outcome_alone_is_answered_with_an_unknown_way() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin causes neutropenia probable")

    found = effect(graph, "doxorubicin")

    assert found.verdict.sign == "+"
    assert [(chain.route, chain.lever, chain.observed) for chain in found.chains] == [("unknown", None, True)]
    assert "the way is not known" in Explainer(graph).why("doxorubicin").effects[0].chains[0].text


def test_an_outcome_on_the_level_means_the_opposite_for_its_low_state() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin increases neutrophil_count")

    assert effect(graph, "doxorubicin").verdict.sign == "-"
    assert render(Explainer(graph).why("doxorubicin")).startswith("Doxorubicin raises the neutrophil count.")


def _seen(graph: Knowledge, key: str, *contexts: str) -> Knowledge:
    rows = tuple(Evidence("supports", "cohort", context, "", "page") for context in contexts)
    return replace(graph, claims={**graph.claims, key: graph.claims[key]._replace(evidence=rows)})


def test_a_count_that_falls_within_its_normal_range_is_no_low_count() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin decreases neutrophil_count probable")
    within = _seen(graph, "doxorubicin.decreases.neutrophil_count", "range=normal", "dose=low|range=normal")
    in_part = _seen(graph, "doxorubicin.decreases.neutrophil_count", "range=normal", "dose=high")

    assert effect(within, "doxorubicin", "neutrophil_count").verdict.sign == "-"
    answer = Explainer(within).why("doxorubicin")
    assert answer.effects == ()
    assert any("falls within its normal range (probable)" in note for note in answer.notes)
    assert list(Explainer(within).causes_of("neutropenia")) == []
    assert effect(in_part, "doxorubicin").verdict.sign == "+"
    assert not [note for note in Explainer(in_part).why("doxorubicin").notes if "normal range" in note]


def test_a_null_result_that_could_have_missed_it_closes_no_chain() -> None:
    graph = knowledge(TERMS, BACKBONE + "cytotoxic kills precursors\ndoxorubicin decreases neutrophil_count refuted")
    key = "doxorubicin.decreases.neutrophil_count"
    weak = graph.claims[key]._replace(evidence=(Evidence("refutes", "weak_null", "", "", "page"),))

    assert effect(graph, "doxorubicin").verdict.sign == "0"
    open_still = replace(graph, claims={**graph.claims, key: weak})
    assert effect(open_still, "doxorubicin").verdict.sign == "+"


def test_what_a_complication_would_bring_about_is_told_as_that() -> None:
    terms = TERMS + "flu infection\nstorm disease\n"
    graph = knowledge(terms, BACKBONE + "flu causes storm\nstorm kills precursors")
    seen = knowledge(terms, BACKBONE + "flu causes storm\nstorm kills precursors\nflu causes neutropenia reported")

    answer = Explainer(graph).why("flu")

    assert answer.effects[0].verdict.sign == "+"
    assert render(answer).startswith("Flu would be expected, through storm, to cause neutropenia and leukopenia.")
    assert [cause.key for cause, _ in Explainer(graph).causes_of("neutropenia")] == ["storm"]
    assert {cause.key for cause, _ in Explainer(seen).causes_of("neutropenia")} == {"flu", "storm"}


def test_a_lower_count_is_not_yet_agranulocytosis() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin decreases neutrophil_count")

    assert effect(graph, "doxorubicin", "neutropenia").verdict.sign == "+"
    assert effect(graph, "doxorubicin", "agranulocytosis").verdict.sign == "0"


def test_an_outcome_is_no_step_inside_a_chain() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin increases toxin\n toxin decreases neutrophil_count")

    assert effect(graph, "doxorubicin").verdict.sign == "0"
    assert effect(graph, "toxin").verdict.sign == "+"


def test_the_outcome_decides_over_the_chains() -> None:
    graph = knowledge(
        TERMS, BACKBONE + "doxorubicin increases neutrophil_destruction\n doxorubicin increases neutrophil_count"
    )

    assert effect(graph, "doxorubicin").verdict.sign == "-"


def test_chains_of_both_signs_without_outcome_leave_it_open() -> None:
    graph = knowledge(
        TERMS, BACKBONE + "doxorubicin increases neutrophil_destruction\n doxorubicin increases precursors"
    )

    found = effect(graph, "doxorubicin")

    assert found.verdict.sign == "?"
    assert {chain.sign for chain in found.chains if chain.n in found.verdict.witnesses} == {"+", "-"}


def test_an_early_stage_is_told_and_does_not_decide() -> None:
    graph = knowledge(
        TERMS,
        BACKBONE + "doxorubicin increases neutrophil_destruction stage=early\n doxorubicin increases precursors",
    )

    found = effect(graph, "doxorubicin")

    assert found.verdict.sign == "-"
    assert {(chain.sign, chain.stage) for chain in found.chains} == {("+", "early"), ("-", "")}


def test_what_lowers_a_count_early_and_raises_it_later_is_among_its_causes() -> None:
    graph = knowledge(
        TERMS,
        BACKBONE
        + "doxorubicin decreases neutrophil_count stage=early\n doxorubicin increases neutrophil_count stage=late",
    )

    found = effect(graph, "doxorubicin")
    rows = Explainer(graph).causes("neutropenia").rows

    assert found.verdict.sign == "-"
    assert [(row.cause.key, row.sign, row.stage) for row in rows] == [("doxorubicin", "+", "early")]


def test_a_refuted_outcome_closes_the_chains() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors\n doxorubicin causes neutropenia refuted")

    found = effect(graph, "doxorubicin")

    assert (found.verdict.sign, found.chains) == ("0", ())
    assert [claim.key for claim in found.closed] == ["doxorubicin.causes.neutropenia"]


def test_what_was_not_seen_at_one_stage_closes_the_chains_of_that_stage_alone() -> None:
    ways = "doxorubicin kills precursors stage=early\n doxorubicin increases neutrophil_destruction stage=late\n"
    graph = knowledge(TERMS, BACKBONE + ways + "doxorubicin causes neutropenia refuted stage=late")

    found = effect(graph, "doxorubicin")

    assert [(chain.lever and chain.lever.key, chain.stage) for chain in found.chains] == [
        ("neutrophil_production", "early")
    ]
    assert found.verdict.sign == "+"
    assert [(claim.key, claim.stage) for claim in found.closed] == [("doxorubicin.causes.neutropenia", "late")]


def test_a_refuted_step_is_in_no_chain() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors refuted")

    assert effect(graph, "doxorubicin").verdict.sign == "0"


def test_what_lowers_neutrophils_is_the_way_to_agranulocytosis_once_that_was_seen() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors\n doxorubicin causes agranulocytosis")

    (chain,) = effect(graph, "doxorubicin", "agranulocytosis").chains

    assert (chain.route, chain.observed) == ("production", True)
    assert effect(graph, "doxorubicin", "neutropenia").verdict.sign == "+"


def test_agranulocytosis_does_not_follow_from_neutropenia() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors\n doxorubicin causes neutropenia")

    assert effect(graph, "doxorubicin", "agranulocytosis").verdict.sign == "0"


def test_a_chain_is_as_sure_as_its_weakest_own_step() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin increases toxin reported\n toxin kills precursors")

    (chain,) = effect(graph, "doxorubicin").chains

    assert (chain.grade, chain.belief) == ("reported", 0.4)


def test_each_route_is_heard_before_a_second_chain_of_one() -> None:
    graph = knowledge(
        TERMS + "other molecule",
        BACKBONE
        + """doxorubicin increases toxin
        toxin kills precursors
        doxorubicin increases other
        other kills precursors
        doxorubicin increases neutrophil_destruction reported""",
    )

    routes = [chain.route for chain in effect(graph, "doxorubicin").chains]

    assert routes == ["production", "destruction", "production"]


def test_a_class_without_a_chain_is_answered_through_its_kinds() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors")

    answer = Explainer(graph).why("cytotoxic")

    assert [term.key for term in answer.through_kinds] == ["doxorubicin"]
    assert [chain.cause.key for chain in answer.effects[0].chains] == ["doxorubicin"]


def test_a_condition_is_answered_with_its_causes() -> None:
    graph = knowledge(TERMS, BACKBONE + "cytotoxic kills precursors\n doxorubicin increases neutrophil_destruction")

    answer = Explainer(graph).why("neutropenia")

    assert answer.question.cause is None
    assert {chain.cause.key for chain in answer.effects[0].chains} == {"cytotoxic", "doxorubicin"}


@st.composite
def random_graphs(draw: st.DrawFn) -> Knowledge:
    """Signed graphs without a loop: up to 6 links between a drug and one lever's count."""
    links = [f"m{n}" for n in range(draw(st.integers(1, 6)))]
    order = ["doxorubicin", *links, "neutrophil_destruction"]
    lines = []
    for start, end in combinations(order, 2):
        relation = draw(st.sampled_from(["", "", "increases", "decreases"]))
        if relation:
            lines.append(f"{start} {relation} {end}")
    return knowledge(TERMS + "\n".join(f"{link} molecule" for link in links), BACKBONE + "\n".join(lines))


@st.composite
def random_loops(draw: st.DrawFn) -> Knowledge:
    """Signed graphs of 8 nodes with feedback: acts run forwards, feedback and consequences back."""
    links = [f"m{n}" for n in range(draw(st.integers(1, 4)))]
    order = ["doxorubicin", *links, "neutrophil_destruction", "neutrophil_count", "neutropenia"]
    forwards = st.sampled_from(["", "", "increases", "decreases"])
    back = st.sampled_from(["", "", "feeds_back_on", "predisposes_to"])
    lines = [f"{start} {relation} {end}" for start, end in combinations(order[:-2], 2) if (relation := draw(forwards))]
    lines += [f"{end} {relation} {start}" for start, end in combinations(order[1:], 2) if (relation := draw(back))]
    return knowledge(TERMS + "\n".join(f"{link} molecule" for link in links), BACKBONE + "\n".join(lines))


def enumerated_signs(graph: Knowledge) -> set[str]:
    """Return the signs of all simple chains to neutropenia or a kind of it, by walking each of them."""
    signs = set()
    stack: list[tuple[str, int, tuple[str, ...]]] = [("doxorubicin", 1, ("doxorubicin",))]
    while stack:
        key, sign, seen = stack.pop()
        if key in {"neutropenia", "agranulocytosis"}:
            signs.add("+" if sign > 0 else "-")
        for claim in graph.claims_from(key):
            if claim.object.key not in seen:
                step = 1 if claim.sign == "+" else -1
                stack.append((claim.object.key, sign * step, (*seen, claim.object.key)))
    return signs


@given(random_graphs())
@settings(max_examples=200, deadline=None)
def test_the_verdict_equals_exhaustive_enumeration(graph: Knowledge) -> None:
    finder = ChainFinder(Network(graph), "doxorubicin")
    outcomes = finder.outcomes("neutropenia")
    chains = finder.chains("neutropenia", outcomes)

    verdict = finder.verdict("neutropenia", outcomes, chains)

    expected = enumerated_signs(graph)
    assert verdict.sign == ("?" if len(expected) == 2 else expected.pop() if expected else "0")
    assert all(step.claim.holds for chain in chains for step in chain.steps)
    for chain in chains:
        product = 1
        for step in chain.steps:
            product *= 1 if step.claim.sign == "+" else -1
        assert chain.sign == ("+" if product > 0 else "-")
        assert len(set(keys(chain))) == len(keys(chain))


@given(random_loops())
@settings(max_examples=300, deadline=None)
def test_with_feedback_too_the_verdict_equals_exhaustive_enumeration(graph: Knowledge) -> None:
    finder = ChainFinder(Network(graph, Rules(feedback=True)), "doxorubicin")
    outcomes = finder.outcomes("neutropenia")
    chains = finder.chains("neutropenia", outcomes)

    verdict = finder.verdict("neutropenia", outcomes, chains)

    expected = enumerated_signs(graph)
    assert verdict.sign == ("?" if len(expected) == 2 else expected.pop() if expected else "0")
    for chain in chains:
        met = keys(chain)
        assert len(set(met)) == len(met)


def test_no_loop_turns_a_sign_over_by_going_round() -> None:
    loop = BACKBONE + "doxorubicin kills precursors\n neutrophil_count feeds_back_on precursors"

    plain, walked = (
        Explainer(knowledge(TERMS, loop)).why("doxorubicin", options=Options(feedback=feedback))
        for feedback in (False, True)
    )

    assert [one.verdict.sign for one in plain.effects] == [one.verdict.sign for one in walked.effects]


def test_feedback_is_walked_only_when_asked() -> None:
    graph = knowledge(
        TERMS + "g_csf molecule\n other_production lever < production\n monocyte_count level\n monocytopenia condition",
        BACKBONE
        + """doxorubicin kills precursors
        neutrophil_count feeds_back_on g_csf
        g_csf increases other_production
        other_production increases monocyte_count definition
        monocyte_count has_low_state monocytopenia definition""",
    )

    def sign(feedback: bool) -> str:
        answer = Explainer(graph).why("doxorubicin", options=Options(effect="monocytopenia", feedback=feedback))
        return answer.effects[0].verdict.sign if answer.effects else "0"

    assert (sign(False), sign(True)) == ("0", "-")


@given(random_graphs(), st.data())
@settings(max_examples=60, deadline=None)
def test_evidence_never_changes_a_sign_and_a_sign_never_changes_belief(graph: Knowledge, data: st.DataObject) -> None:
    claims = {
        key: claim if claim.definitional else claim._replace(belief=data.draw(st.sampled_from([0.3, 0.7, 0.95])))
        for key, claim in graph.claims.items()
    }

    def verdict(of: Knowledge) -> Verdict:
        return effect(of, "doxorubicin").verdict

    assert verdict(replace(graph, claims=claims)).sign == verdict(graph).sign

    turned = {
        key: claim._replace(sign=times(claim.sign, "-")) if claim.object.key == "neutrophil_destruction" else claim
        for key, claim in graph.claims.items()
    }
    assert verdict(replace(graph, claims=turned)).belief == verdict(graph).belief


# --- padding -------------------------------------------------------------------------


def test_a_thing_and_a_kind_of_it_make_one_chain() -> None:
    graph = knowledge(
        TERMS + "special_toxin molecule < toxin",
        BACKBONE
        + """doxorubicin increases toxin
        toxin kills precursors
        doxorubicin increases special_toxin
        special_toxin increases toxin""",
    )

    (chain,) = effect(graph, "doxorubicin").chains

    assert not {"toxin", "special_toxin"} <= set(keys(chain))


def test_a_hub_put_in_between_is_no_second_chain() -> None:
    others = "\n".join(f"drug{n} drug\n thing{n} molecule" for n in range(4))
    traffic = "\n".join(f"drug{n} increases hub\n hub increases thing{n}" for n in range(4))
    graph = knowledge(
        TERMS + "hub molecule\n" + others,
        BACKBONE
        + traffic
        + """
        doxorubicin increases toxin
        toxin kills precursors
        doxorubicin increases hub
        hub increases toxin""",
    )

    chains = effect(graph, "doxorubicin").chains

    assert [keys(chain)[1] for chain in chains] == ["toxin"]


def test_a_clique_with_loops_gives_few_simple_paths_and_says_so() -> None:
    """14 terms, each acting on all and on itself: finite, no term twice, the cut is told."""
    names = [f"m{number}" for number in range(14)]
    graph = knowledge(
        "\n".join(f"{name} molecule" for name in names),
        "\n".join(f"{one} increases {other}" for one in names for other in names),
    )

    found = find_paths(graph, "m0", "m13", limit=20, max_length=4)

    assert len(found.paths) == 20
    assert found.truncated
    for chain in found.paths:
        met = ["m0", *(step.claim.object.key for step in chain.steps)]
        assert met[-1] == "m13"
        assert len(set(met)) == len(met) <= 5
    assert all(count == 1 for count in Counter(tuple(keys(chain)) for chain in found.paths).values())
