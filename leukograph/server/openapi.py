"""The OpenAPI document, from the same tables that answer: verbs and query files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from leukograph import __version__
from leukograph.queries import NamedQuery
from leukograph.resources import PACKAGE
from leukograph.server.negotiation import ROWS, TRIPLES
from leukograph.server.verbs import VERBS, Param

Json = dict[str, Any]
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_FAULTS = {
    "400": "the question is wrong",
    "404": "nothing is called that",
    "503": "too many wait already",
    "504": "the limit of time was reached",
    "507": "the limit of memory or of size was reached",
}


def document(root: str, named: Sequence[NamedQuery], *, writable: bool) -> Json:
    """Return the OpenAPI 3.1 document of a service.

    Args:
        root: the address of the service, with a slash at the end.
        named: the queries that it serves by name.
        writable: whether it takes updates.
    """
    paths: Json = {"/sparql": _sparql(writable), "/graphs": _graphs()}
    for name, verb in VERBS.items():
        paths[f"/api/{name}"] = {
            "get": {
                "operationId": name,
                "summary": verb.summary,
                "tags": ["answers"],
                "parameters": [_parameter(param) for param in verb.params],
                "responses": _responses(
                    {"application/json": {"schema": {"$ref": f"#/components/schemas/{_component(verb.schema)}"}}}
                ),
            }
        }
    for query in named:
        paths[f"/queries/{query.name}"] = {"get": _named(query)}
    for path, summary in (
        ("/health", "Whether the service answers, and how busy it is."),
        ("/queries", "The queries that are served by name; as Turtle in the convention of the SIB."),
        ("/.well-known/void", "What the data hold, in VoID and DCAT."),
    ):
        paths[path] = {"get": {"summary": summary, "tags": ["service"], "responses": {"200": {"description": "OK"}}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leukograph",
            "version": __version__,
            "summary": "Why a white-cell count is low: signed, graded and cited cause chains.",
            "description": "For education and data work; not advice about treating a patient.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": paths,
        "components": {"schemas": {"Problem": _problem(), **_answers()}, "securitySchemes": _security(writable)},
    }


def _security(writable: bool) -> Json:
    return {"token": {"type": "http", "scheme": "bearer"}} if writable else {}


def _parameter(param: Param) -> Json:
    schema: Json = {"type": {"text": "string", "whole": "integer", "flag": "boolean"}[param.type]}
    for name, value in (("minimum", param.least), ("maximum", param.most), ("default", param.default)):
        if value is not None:
            schema[name] = value
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.many:
        schema = {"type": "array", "items": schema}
    return {"name": param.name, "in": "query", "required": param.required, "description": param.about, "schema": schema}


def _named(query: NamedQuery) -> Json:
    types = {"number": "number"}
    is_triples = "CONSTRUCT" in query.text
    return {
        "operationId": f"query-{query.name}",
        "summary": query.summary,
        "description": query.header.get("question", ""),
        "tags": ["queries"],
        "parameters": [
            {
                "name": param.name,
                "in": "query",
                "required": param.required,
                "description": {"term": "any name of a term", "text": "text", "number": "a number"}[param.type],
                "schema": {"type": types.get(param.type, "string")},
                "example": param.example,
            }
            for param in query.params
        ],
        "responses": _responses({name: {} for name in (TRIPLES if is_triples else ROWS)}),
    }


def _sparql(writable: bool) -> Json:
    graphs = [
        {"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string", "format": "uri"}}}
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    content: Json = {name: {} for name in {**ROWS, **TRIPLES}}
    query = {"name": "query", "in": "query", "schema": {"type": "string"}, "example": "SELECT * { ?s ?p ?o } LIMIT 10"}
    bodies: Json = {
        "application/sparql-query": {"schema": {"type": "string"}},
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"query": {"type": "string"}, "update": {"type": "string"}}}
        },
    }
    post: Json = {
        "operationId": "sparql-post",
        "summary": "SPARQL 1.1 Protocol by POST",
        "tags": ["sparql"],
        "parameters": graphs,
        "requestBody": {"required": True, "content": bodies},
        "responses": _responses(content),
    }
    if writable:
        bodies["application/sparql-update"] = {"schema": {"type": "string"}}
        post["security"] = [{}, {"token": []}]
    return {
        "get": {
            "operationId": "sparql-get",
            "summary": "SPARQL 1.1 Protocol; without a query the Service Description",
            "tags": ["sparql"],
            "parameters": [query, *graphs],
            "responses": _responses(content),
        },
        "post": post,
    }


def _graphs() -> Json:
    return {
        "get": {
            "operationId": "graph",
            "summary": "SPARQL 1.1 Graph Store Protocol, the reading part",
            "tags": ["sparql"],
            "parameters": [
                {"name": "graph", "in": "query", "schema": {"type": "string", "format": "uri"}},
                {"name": "default", "in": "query", "allowEmptyValue": True, "schema": {"type": "string"}},
            ],
            "responses": _responses({name: {} for name in TRIPLES}),
        }
    }


def _responses(content: Json) -> Json:
    truncated = {
        "description": "what was cut and where, when the answer was cut",
        "schema": {"type": "string"},
    }
    found: Json = {
        "200": {"description": "the answer", "headers": {"Leukograph-Truncated": truncated}, "content": content}
    }
    found.update({code: {"description": text, "content": _PROBLEM} for code, text in _FAULTS.items()})
    return found


def _problem() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "An error, as RFC 9457 has it.",
        "required": ["title", "status", "code"],
        "properties": {
            "title": text,
            "status": {"type": "integer"},
            "code": text,
            "hint": text,
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "closest": {"type": "array", "items": text},
        },
    }


def _component(name: str) -> str:
    return name.replace("/", "-")


@cache
def _answers() -> Json:
    """Return the schemas of the answers, their references changed to where they stand here."""
    schemas = json.loads((PACKAGE / "schemas" / "answers.schema.json").read_text(encoding="utf-8"))["$defs"]

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: _reference(item) if key == "$ref" else moved(item) for key, item in value.items()}
        return [moved(item) for item in value] if isinstance(value, list) else value

    return {_component(name): moved(schema) for name, schema in schemas.items()}


def _reference(value: str) -> str:
    name = value.removeprefix("#/$defs/").replace("~1", "/")
    return f"#/components/schemas/{_component(name)}"
