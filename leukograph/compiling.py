"""Works out every plain answer of a release and stores them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from leukograph import compiled
from leukograph.errors import CannotRead
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.lookup import rows_of
from leukograph.render import answer_json, causes_json
from leukograph.store.embedded import open_store
from leukograph.store.reading import read_knowledge


def knowledge_of(release: Path) -> Knowledge:
    """Read a release graph (Turtle) into plain values.

    Raises:
        CannotRead: when the file is no Turtle, or its statements do not belong together.
    """
    try:
        store = open_store(release)
        return read_knowledge(store)
    except (KeyError, ValueError) as error:
        raise CannotRead(f"{release} is no release of leukograph: {error}") from error


def compile_release(release: Path, path: Path) -> None:
    """Write the compiled form of a release graph to a new SQLite file."""
    knowledge = knowledge_of(release)
    compiled.write(path, knowledge, plain_answers(knowledge), rows_of(knowledge))


def plain_answers(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """Yield every plain answer as (verb, key, JSON)."""
    explainer = Explainer(knowledge)
    for key, entry in knowledge.entries.items():
        kind = entry.term.kind
        role = knowledge.language.kinds[kind].role
        if role in {"cause", "end"}:
            yield "why", key, answer_json.compact(answer_json.encode(explainer.why(key)))
        if role == "end":
            yield "causes", key, answer_json.compact(causes_json.encode(explainer.causes(key)))
