"""Clients that others wrote ask the server: SPARQLWrapper, rdflib, curl, Comunica."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from leukograph.api import Leukograph
from tests.serving import TOKEN, Server, make_store

QUERY = """
PREFIX lg: <https://w3id.org/leukograph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?drug ?label WHERE { ?drug lg:inhibits ?enzyme ; rdfs:label ?label } ORDER BY ?label LIMIT 20
"""


@pytest.fixture(scope="module")
def expected(graph: Leukograph) -> list[str]:
    answer = graph.query(QUERY)
    assert not isinstance(answer, str)
    assert len(answer.rows) > 5
    return [row["label"]["value"] for row in answer.rows]


def endpoint(plain: Server) -> str:
    return f"http://127.0.0.1:{plain.port}/sparql"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["json", "xml", "csv"])
def test_sparqlwrapper(plain: Server, expected: list[str], method: str, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint(plain))
    client.setMethod(method)
    client.setQuery(QUERY)
    client.setReturnFormat(form)

    answer = client.queryAndConvert()

    if form == "json":
        assert [row["label"]["value"] for row in answer["results"]["bindings"]] == expected
    elif form == "xml":
        labels = [node for node in answer.getElementsByTagName("binding") if node.getAttribute("name") == "label"]
        assert [label.firstChild.firstChild.data for label in labels] == expected
    else:
        assert answer.decode().count("\r\n") == len(expected) + 1


def test_sparqlwrapper_construct(plain: Server) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint(plain))
    client.setQuery("CONSTRUCT WHERE { <https://w3id.org/leukograph/neutropenia> ?p ?o }")
    client.setReturnFormat("turtle")

    assert b"neutropenia" in client.queryAndConvert()


def test_rdflib_sparqlstore(plain: Server, expected: list[str]) -> None:
    rdflib = pytest.importorskip("rdflib")
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    remote = rdflib.Graph(SPARQLStore(endpoint(plain), returnFormat="json"))

    assert [str(row.label) for row in remote.query(QUERY)] == expected
    term = rdflib.URIRef("https://w3id.org/leukograph/neutropenia")
    assert str(remote.value(term, rdflib.RDFS.label)) == "neutropenia"


def test_rdflib_sparqlupdatestore(tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
    from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore

    store = make_store(tmp_path / "store", lambda _: None)
    server = Server("--store", str(store), "--writable", environment={"LEUKOGRAPH_TOKEN": TOKEN})
    try:
        remote = SPARQLUpdateStore(
            endpoint(server), endpoint(server), headers={"Authorization": f"Bearer {TOKEN}"}, returnFormat="json"
        )
        graph = rdflib.Graph(remote, identifier=DATASET_DEFAULT_GRAPH_ID)
        graph.add((rdflib.URIRef("http://x/s"), rdflib.RDFS.label, rdflib.Literal("new", lang="en")))

        assert [str(label) for label in graph.objects(rdflib.URIRef("http://x/s"), rdflib.RDFS.label)] == ["new"]
    finally:
        server.stop()


def test_curl(plain: Server, expected: list[str], tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    (tmp_path / "q.rq").write_text(QUERY)

    def run(*arguments: str) -> str:
        return subprocess.run([curl, "-sS", "--fail", *arguments], capture_output=True, text=True, check=True).stdout

    given = ["--data-urlencode", f"query@{tmp_path / 'q.rq'}", "-H", "Accept: text/csv", endpoint(plain)]
    posted = run(*given)
    assert run("-G", *given) == posted
    assert posted.count("\n") == len(expected) + 1
    body = ["--data-binary", f"@{tmp_path / 'q.rq'}", "-H", "Content-Type: application/sparql-query"]
    assert run(*body, "-H", "Accept: text/csv", endpoint(plain)) == posted
    assert "neutropenia" in run(f"http://127.0.0.1:{plain.port}/api/why?cause=chemotherapy&effect=neutropenia")


SCRIPT = """
const { QueryEngine } = require("@comunica/query-sparql");
const [endpoint, query] = process.argv.slice(1);
new QueryEngine()
  .queryBindings(query, { sources: [{ type: process.env.SOURCE_TYPE, value: endpoint }] })
  .then((stream) => stream.toArray())
  .then((rows) => console.log(JSON.stringify(rows.map((row) => row.get("label").value))));
"""


def test_comunica(plain: Server, expected: list[str]) -> None:
    """LEUKOGRAPH_NODE_MODULES names a node_modules folder with @comunica/query-sparql."""
    modules = Path(os.environ.get("LEUKOGRAPH_NODE_MODULES", "node_modules"))
    if shutil.which("node") is None or not (modules / "@comunica" / "query-sparql").is_dir():
        pytest.skip("node, or the npm package @comunica/query-sparql, is not there (set LEUKOGRAPH_NODE_MODULES)")

    done = subprocess.run(
        ["node", "-e", SCRIPT, endpoint(plain), QUERY],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NODE_PATH": str(modules.resolve()), "SOURCE_TYPE": "sparql"},
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected
