"""`leukograph load` and `leukograph store`, as a user has them."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import leukograph
from leukograph.errors import CannotRead, LimitReached
from leukograph.store import writing
from leukograph.store.folder import Folder
from tests.conftest import Run
from tests.test_schema import faults

ONTOLOGY = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<http://e/{name}> a owl:Ontology {imports}.\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One file of each kind, of one or two statements."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    contents: dict[str, str] = {
        "a.ttl": "@prefix e: <http://e/> .\ne:ttl e:p e:o .\n",
        "a.trig": "@prefix e: <http://e/> .\ne:g { e:trig e:p e:o }\n",
        "a.nt": "<http://e/nt> <http://e/p> <http://e/o> .\n",
        "a.nq": "<http://e/nq> <http://e/p> <http://e/o> <http://e/g> .\n",
        "a.owl": f'<rdf:RDF xmlns:rdf="{rdf}" xmlns:e="http://e/"><rdf:Description rdf:about="http://e/owl">'
        '<e:p rdf:resource="http://e/o"/></rdf:Description></rdf:RDF>\n',
        "a.jsonld": '{"@id": "http://e/jsonld", "http://e/p": {"@id": "http://e/o"}}\n',
        "a.obo": "format-version: 1.2\nontology: demo\n\n[Term]\nid: CL:1\nname: obo\n",
        "a.json": '{"graphs": [{"nodes": [{"id": "http://e/json", "lbl": "x", "type": "CLASS"}]}]}\n',
        "a_nodes.tsv": "id\tcategory\nCL:2\tbiolink:Cell\n",
        "a_edges.tsv": "subject\tpredicate\tobject\nCL:2\tbiolink:causes\tHP:1\n",
        "a.jsonl": '{"id": "CL:3", "category": ["biolink:Cell"]}\n',
    }
    made = {}
    for name, content in contents.items():
        made[name] = tmp_path / name
        made[name].write_text(content, encoding="utf-8")
        made[name + ".gz"] = tmp_path / (name + ".gz")
        made[name + ".gz"].write_bytes(gzip.compress(content.encode()))
    return made


def test_every_format_is_loaded_and_gzip_of_it_adds_nothing(files: dict[str, Path], tmp_path: Path) -> None:
    plain = [path for name, path in files.items() if not name.endswith(".gz")]

    first = Folder.load(tmp_path / "store", plain)
    again = Folder.load(tmp_path / "store", [path for name, path in files.items() if name.endswith(".gz")])

    assert len(first.files) == 11
    assert first.added == sum(one.statements for one in first.files)
    assert {one.format for one in first.files} == {
        *("turtle", "trig", "ntriples", "nquads", "rdfxml", "jsonld", "obo", "obographs"),
        *("kgx-nodes", "kgx-edges", "kgx-jsonl"),
    }
    assert again.added == 0
    assert first.marker.graphs["http://e/g"] == 2


def test_what_is_printed(files: dict[str, Path], tmp_path: Path, run: Run) -> None:
    store = str(tmp_path / "store")
    loaded = run("load", str(files["a.ttl"]), str(files["a.nq"]), "--store", store)
    info, verified = run("store", "info", store), run("store", "verify", store)
    compacted = run("store", "compact", store)

    assert [one.returncode for one in (loaded, info, verified, compacted)] == [0, 0, 0, 0]
    assert loaded.stdout.startswith("a.ttl (turtle): 1 statement\na.nq (nquads): 1 statement\n2 new statements; ")
    assert "1  (default graph)\n            1  http://e/g\n" in info.stdout
    assert "2 statements in them, and agree with the record." in verified.stdout
    assert "MB before" in compacted.stdout
    assert [one.stderr for one in (loaded, info, verified, compacted)] == ["", "", "", ""]


def test_json_has_the_published_shape(files: dict[str, Path], tmp_path: Path, run: Run) -> None:
    store = str(tmp_path / "store")
    (tmp_path / "bad.nt").write_text("nonsense\n" + files["a.nt"].read_text(encoding="utf-8"), encoding="utf-8")
    commands = (
        ("load", str(tmp_path / "bad.nt"), str(files["a.obo"]), "--store", store, "--lenient"),
        ("store", "info", store),
        ("store", "verify", store),
        ("store", "compact", store),
    )
    for command in commands:
        done = run(*command, "--format", "json")
        assert faults(json.loads(done.stdout)) == [], command
        assert str(tmp_path) not in done.stdout, "no path of this machine"
    value = json.loads(run(*commands[1], "--format", "json").stdout)
    assert [(one["name"], one["statements"], one["skipped"]) for one in value["files"]] == [
        ("bad.nt", 1, 1),
        ("a.obo", 5, 0),
    ]
    value["quads"] = "many"
    assert faults(value)


def test_exit_codes_and_one_line_with_what_to_do(files: dict[str, Path], tmp_path: Path, run: Run) -> None:
    bad, store = tmp_path / "bad.nt", str(tmp_path / "store")
    bad.write_text("nonsense\n" + files["a.nt"].read_text(encoding="utf-8"), encoding="utf-8")
    strict = run("load", str(bad), "--store", store)
    assert (strict.returncode, strict.stdout) == (2, "")
    assert "bad.nt cannot be read at line 1" in strict.stderr
    assert "Traceback" not in strict.stderr
    assert not (tmp_path / "store").exists()

    lenient = run("load", str(bad), "--store", store, "--lenient")
    assert lenient.returncode == 1
    assert lenient.stderr == "Warning: 1 faulty part left out (--lenient); the rest was loaded\n"
    assert "bad.nt at line 1" in lenient.stdout

    for arguments, code, said in (
        (("load", "--store", store), 2, "Missing argument"),
        (("load", str(bad)), 2, "Missing option '--store'"),
        (("load", str(tmp_path / "no.ttl"), "--store", store), 2, "No such file"),
        (("load", str(files["a.nt"]), "--store", store, "--graph", "a b"), 2, "is no IRI"),
        (("load", str(files["a.nt"]), "--store", store, "--prefix", "x"), 2, "is not NAME=IRI"),
        (("load", str(files["a.nt"]), "--store", store, "--max-memory", "lots"), 2, "is no size"),
        (("load", str(files["a.nt"]), "--store", str(tmp_path)), 2, "is no store and not empty"),
        (("store",), 2, "Error: Missing command. [LG103]"),
        (("store", "info", str(tmp_path)), 2, "is no store"),
        (("store", "verify", str(tmp_path / "no")), 2, "does not exist"),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert said in done.stderr, arguments
        assert "Traceback" not in done.stderr


def test_an_address_is_no_folder(files: dict[str, Path], tmp_path: Path, run: Run) -> None:
    ended = run("load", str(next(iter(files.values()))), "--store", "https://example.org/sparql", cwd=tmp_path)

    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: https://example.org/sparql is an address, ")
    assert not (tmp_path / "https:").exists()


def test_a_prefix_of_ones_own(tmp_path: Path, run: Run) -> None:
    nodes = tmp_path / "a_nodes.tsv"
    nodes.write_text("id\tcategory\nODD:1\tbiolink:Cell\n", encoding="utf-8")

    refused = run("load", str(nodes), "--store", str(tmp_path / "store"))
    loaded = run("load", str(nodes), "--store", str(tmp_path / "store"), "--prefix", "ODD=http://e/odd/")

    assert "say what it stands for: --prefix ODD=IRI" in refused.stderr
    assert loaded.returncode == 0
    assert [str(quad.subject) for quad in Folder.open(tmp_path / "store").reading()] == ["<http://e/odd/1>"]


def test_imports_are_listed_and_not_followed(tmp_path: Path, run: Run) -> None:
    root = tmp_path / "root.ttl"
    web, secret = "http://127.0.0.1:9/x.owl", (tmp_path / "secret.ttl").as_uri()
    (tmp_path / "secret.ttl").write_text("<http://e/secret> <http://e/p> 1 .\n", encoding="utf-8")
    root.write_text(ONTOLOGY.format(name="root", imports=f"; owl:imports <{web}>, <{secret}>"), encoding="utf-8")

    done = run("load", str(root), "--store", str(tmp_path / "store"))

    assert done.returncode == 0
    assert f"Imports that were not followed, 2 ontologies:\n  {secret}\n  {web}\n" in done.stdout
    assert len(Folder.open(tmp_path / "store").reading()) == 3


def test_imports_come_from_copies_by_catalog_by_their_own_iri_and_by_name(tmp_path: Path) -> None:
    root, copies = tmp_path / "root.ttl", tmp_path / "copies"
    copies.mkdir()
    asked = ", ".join(f"<http://e/{name}>" for name in ("catalogued", "declared", "named.owl", "nowhere", "outside"))
    root.write_text(ONTOLOGY.format(name="root", imports=f"; owl:imports {asked}"), encoding="utf-8")
    for file, name, imports in (
        ("odd-name.ttl", "catalogued", ""),
        ("other.ttl", "declared", "; owl:imports <http://e/deep>, <http://e/root>"),
        ("named.owl", "otherwise", ""),
        ("deep.ttl", "deep", ""),
        ("unasked.ttl", "unasked", ""),
        ("../outside.ttl", "x", ""),
    ):
        (copies / file).write_text(ONTOLOGY.format(name=name, imports=imports), encoding="utf-8")
    (copies / "broken.ttl").write_text("nonsense", encoding="utf-8")
    (copies / "catalog-v001.xml").write_text(
        '<?xml version="1.0"?>\n<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        '<uri id="x" name="http://e/catalogued" uri="odd-name.ttl"/>'
        '<uri id="y" name="http://e/outside" uri="../outside.ttl"/></catalog>\n',
        encoding="utf-8",
    )

    loaded = Folder.load(tmp_path / "store", [root], imports=copies)

    assert [one.name for one in loaded.files] == ["root.ttl", "odd-name.ttl", "other.ttl", "named.owl", "deep.ttl"]
    assert loaded.not_followed == ("http://e/named.owl", "http://e/nowhere", "http://e/outside")


def test_a_catalog_cannot_be_a_bomb(tmp_path: Path) -> None:
    root = tmp_path / "root.ttl"
    root.write_text(ONTOLOGY.format(name="root", imports="; owl:imports <http://e/x>"), encoding="utf-8")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "catalog-v001.xml").write_text(
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><catalog>&a;</catalog>', encoding="utf-8"
    )

    with pytest.raises(CannotRead, match=r"catalog-v001\.xml is refused"):
        Folder.load(tmp_path / "store", [root], imports=tmp_path / "copies")


def test_too_little_memory_is_a_limit_that_can_be_raised(tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    nodes = [{"id": f"http://e/{number}", "lbl": "x" * 50} for number in range(200_000)]
    big.write_text(json.dumps({"graphs": [{"nodes": nodes}]}), encoding="utf-8")

    with pytest.raises(LimitReached, match=r"more than 0\.195 GB of memory was needed"):
        writing.load(tmp_path / "store", [big], memory=200 << 20)

    assert not (tmp_path / "store").exists()


def test_a_parser_that_crashes_is_told_and_changes_nothing(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate lets no known crash through; so one is made, in the process that works."""
    deep = tmp_path / "deep.jsonld"
    deep.write_text('{"@id": "http://e/a", "http://e/b": 1}', encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import os\nfrom leukograph.store import textgate\ntextgate.Depth.feed = lambda *_: os.kill(os.getpid(), 11)\n",
        encoding="utf-8",
    )
    Folder.load(tmp_path / "store", [files["a.ttl"]])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))

    with pytest.raises(CannotRead, match=r"deep\.jsonld made its parser crash"):
        Folder.load(tmp_path / "store", [files["a.nt"], deep])

    monkeypatch.undo()
    assert Folder.open(tmp_path / "store").marker.quads == 1
    assert Folder.open(tmp_path / "store").verify().is_sound


def test_the_progress_bar_is_for_terminals_only(files: dict[str, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "leukograph", "load", str(files["a.ttl"]), "--store", str(tmp_path / "store")]
    shown = {}
    for quiet in (False, True):
        terminal, side = pty.openpty()
        done = subprocess.run([*command, *["--quiet"] * quiet], stdout=subprocess.PIPE, stderr=side, timeout=60)
        os.close(side)
        os.set_blocking(terminal, False)
        try:
            shown[quiet] = os.read(terminal, 1 << 16)
        except (BlockingIOError, OSError):
            shown[quiet] = b""
        os.close(terminal)
        assert done.returncode == 0
        assert b"Loading" not in done.stdout

    assert b"Loading" in shown[False]
    assert shown[True] == b""


def test_python_has_the_same(files: dict[str, Path], tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []

    loaded = leukograph.Folder.load(
        tmp_path / "store", [files["a.nt"]], graph="http://e/g", progress=lambda *said: told.append(said)
    )

    assert isinstance(loaded, leukograph.Loaded)
    assert told[0] == (0, files["a.nt"].stat().st_size, "a.nt")
    with leukograph.Folder.open(tmp_path / "store") as store:
        assert store.marker.graphs == {"http://e/g": 1}
        assert isinstance(store.verify(), leukograph.Verified)
        assert store.verify().quads == 1
    assert isinstance(leukograph.Folder.compact(tmp_path / "store"), leukograph.Compacted)
    with pytest.raises(leukograph.NotAStore):
        leukograph.Folder.open(tmp_path)
