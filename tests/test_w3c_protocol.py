"""The W3C's tests of the SPARQL 1.1 Protocol, Service Description, and Graph Store Protocol (reading)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Store, parse, serialize

from tests.serving import TOKEN, Reply, Server, make_store
from tests.w3c import CNT, FOLDER, HT, MF, Manifest, local, parameters

HOST = "www.example"
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
#: Tests that need what is not offered, with the reason.
EXCLUDED = {
    "post_get_post_get_direct": "POST of multipart/form-data writes",
    "post_get_post_get_indirect": "POST of multipart/form-data writes",
    "post_get_new_graph": "creates a graph whose name the server makes up",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A writable server on a store with the graphs that the tests take for granted."""

    def fill(store: Store) -> None:
        store.add_graph(NamedNode(DATA.format(0)))
        for number in (1, 2, 3):
            path = FOLDER / "protocol" / f"data{number}.nt"
            if path.is_file():
                store.load(path=str(path), format=RdfFormat.N_TRIPLES, to_graph=NamedNode(DATA.format(number)))

    folder = make_store(tmp_path_factory.mktemp("w3c") / "store", fill)
    found = Server("--store", str(folder), "--writable", "--allow-host", HOST, environment={"LEUKOGRAPH_TOKEN": TOKEN})
    yield found
    found.stop()


def protocol_tests() -> list[Any]:
    path = FOLDER / "protocol" / "manifest.ttl"
    if not path.is_file():
        return []
    manifest = Manifest(path)
    return [(manifest, entry) for entry in manifest.entries()]


PROTOCOL = protocol_tests()


@pytest.mark.parametrize("case", parameters(PROTOCOL, [local(entry) for _, entry in PROTOCOL]))
def test_protocol(server: Server, case: tuple[Manifest, Any]) -> None:
    manifest, entry = case
    action = manifest.value(entry, MF + "action")
    requests = list(manifest.members(manifest.value(action, HT + "requests")))
    assert requests
    for request in requests:
        reply = send(server, manifest, request)
        check(manifest, manifest.value(request, HT + "resp"), reply)


def send(server: Server, manifest: Manifest, request: Any) -> Reply:
    headers = {"Host": HOST, "Authorization": f"Bearer {TOKEN}"}
    for header in manifest.members(manifest.value(request, HT + "headers")):
        headers[manifest.text(header, HT + "fieldName")] = manifest.text(header, HT + "fieldValue")
    body = None
    if (content := manifest.value(request, HT + "body")) is not None:
        encoding = manifest.text(content, CNT + "characterEncoding") or "utf-8"
        body = manifest.text(content, CNT + "chars").encode(encoding)
    return server.ask(
        manifest.text(request, HT + "methodName"), manifest.text(request, HT + "absolutePath"), headers, body
    )


def check(manifest: Manifest, response: Any, reply: Reply) -> None:
    wanted = {local(status) for status in manifest.values(response, MF + "expectedStatus")}
    assert f"StatusCode{reply.status // 100}xx" in wanted, (reply.status, reply.body)
    match manifest.text(response, MF + "expectedFormat"):
        case "boolean" | "tabular":
            assert reply.type in {"application/sparql-results+json", "application/sparql-results+xml"}
        case "RDF":
            list(parse(reply.body, format=RdfFormat.from_media_type(reply.type)))
    if boolean := manifest.text(response, MF + "expectedBoolean"):
        if reply.type.endswith("json"):
            assert reply.json["boolean"] is (boolean == "true")
        else:
            assert ElementTree.fromstring(reply.body).findtext("{*}boolean") == boolean


def test_all_34_protocol_tests_were_run() -> None:
    if not PROTOCOL:
        pytest.skip("the W3C tests are not beside the project")

    assert len(PROTOCOL) == 34


# --- Service Description: the three tests of its manifest, which are told in words there ---

SD = "http://www.w3.org/ns/sparql-service-description#"


def description(server: Server) -> Store:
    reply = server.ask("GET", "/sparql", {"Host": HOST})
    assert reply.status == 200
    store = Store()
    store.load(reply.body, format=RdfFormat.from_media_type(reply.type))
    return store


def test_returns_rdf(server: Server) -> None:
    assert len(description(server)) > 10


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"]
)
def test_returns_rdf_as_it_is_asked(server: Server, media_type: str) -> None:
    reply = server.ask("GET", "/sparql", {"Accept": media_type})

    assert reply.type == media_type
    assert list(parse(reply.body, format=RdfFormat.from_media_type(media_type)))


def test_has_endpoint_triple(server: Server) -> None:
    assert description(server).query(f"ASK {{ ?s <{SD}endpoint> <http://{HOST}/sparql> }}")


def test_conforms_to_schema(server: Server) -> None:
    """What the schema of the description demands of its classes and properties."""
    assert server.update(f"CREATE SILENT GRAPH <{DATA.format(1)}>").status == 204
    store = description(server)

    for query in (
        "ASK { ?s a sd:Service ; sd:endpoint ?e FILTER(isIRI(?e)) }",
        "ASK { ?s sd:supportedLanguage sd:SPARQL11Query, sd:SPARQL11Update }",
        "ASK { ?s sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON> }",
        "ASK { ?s sd:defaultDataset ?d . ?d a sd:Dataset ; sd:defaultGraph ?g . ?g a sd:Graph }",
        f"ASK {{ ?d sd:namedGraph ?n . ?n a sd:NamedGraph ; sd:name <{DATA.format(1)}> }}",
    ):
        assert store.query(f"PREFIX sd: <{SD}> {query}"), query
    known = {"Service", "Dataset", "Graph", "NamedGraph", "endpoint", "supportedLanguage", "resultFormat", "feature"}
    known |= {
        "defaultDataset",
        "defaultGraph",
        "namedGraph",
        "name",
        "SPARQL11Query",
        "SPARQL11Update",
        "UnionDefaultGraph",
    }
    terms = {term for quad in store for term in (quad.subject, quad.predicate, quad.object)}
    used = {term.value.removeprefix(SD) for term in terms if isinstance(term, NamedNode) and SD in term.value}
    assert used <= known


# --- Graph Store Protocol: what is written is written by SPARQL Update, what is read by the protocol ---


def graph_tests() -> list[Any]:
    found = []
    for name in ("direct", "indirect"):
        path = FOLDER / "graph-store-protocol" / f"manifest-{name}.ttl"
        if path.is_file():
            manifest = Manifest(path)
            found += [(manifest, entry) for entry in manifest.entries()]
    return found


GRAPHS = graph_tests()


@pytest.mark.parametrize("case", parameters(GRAPHS, [local(entry) for _, entry in GRAPHS]))
def test_graph_store_reading(server: Server, case: tuple[Manifest, Any]) -> None:
    manifest, entry = case
    if local(entry) in EXCLUDED:
        pytest.skip(EXCLUDED[local(entry)])
    action = manifest.value(entry, MF + "action")
    read = 0
    for request in manifest.members(manifest.value(action, HT + "requests")):
        method, target = manifest.text(request, HT + "methodName"), manifest.text(request, HT + "absolutePath")
        target = target.replace("/gsp", "/graphs")
        if method in {"GET", "HEAD"}:
            read += 1
            headers = {"Host": HOST, "Accept": "text/turtle"}
            check_graph(manifest, request, server.ask(method, target, headers))
        else:
            write(server, manifest, request, method, target)
    assert read


def write(server: Server, manifest: Manifest, request: Any, method: str, target: str) -> None:
    from urllib.parse import unquote

    given = unquote(target.partition("graph=")[2]) or f"http://{HOST}{target}"
    graph = "DEFAULT" if target.endswith("?default") else f"GRAPH <{given}>"
    drop = "" if method == "POST" else f"DROP SILENT {graph} ; "
    if method == "DELETE":
        assert server.update(drop).status == 204
        return
    chars = manifest.text(manifest.value(request, HT + "body"), CNT + "chars")
    data = serialize([quad.triple for quad in parse(chars, format=RdfFormat.TURTLE)], format=RdfFormat.N_TRIPLES) or b""
    block = data.decode() if graph == "DEFAULT" else f"{graph} {{ {data.decode()} }}"
    assert server.update(f"{drop}INSERT DATA {{ {block} }}").status == 204


def check_graph(manifest: Manifest, request: Any, reply: Reply) -> None:
    response = manifest.value(request, HT + "resp")
    wanted = {local(status) for status in manifest.values(response, MF + "expectedStatus")}
    assert {200: "OK", 404: "NotFound"}[reply.status] in wanted
    if manifest.text(request, HT + "methodName") == "HEAD":
        assert reply.body == b""
        if reply.status == 200:
            assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
        return
    if (content := manifest.value(response, HT + "body")) is not None:
        assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
        assert canonical(reply.body) == canonical(manifest.text(content, CNT + "chars").encode())


def canonical(turtle: bytes) -> Dataset:
    found = Dataset(Quad(*quad.triple) for quad in parse(turtle, format=RdfFormat.TURTLE))
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


def test_writing_by_the_graph_store_protocol_is_refused(server: Server) -> None:
    for method in ("PUT", "POST", "DELETE"):
        reply = server.ask(method, "/graphs?default", {"Authorization": f"Bearer {TOKEN}"}, "")

        assert reply.status == 405
        assert "GET" in reply.headers["allow"]


def test_a_graph_must_be_named(server: Server) -> None:
    assert server.get("/graphs").status == 400
    assert server.get("/graphs", default="", graph=DATA.format(1)).status == 400
    assert server.get("/graphs", graph="http://nowhere.example/").status == 404
    assert server.get("/graphs", accept="image/png", graph=DATA.format(1)).status == 406
