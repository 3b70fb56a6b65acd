"""The questions of the Python interface over HTTP, answered in the JSON of the command line.

Each verb names its parameters, which are those of the command; a test holds the two
together, and the bytes of the answers too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leukograph.errors import DefinedName, WrongOption
from leukograph.model import GRADES, ROUTES

if TYPE_CHECKING:
    from leukograph.api import Leukograph

_FLAGS = {"": True, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a verb."""

    name: str
    about: str
    #: text, whole (a whole number) or flag
    type: str = "text"
    required: bool = False
    #: whether it may be given more than once
    many: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: int | None = None

    def read(self, values: Sequence[str]) -> Any:
        """Return what was given as Python takes it; None when it was not.

        Raises:
            WrongOption: when it does not fit.
        """
        if not values:
            if self.required:
                raise WrongOption(f"the parameter {self.name!r} is missing", self.about)
            return [] if self.many else False if self.type == "flag" else self.default
        if self.many:
            return list(values)
        if len(values) > 1:
            raise WrongOption(f"the parameter {self.name!r} was given more than once", "one will do")
        return self._one(values[0])

    def _one(self, value: str) -> Any:
        if self.type == "flag":
            if value.lower() not in _FLAGS:
                raise WrongOption(f"{self.name}={value[:40]!a} is neither true nor false")
            return _FLAGS[value.lower()]
        if self.choices and value not in self.choices:
            raise WrongOption(f"{self.name}={value[:40]!a} is none that there is", "one of: " + ", ".join(self.choices))
        if self.type != "whole":
            return value
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise WrongOption(f"{self.name}={value[:40]!a} is no whole number")
        number = int(value)
        if not (self.least or 0) <= number <= (self.most or number):
            raise WrongOption(f"{self.name}={number} is out of range", f"from {self.least} to {self.most}")
        return number


@dataclass(frozen=True, slots=True)
class Verb:
    """A question: what it takes, and how it is answered."""

    summary: str
    params: tuple[Param, ...]
    #: the JSON of the answer
    ask: Callable[[Leukograph, Mapping[str, Any]], str]
    #: parameters, and values, for which it is shown
    example: tuple[tuple[str, str], ...]
    #: the names of its answers in `answers.schema.json`
    schemas: tuple[str, ...]

    def answer(self, graph: Leukograph, given: Mapping[str, Sequence[str]]) -> str:
        """Return the JSON of the answer.

        Raises:
            WrongOption: when a parameter is missing, unknown or does not fit.
            LeukographError: whatever the question raises.
        """
        known = {param.name for param in self.params}
        for name in given:
            if name not in known:
                names = ", ".join(param.name for param in self.params)
                raise WrongOption(f"there is no parameter {name[:40]!a}", f"there are: {names}" if names else "none")
        return self.ask(graph, {param.name: param.read(given.get(param.name, ())) for param in self.params})


def _dumps(value: Any) -> str:
    from leukograph.render.answer_json import dumps

    return dumps(value)


def _why(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import answer_json, whatif_json

    cause, do, remove = given["cause"], given["do"], given["remove"]
    narrowing = {name: value for name, value in given.items() if name not in {"cause", "do", "remove"}}
    if do or remove:
        return _dumps(whatif_json.encode(graph.what_if(cause, do=do, remove=remove, **narrowing)))
    return _dumps(answer_json.encode(graph.why(cause, **narrowing)))


def _why_not(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import whynot_json

    rest = {name: value for name, value in given.items() if name not in {"cause", "effect"}}
    return _dumps(whynot_json.encode(graph.why_not(given["cause"], given["effect"], **rest)))


def _workup(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import workup_json

    rest = {name: value for name, value in given.items() if name != "names"}
    return _dumps(workup_json.encode(graph.workup(*given["names"], **rest)))


def _compare(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import compare_json

    rest = {name: value for name, value in given.items() if name not in {"one", "other"}}
    return _dumps(compare_json.encode(graph.compare(given["one"], given["other"], **rest)))


def _contradictions(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import contradictions_json

    found = graph.contradictions(given["name"])
    if given["kind"]:
        found = found._replace(found=tuple(one for one in found.found if one.kind == given["kind"]))
    return _dumps(contradictions_json.encode(found))


def _causes(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import causes_json

    return _dumps(causes_json.encode(graph.causes(given["condition"], route=given["route"], kind=given["kind"])))


def _timeline(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import timeline_json

    return _dumps(timeline_json.encode(graph.timeline(given["cause"], effect=given["effect"])))


def _describe(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import describe_json

    try:
        return _dumps(describe_json.description(graph.describe(given["name"])))
    except DefinedName as error:
        return _dumps(describe_json.membership(graph.defined(error.key)))


def _search(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import search_json

    return _dumps(search_json.encode(given["text"], graph.search(given["text"], given["limit"])))


def _path(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import describe_json

    limits = {"limit": given["limit"], "max_length": given["max_length"]}
    return _dumps(describe_json.paths(graph.paths(given["start"], given["end"], **limits)))


def _prove(graph: Leukograph, given: Mapping[str, Any]) -> str:
    from leukograph.render import prove_text

    found = graph.prove(*given["names"], limit=given["limit"])
    return _dumps(prove_text.encode(found.proofs, found.name, found.sources))


def _stats(graph: Leukograph, _: Mapping[str, Any]) -> str:
    from leukograph.render import stats_text

    return _dumps(stats_text.encode(graph.stats()))


def _name(name: str, about: str) -> Param:
    return Param(name, about, required=True)


_EFFECT = Param("effect", "Only this low count, or this count.")
_NARROWING = (
    Param("route", "Only chains of this route.", choices=tuple(ROUTES)),
    Param("max_length", "Only chains of so many own steps at most.", "whole", least=1, most=100),
    Param("via", "Only chains that meet this term; may be repeated.", many=True),
    Param("avoid", "No chain that meets this term; may be repeated.", many=True),
    Param("least_grade", "Only chains of which each step is as sure.", choices=tuple(GRADES[:-1])),
    Param("feedback", "Walk what follows from a low count, and what answers it, too.", "flag"),
)

#: name -> question, in the order of use
VERBS = {
    "why": Verb(
        "Explain why a cause lowers white cells, or why a count is low.",
        (
            _name("cause", "Any name of a cause, of a low count, or of a count."),
            _EFFECT,
            Param("limit", "Chains for each effect.", "whole", least=1, most=1000),
            *_NARROWING,
            Param("do", "What if this term were held up? May be repeated.", many=True),
            Param("remove", "What if this term were taken out? May be repeated.", many=True),
        ),
        _why,
        (
            ("cause", "chemotherapy"),
            ("effect", "neutropenia"),
        ),
        ("leukograph.why/1", "leukograph.what-if/1"),
    ),
    "why-not": Verb(
        "Say why a cause does not explain a low count.",
        (
            _name("cause", "Any name of a cause."),
            _name("effect", "Any name of a low count, or of a count."),
            Param("within", "The effect was there so soon after the cause, such as 12h."),
            Param("after", "The effect was still there so long after the cause, such as 6wk."),
            *_NARROWING,
        ),
        _why_not,
        (
            ("cause", "clozapine"),
            ("effect", "lymphopenia"),
        ),
        ("leukograph.why-not/1",),
    ),
    "workup": Verb(
        "Weigh what may be behind a picture, and say which test next.",
        (
            Param(
                "names",
                "A count (ANC=0.4), a low count, a finding, a cause, no:NAME; may be repeated.",
                required=True,
                many=True,
            ),
            Param("age", "In years, or with a unit: 5d, 3mo."),
            Param("duffy_null", "The person is known to be Duffy-null.", "flag"),
            Param("limit", "So many causes.", "whole", least=1, most=1000),
        ),
        _workup,
        (("names", "ANC=0.9"),),
        ("leukograph.workup/1",),
    ),
    "compare": Verb(
        "Set two causes side by side.",
        (_name("one", "Any name of a cause."), _name("other", "Any name of another."), _EFFECT, *_NARROWING),
        _compare,
        (
            ("one", "clozapine"),
            ("other", "methimazole"),
        ),
        ("leukograph.compare/1",),
    ),
    "contradictions": Verb(
        "Show where sources disagree.",
        (
            Param("name", "Only about this term."),
            Param("kind", "Only contradictions of this kind.", choices=("refuted", "sign", "context", "number")),
        ),
        _contradictions,
        (("name", "glucocorticoid"),),
        ("leukograph.contradictions/1",),
    ),
    "causes": Verb(
        "List all causes of a low count, by route.",
        (
            _name("condition", "Any name of a low count, or of a count."),
            Param("route", "Only causes by this route.", choices=tuple(ROUTES)),
            Param("kind", "Only causes of this kind: drug, infection, disease, ..."),
        ),
        _causes,
        (
            ("condition", "lymphopenia"),
            ("route", "destruction"),
        ),
        ("leukograph.causes/1",),
    ),
    "timeline": Verb(
        "Tell which counts a cause lowers first, and when.",
        (_name("cause", "Any name of a cause."), _EFFECT),
        _timeline,
        (("cause", "docetaxel"),),
        ("leukograph.timeline/1",),
    ),
    "describe": Verb(
        "Show everything about one term.",
        (_name("name", "Any name of it."),),
        _describe,
        (("name", "neutrophil"),),
        ("leukograph.describe/1", "leukograph.defined/1"),
    ),
    "search": Verb(
        "Find terms by name, however it is spelled.",
        (
            _name("text", "What is looked for."),
            Param("limit", "Most matches.", "whole", least=1, most=1000, default=10),
        ),
        _search,
        (("text", "neutropnia"),),
        ("leukograph.search/1",),
    ),
    "path": Verb(
        "Find chains between any two terms.",
        (
            _name("start", "Any name of the first term."),
            _name("end", "Any name of the last."),
            Param("limit", "Paths to give.", "whole", least=1, most=1000, default=5),
            Param("max_length", "Steps in a path.", "whole", least=1, most=100, default=12),
        ),
        _path,
        (
            ("start", "mercaptopurine"),
            ("end", "neutrophil count"),
        ),
        ("leukograph.path/1",),
    ),
    "prove": Verb(
        "Prove that one class is under another.",
        (
            Param(
                "names", "A class and the one above it; or a class, a relation and a class.", required=True, many=True
            ),
            Param("limit", "Proofs to give.", "whole", least=1, most=20, default=1),
        ),
        _prove,
        (("names", "agranulocytosis"), ("names", "neutropenia")),
        ("leukograph.prove/1",),
    ),
    "stats": Verb("Count what the graph holds.", (), _stats, (), ("leukograph.stats/1",)),
}
