"""What reading does with files that are broken, in another dress, or made to harm."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leukograph.checks.reading import read_file as read_checked
from leukograph.errors import CannotRead, LeukographError, WrongOption
from leukograph.reasoning.read import read as read_owl
from leukograph.store.formats import Format, Tally, detect, gate, quads

#: Spoiled files a format; a release may ask for more.
EXAMPLES = int(os.environ.get("LEUKOGRAPH_EXAMPLES", "120"))
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TURTLE = b'@prefix e: <http://e/> .\ne:a e:b "c" .\n'
LINE = b'<http://e/a> <http://e/b> "c" .\n'
BOM = b"\xef\xbb\xbf"
JSONLD = b'{"@id": "http://e/a", "http://e/b": "c"}'
XML = (
    '<?xml version="1.0"?>\n{doctype}<rdf:RDF xmlns:rdf="' + RDF + '" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="{about}"><e:b>{text}</e:b></rdf:Description></rdf:RDF>\n'
)
STATEMENT = '<http://e/a> <http://e/b> "c"'


def xml(doctype: str = "", about: str = "http://e/a", text: str = "c") -> bytes:
    return XML.format(doctype=doctype, about=about, text=text).encode()


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, **options: object) -> list[str]:
    """What a file states, as N-Quads without their end."""
    return [str(quad) for quad in quads(path, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.ttl", TURTLE, Format.TURTLE),
        ("a.nt", LINE, Format.NTRIPLES),
        ("a.nq", LINE, Format.NQUADS),
        ("a.trig", TURTLE, Format.TRIG),
        ("a.owl", xml(), Format.RDFXML),
        ("a.jsonld", JSONLD, Format.JSONLD),
        ("a.json", JSONLD, Format.JSONLD),
        ("a.ttl", LINE, Format.TURTLE),
        ("a.nt", TURTLE, Format.TURTLE),  # the content goes before the name
        ("a.ttl", xml(), Format.RDFXML),
        ("a.owl", TURTLE, Format.TURTLE),
        ("a.txt", LINE, Format.NTRIPLES),
        ("a", TURTLE, Format.TURTLE),
        ("a", b"@prefix e: <http://e/> .\ne:g { e:a e:b e:c }\n", Format.TRIG),
        ("a", b'<http://e/a> <http://e/b> "{" <http://e/g> .\n', Format.NQUADS),
        ("a", b'@prefix e: <http://e/> . # {\ne:a e:b "{" .\n', Format.TURTLE),
        ("a.txt", b"format-version: 1.2\n\n[Term]\nid: CL:1\n", Format.OBO),
        ("a.json", b'{"graphs": [{"nodes": []}]}', Format.OBOGRAPHS),
        ("a.tsv", b"id\tcategory\nCL:1\tbiolink:Cell\n", Format.KGX_NODES),
        ("a.tsv", b"id\tsubject\tpredicate\tobject\n", Format.KGX_EDGES),
        ("a.jsonl", b'{"id": "CL:1"}\n', Format.KGX_JSONL),
        ("a.json", b'{"id": "CL:1"}\n{"id": "CL:2"}\n', Format.KGX_JSONL),
    ],
)
def test_content_tells_the_format_then_the_name(tmp_path: Path, name: str, content: bytes, form: Format) -> None:
    assert detect(written(tmp_path, name, content)) is form
    assert detect(written(tmp_path, name + ".gz", gzip.compress(content, mtime=0))) is form
    assert detect(written(tmp_path, name, BOM + content)) is form


@pytest.mark.parametrize(
    ("name", "content"), [("a.ttl", TURTLE), ("a.nt", LINE), ("a.jsonld", JSONLD), ("a.owl", xml())]
)
def test_a_byte_order_mark_and_gzip_under_any_name_are_seen_through(tmp_path: Path, name: str, content: bytes) -> None:
    for dressed in (content, BOM + content, gzip.compress(content, mtime=0), gzip.compress(BOM + content, mtime=0)):
        assert read(written(tmp_path, name, dressed)) == [STATEMENT]


def test_a_table_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a_nodes.tsv", BOM + b"id\tcategory\tname\r\nCL:1\tbiolink:Cell\tx\r\n")

    assert len(read(path)) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.ttl", b"", "is empty"),
        ("blank.ttl", b" \n\n", "is empty"),
        ("utf8.ttl", b'<http://e/a> <http://e/b> "\xff" .', "byte 27 is no UTF-8"),
        ("bom.ttl", BOM + b'<http://e/a> <http://e/b> "\xff" .', "byte 30 is no UTF-8"),
        ("cut8.ttl", b'<http://e/a> <http://e/b> "\xc3', "byte 27 begins a letter"),
        ("nul.nt", LINE + b"\0", f"byte {len(LINE)} is NUL"),
        ("utf16.ttl", TURTLE.decode().encode("utf-16"), "is UTF-16"),
        ("utf16be.ttl", TURTLE.decode().encode("utf-16-be"), "is UTF-16"),
        ("page.owl", b"<!DOCTYPE html>\n<html><body>404</body></html>", "is a web page"),
        ("page.ttl", b"<html><body>404</body></html>", "is a web page"),
        ("cut.ttl", TURTLE[:-5], "line 2"),
        ("cut.nt", LINE + LINE[:-5], "line 2"),
        ("cut.owl", xml()[:-20], "was cut short"),
        ("cut.gz", gzip.compress(TURTLE, mtime=0)[:-9], "cut short"),
        ("damaged.gz", gzip.compress(TURTLE, mtime=0)[:12] + b"xxxx" + gzip.compress(TURTLE, mtime=0)[16:], "damaged"),
        ("cut.jsonld", JSONLD[:-3], "line 1"),
        ("cut.json", b'{"graphs": [{"nodes": [', "line 1"),
        ("surrogate.nt", b'<http://e/a> <http://e/b> "\\uD800" .', "line 1"),
        ("space.nt", b'<http://e/a b> <http://e/b> "c" .', "line 1"),
        ("bracket.ttl", b'<http://e/a\\u003E> <http://e/b> "c" .', "line 1"),
        ("tag.ttl", b'<http://e/a> <http://e/b> "c"@en_US .', "line 1"),
        ("relative.ttl", b'<a> <http://e/b> "c" .', "line 1"),
        ("context.jsonld", b'{"@context": "http://127.0.0.1:9/c", "b": "c"}', "http://127.0.0.1:9/c"),
        ("context.jsonld", b'{"@context": ["file:///etc/passwd"], "b": "c"}', "file:///etc/passwd"),
        ("axioms.owx", b'<?xml version="1.0"?><Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "is OWL/XML"),
        ("axioms.ofn", b"Prefix(:=<http://e/>)\nOntology(<http://e/o>)", "functional syntax"),
        ("axioms.omn", b"Prefix: e: <http://e/>\n", "Manchester"),
        ("graph.xml", b"<TriX xmlns='http://www.w3.org/2004/03/trix/trix-1/'/>", "is TriX"),
        ("latin.owl", b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "ISO-8859-1"),
        ("nothing.owl", b'<rdf:RDF xmlns:rdf="' + RDF.encode() + b'"/>', "no statement"),
        ("notes.txt", b"Dear all,\nthis is no data.\n", "no format that is known"),
        ("bad.obo", b"format-version: 1.2\n\n[Term]\nid: CL:1\nfoo: bar\n", "line 5"),
        ("bad_edges.tsv", b"subject\tpredicate\tobject\nNOPE:1\tbiolink:causes\tHP:1\n", "'NOPE' is not known"),
        ("bad.jsonl", b'{"id": "CL:1"}\n{"id": \n', "line 2"),
    ],
)
def test_faults_are_told_with_their_place(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(CannotRead) as caught:
        read(written(tmp_path, name, content))

    assert said in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_a_folder_and_a_name_that_cannot_be(tmp_path: Path) -> None:
    for path in (tmp_path / "no.ttl", tmp_path, Path("a\0b")):
        with pytest.raises(CannotRead):
            detect(path)


def test_relative_iris_are_resolved_only_against_a_base_that_is_given(tmp_path: Path) -> None:
    path = written(tmp_path, "a.ttl", b"<a> <b> <c> .")

    assert read(path, base="http://e/x") == ["<http://e/a> <http://e/b> <http://e/c>"]
    with pytest.raises(CannotRead, match="no base"):
        read(path, base="nonsense")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "laughs": f'<!DOCTYPE x [<!ENTITY a0 "lol">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a9 "{"x" * 100_000}">]>',
    "itself": '<!DOCTYPE x [<!ENTITY a9 "&b;"><!ENTITY b "&a9;">]>',
    "file": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
    "web": '<!DOCTYPE x [<!ENTITY a9 PUBLIC "x" "http://127.0.0.1:{port}/x">]>',
    "document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/x.dtd"> %p;]>',
    "many": "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n} "x">' for n in range(2000)) + "]>",
}
ROOTS = {
    "RDF/XML": lambda doctype: xml(doctype, text="&a9;" * 5000),
    "OWL/XML": lambda doctype: f'{doctype}<Ontology xmlns="http://www.w3.org/2002/07/owl#">&a9;</Ontology>'.encode(),
    "TriX": lambda doctype: f"{doctype}<TriX>&a9;</TriX>".encode(),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("root", ROOTS)
def test_entities_that_grow_or_lie_elsewhere_are_refused(tmp_path: Path, kind: str, root: str) -> None:
    """Nothing is opened and nobody is asked; before any parser sees the file."""
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "socket.connect"):
            opened.append(str(arguments[0]))

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.01)
        content = ROOTS[root](HOSTILE[kind].replace("{port}", str(listener.getsockname()[1])))
        path = written(tmp_path, "a.owl", content)
        sys.addaudithook(watch)
        with pytest.raises(CannotRead) as caught:
            read(path)
        watching = False
        with pytest.raises(TimeoutError):
            listener.accept()

    assert "is refused" in str(caught.value) or (kind == "quadratic" and root != "RDF/XML")
    assert not [name for name in opened if "passwd" in name]


@pytest.mark.parametrize("kind", HOSTILE)
def test_reasoning_on_a_file_and_checking_it_go_through_the_same_gate(tmp_path: Path, kind: str) -> None:
    """The parser of OWL/XML would run out of memory and take the process with it."""
    path = written(tmp_path, "a.owx", ROOTS["OWL/XML"](HOSTILE[kind]))

    if kind == "quadratic":
        gate(path)  # one reference is harmless
    else:
        for read_file in (read_owl, read_checked):
            with pytest.raises(CannotRead, match="is refused"):
                read_file(path)


def test_the_short_names_of_namespaces_that_protege_declares_are_read(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE rdf:RDF [\n  <!ENTITY e "http://e/" >\n  <!ENTITY owl "http://www.w3.org/2002/07/owl#" >\n]>\n'
    many = "".join(
        f'<rdf:Description rdf:about="&e;n{n}"><e:b rdf:resource="&owl;Thing"/></rdf:Description>' for n in range(5000)
    )
    path = written(tmp_path, "a.owl", xml(doctype, about="&e;a").replace(b"</rdf:RDF>", many.encode() + b"</rdf:RDF>"))

    found = read(path)

    assert found[0] == STATEMENT
    assert found[-1] == "<http://e/n4999> <http://e/b> <http://www.w3.org/2002/07/owl#Thing>"


@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_nesting_is_read_or_refused(tmp_path: Path, depth: int) -> None:
    """No parser crashes this process: JSON-LD that is nested ten thousand times deep does, when nobody looks."""
    nested = '{"@id": "http://e/a", "http://e/b": ' + '{"http://e/b": ' * depth + "1" + "}" * depth + "}"
    lists = '{"graphs": [{"nodes": ' + "[" * depth + "]" * depth + "}]}"
    brackets = "<http://e/a> <http://e/b> " + "[ <http://e/b> " * depth + "1" + " ]" * depth + " ."
    elements = "<rdf:Description><e:b>" * depth + "</e:b></rdf:Description>" * depth
    for name, content in (("a.jsonld", nested), ("b.json", lists)):
        path = written(tmp_path, name, content.encode())
        if depth > 500:
            with pytest.raises(CannotRead, match="brackets lie within each other at line 1"):
                read(path)
        elif name == "a.jsonld":
            assert len(read(path)) == depth + 1
    assert len(read(written(tmp_path, "a.ttl", brackets.encode()))) == depth + 1
    assert (
        len(
            read(
                written(
                    tmp_path, "a.owl", xml(text="").replace(b"<e:b></e:b>", b"<e:b>" + elements.encode() + b"</e:b>")
                )
            )
        )
        == depth + 1
    )


def test_brackets_in_texts_do_not_count_as_nesting(tmp_path: Path) -> None:
    content = json.dumps({"@id": "http://e/a", "http://e/b": '[{\\"' * 300_000})

    assert len(read(written(tmp_path, "a.jsonld", content.encode()))) == 1


@pytest.mark.parametrize("name", ["a.nt", "a.ttl"])
def test_a_literal_over_the_limit_is_told_with_its_line_and_one_under_it_is_read(tmp_path: Path, name: str) -> None:
    under, over = b"x" * (10 << 20), b"x" * (50 << 20)

    assert len(read(written(tmp_path, name, LINE + LINE.replace(b"c", under)))) == 2
    with pytest.raises(CannotRead, match="line 3 is longer than 16 MB"):
        read(written(tmp_path, name, LINE + LINE + LINE.replace(b"c", over)))


@pytest.mark.parametrize(
    ("name", "content", "kept", "skipped"),
    [
        ("a.nt", LINE + b"<http://e/a> nonsense\n" + LINE.replace(b"c", b"d") + b"more nonsense\n", 2, 2),
        ("a.ttl", LINE + b"<http://e/a> nonsense ;\n.\n" + LINE.replace(b"c", b"d"), 2, 1),
        ("a.tsv", b"subject\tpredicate\tobject\nCL:1\tbiolink:causes\tHP:1\nNOPE:1\tbiolink:causes\tHP:1\n", 5, 1),
        ("a.jsonl", b'{"id": "CL:1", "name": "x"}\n{"id"\n[]\n', 1, 2),
        ("a.obo", b"format-version: 1.2\n\n[Term]\nid: CL:1\nfoo: x\n\n[Term]\nid: CL:2\nname: x\n", 5, 1),
        ("a.json", b'{"graphs": [{"nodes": [{"id": "NOPE:1"}, {"id": "http://e/a", "lbl": "x"}, {"id": 3}]}]}', 1, 2),
    ],
)
def test_lenient_reading_leaves_faults_out_and_counts_them(
    tmp_path: Path, name: str, content: bytes, kept: int, skipped: int
) -> None:
    path, tally = written(tmp_path, name, content), Tally()
    with pytest.raises(CannotRead):
        read(path)

    found = read(path, lenient=True, tally=tally)

    assert (len(found), tally.statements, tally.skipped) == (kept, kept, skipped)
    assert len(tally.faults) == skipped


def test_what_has_no_parts_cannot_be_read_leniently(tmp_path: Path) -> None:
    for name, content in (("a.owl", xml()), ("a.jsonld", JSONLD)):
        with pytest.raises(WrongOption, match="no part can be left out"):
            read(written(tmp_path, name, content), lenient=True)


def test_a_fault_of_the_text_ends_lenient_reading_too(tmp_path: Path) -> None:
    for name, content in (
        ("a.nt", LINE * 30_000 + b"\xff\n"),
        ("a.obo", b"format-version: 1.2\n\n" + b"[Term]\nid: CL:1\n\n" * 30_000 + b"\xff"),
    ):
        with pytest.raises(CannotRead, match="no UTF-8"):
            read(written(tmp_path, name, content), lenient=True)


SEEDS = {
    "a.ttl": TURTLE,
    "a.nq": LINE,
    "a.trig": b"@prefix e: <http://e/> .\ne:g { e:a e:b [ e:c ( 1 2.0 'x'@en ) ] }\n",
    "a.owl": xml('<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/">]>\n', about="&e;a"),
    "a.jsonld": b'{"@context": {"b": "http://e/b"}, "@graph": [{"@id": "http://e/a", "b": [1, {"@value": "x"}]}]}',
    "a.obo": (
        b'format-version: 1.2\nontology: x\n\n[Term]\nid: CL:1\nname: x\ndef: "d" [PMID:1]\nsynonym: "s" EXACT []\n'
        b"is_a: CL:2 ! y\nrelationship: part_of CL:3\nintersection_of: CL:2\nintersection_of: part_of CL:3\n\n"
        b"[Typedef]\nid: part_of\nxref: BFO:0000050\n"
    ),
    "a.json": (
        b'{"graphs": [{"id": "http://e/o", "nodes": [{"id": "http://e/a", "lbl": "x", "type": "CLASS", "meta": '
        b'{"definition": {"val": "d", "xrefs": ["PMID:1"]}, "synonyms": [{"pred": "hasExactSynonym", "val": "s"}]}}], '
        b'"edges": [{"sub": "http://e/a", "pred": "is_a", "obj": "http://e/b"}]}]}'
    ),
    "a_nodes.tsv": b"id\tcategory\tname\nCL:1\tbiolink:Cell\tx\n",
    "a_edges.tsv": b"id\tsubject\tpredicate\tobject\tnegated\ne\tCL:1\tbiolink:causes\tHP:1\ttrue\n",
    "a.jsonl": b'{"id": "CL:1", "name": ["x", 1, null, {"a": 1}]}\n'
    b'{"subject": "CL:1", "predicate": "rdf:type", "object": "CL:2"}\n',
}
PIECES = st.sampled_from(
    [b'"', b"[", b"]", b"{", b"}", b"<", b">", b"\\", b"\t", b"\n", b":", b"&e;", b"null", b"\xc3", b"\0", b"!", b"|"]
)


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_only_errors_of_ours_come_out(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """Good files with bytes cut out, put in or changed, read strictly and leniently."""
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        content[start : start + length] = data.draw(
            st.one_of(PIECES, st.binary(max_size=4), st.just(bytes(content[:length])))
        )
    path = written(tmp_path, name, bytes(content))
    for lenient in (False, True):
        with contextlib.suppress(LeukographError):
            for quad in quads(path, lenient=lenient):
                str(quad).encode()
