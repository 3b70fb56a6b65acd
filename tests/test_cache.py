"""The cache: made once, never stale, and never needed for a right answer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import leukograph
from leukograph import cache
from leukograph.api import Leukograph
from leukograph.build.release import build
from leukograph.compiled import only_effect
from leukograph.render.answer_json import encode
from tests.conftest import Run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for caches of the test's own."""
    monkeypatch.setenv("LEUKOGRAPH_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches"


def cut(file: Path, size: int) -> None:
    with file.open("r+b") as handle:
        handle.truncate(size)


def largest(folder: Path) -> Path:
    return max(folder.glob("*.sst"), key=lambda file: file.stat().st_size)


def flip(file: Path) -> None:
    """Overwrite bytes in the middle, so that the size stays."""
    with file.open("r+b") as handle:
        handle.seek(file.stat().st_size // 2)
        handle.write(os.urandom(4096))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "answers emptied": lambda folder: cut(folder / cache.ANSWERS, 0),
    "answers cut": lambda folder: cut(folder / cache.ANSWERS, 4096),
    "answers gone": lambda folder: (folder / cache.ANSWERS).unlink(),
    "answers flipped": lambda folder: flip(folder / cache.ANSWERS),
    "store gone": lambda folder: shutil.rmtree(folder / cache.STORE),
    "store cut": lambda folder: cut(folder / cache.STORE / "CURRENT", 3),
    "store flipped": lambda folder: flip(largest(folder / cache.STORE)),
    "contents gone": lambda folder: (folder / cache.CONTENTS).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_made_again(home: Path, ontology: Path, damage: Callable[[Path], object]) -> None:
    """On a small release, which is compiled soon."""
    build(ontology, "0.0.1")
    release = ontology / "leukograph.ttl"
    made = cache.place(release)
    assert made is not None
    damage(made)

    graph = leukograph.load(release)
    ask = "SELECT ?what { lg:neutrophil_production lg:increases ?what }"

    assert graph.why("neutrophil production") == leukograph.load(release, cached=False).why("neutrophil production")
    assert graph.query(ask) == leukograph.load(release, cached=False).query(ask)
    assert made.parent == home
    assert cache.store_path(release) == made / cache.STORE
    assert cache._is_whole(made, checked=cache.STORE)


def test_a_damaged_cache_of_the_shipped_release_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    whole = cache.place(cache.release_file())
    assert whole is not None
    made = tmp_path / whole.name
    shutil.copytree(whole, made)
    monkeypatch.setenv("LEUKOGRAPH_HOME", str(tmp_path))
    cut(made / cache.ANSWERS, 4096)

    why, query = run("why", "clozapine", "-f", "json"), run("query", "lifespans", "-f", "csv")

    assert (why.returncode, query.returncode) == (0, 0), why.stderr + query.stderr
    assert "clozapine" in why.stdout
    assert cache._is_whole(made, checked=cache.STORE)


def test_old_caches_are_dropped_and_nothing_else(home: Path, ontology: Path) -> None:
    build(ontology, "0.0.1")
    home.mkdir()
    for number in range(cache.KEPT + 3):
        old = home / f"{number:x}-0000000{number % 10}-1a-deadbeef"
        old.mkdir()
        os.utime(old, (number, number))
    (home / "notes-of-mine").mkdir()

    made = cache.place(ontology / "leukograph.ttl")

    assert made is not None
    left = {path.name for path in home.iterdir()}
    assert len(left) == cache.KEPT + 1
    assert {made.name, "notes-of-mine", f"{cache.KEPT + 2:x}-00000000-1a-deadbeef"} <= left


def test_the_key_changes_with_the_release(tmp_path: Path) -> None:
    release = tmp_path / "a.ttl"
    release.write_bytes(cache.release_file().read_bytes())
    before = cache.key(release)
    release.write_bytes(release.read_bytes() + b"\n# one more line\n")

    assert cache.key(release) != before


def test_the_key_covers_all_code_that_makes_answers() -> None:
    """Everything of ours that compiling loads, but for what only names errors, units and files."""
    import subprocess
    import sys

    probe = "import leukograph.compiling, sys; print(*(n for n in sys.modules if n.startswith('leukograph.')))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.removeprefix("leukograph.").replace(".", "/") + ".py" for name in done.stdout.split()}

    packages = {"store.py", "render.py", "build.py"}
    assert loaded - set(cache.ANSWER_CODE) - packages <= {"errors.py", "files.py", "resources.py", "units.py"}


def test_answers_can_be_asked_for_in_another_thread() -> None:
    from concurrent.futures import ThreadPoolExecutor

    graph = leukograph.load()
    here = graph.why("clozapine")

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(graph.why, "clozapine").result() == here


def test_one_effect_of_a_stored_answer_is_what_a_fresh_question_gets(graph: Leukograph, fresh: Leukograph) -> None:
    keys = [key for verb, key, _ in graph._compiled.answers() if verb == "why"] if graph._compiled else []
    derived = 0
    for key in keys[::7]:
        plain = graph.why(key)
        for one in plain.effects if plain.question.cause else ():
            stored = only_effect(plain, one.effect.key)
            if stored is not None:
                derived += 1
                asked = fresh.why(key, effect=one.effect.key)
                same_text = asked.question._replace(text=stored.question.text)
                assert encode(stored) == encode(asked._replace(question=same_text))

    assert derived > 200
