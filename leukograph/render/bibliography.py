"""The sources as BibTeX, RIS or CSL-JSON, for reference managers.

Authors are not in the ontology: a source is named by title, year, identifier and
address, as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from leukograph.model import Source
from leukograph.render.answer_json import Json, dumps

_BIBTEX_SPECIAL = re.compile(r"[\\{}%&$#_~^]")
_BIBTEX_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def bibtex(sources: Sequence[Source]) -> str:
    """Return the sources as BibTeX entries of type `misc`."""
    return "\n".join(_bibtex_entry(source) for source in sources)


def _bibtex_entry(source: Source) -> str:
    fields = {
        "title": f"{{{_escaped(source.title)}}}",
        "year": f"{source.year}" if source.year else "",
        "doi": source.id.removeprefix("DOI:") if source.id.startswith("DOI:") else "",
        "note": source.id if source.id and not source.id.startswith("DOI:") else "",
        "url": source.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{source.key},", *lines, "}"]) + "\n"


def _escaped(title: str) -> str:
    return _BIBTEX_SPECIAL.sub(lambda found: _BIBTEX_ESCAPES.get(found[0], "\\" + found[0]), title)


def ris(sources: Sequence[Source]) -> str:
    """Return the sources as RIS records of type GEN."""
    records = []
    for source in sources:
        lines = ["TY  - GEN", f"ID  - {source.key}", f"TI  - {source.title}"]
        if source.year:
            lines.append(f"PY  - {source.year}")
        if source.id.startswith("DOI:"):
            lines.append(f"DO  - {source.id.removeprefix('DOI:')}")
        elif source.id:
            lines.append(f"AN  - {source.id}")
        records.append("\n".join([*lines, f"UR  - {source.url}", "ER  - "]) + "\n")
    return "\n".join(records)


def csl(sources: Sequence[Source]) -> str:
    """Return the sources as CSL-JSON."""
    return dumps([_csl_item(source) for source in sources])


def _csl_item(source: Source) -> Json:
    item: Json = {"id": source.key, "type": "document", "title": source.title, "URL": source.url}
    if source.year:
        item["issued"] = {"date-parts": [[source.year]]}
    prefix, _, number = source.id.partition(":")
    if prefix in {"DOI", "PMID", "PMCID"}:
        item[prefix] = number
    return item
