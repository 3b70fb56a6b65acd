"""What a store holds, and what was done to it, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from leukograph.render.answer_json import Json
from leukograph.render.layout import page, wrap
from leukograph.store.marker import LoadedFile, Marker
from leukograph.store.writing import Compacted, Loaded, Verified

#: Graphs and files that the text lists; JSON has all.
_LISTED = 20


def loaded_text(loaded: Loaded, folder: Path, width: int) -> str:
    """Return what a load brought."""
    lines = [f"{_file(one)}" for one in loaded.files]
    marker = loaded.marker
    lines.append(
        f"{_count(loaded.added, 'new statement')}; {folder} now holds {_count(marker.quads, 'statement')} "
        f"in {_count(len(marker.graphs), 'graph')} (digest {marker.digest})."
    )
    for note in loaded.notes:
        lines += wrap(f"Note: {note}.", width)
    if loaded.not_followed:
        lines += ["", *wrap(f"Imports that were not followed, {_count(len(loaded.not_followed), 'ontology')}:", width)]
        lines += _cut([f"  {iri}" for iri in loaded.not_followed])
        lines += wrap("Nothing is ever fetched; give copies of them with --imports DIR.", width, 2)
    if loaded.skipped:
        lines += ["", f"Left out, {_count(loaded.skipped, 'faulty part')}:"]
        lines += [f"  {fault}" for fault in loaded.faults]
        if loaded.skipped > len(loaded.faults):
            lines.append(f"  and {loaded.skipped - len(loaded.faults):,} more")
    return page(lines)


def encode_loaded(loaded: Loaded) -> Json:
    """Return what a load brought as a JSON object."""
    return {
        "schema": "leukograph.load/1",
        "added": loaded.added,
        "skipped": loaded.skipped,
        "files": [asdict(one) for one in loaded.files],
        "faults": list(loaded.faults),
        "imports_not_followed": list(loaded.not_followed),
        "notes": list(loaded.notes),
        "store": _summary(loaded.marker),
    }


def warning(loaded: Loaded) -> str:
    """Return the line that tells what was left out."""
    return f"Warning: {_count(loaded.skipped, 'faulty part')} left out (--lenient); the rest was loaded"


def info_text(marker: Marker, folder: Path, width: int) -> str:
    """Return what a store holds."""
    lines = [
        f"{folder}: {_count(marker.quads, 'statement')} in {_count(len(marker.graphs), 'graph')}, "
        f"{_megabytes(marker.size)}",
        f"Digest {marker.digest}, written {_count(marker.generation, 'time')}",
        "",
        "Graphs",
        *_cut([f"{count:>13,}  {name or '(default graph)'}" for name, count in marker.graphs.items()]),
        "",
        "Files that were loaded",
        *_cut([f"  {_file(one)}" for one in marker.files]),
    ]
    return page(lines)


def encode_info(marker: Marker) -> Json:
    """Return what a store holds as a JSON object."""
    return {
        "schema": "leukograph.store/1",
        **_summary(marker),
        "version": marker.version,
        "files": [asdict(one) for one in marker.files],
    }


def verified_text(verified: Verified, folder: Path) -> str:
    """Return whether a store is what its record says."""
    if verified.is_sound:
        return page(
            [
                f"{folder} is sound: all files were read, and {_count(verified.quads, 'statement')} in them, "
                "and agree with the record."
            ]
        )
    return page(
        [
            f"{folder} is damaged; its record says {_count(verified.marker.quads, 'statement')}.",
            *(f"  {fault}" for fault in verified.faults),
            "Load its files again into a new folder; leukograph store info tells which they were.",
        ]
    )


def encode_verified(verified: Verified) -> Json:
    """Return whether a store is what its record says as a JSON object."""
    return {
        "schema": "leukograph.verify/1",
        "sound": verified.is_sound,
        "faults": list(verified.faults),
        "read": verified.quads,
        "store": _summary(verified.marker),
    }


def compacted_text(compacted: Compacted, folder: Path) -> str:
    """Return what compacting brought."""
    line = f"{folder}: {_megabytes(compacted.before)} before, {_megabytes(compacted.after)} now"
    if compacted.leftovers:
        line += f"; {_megabytes(compacted.leftovers)} of leftovers removed"
    return page([line + f" (digest {compacted.marker.digest})."])


def encode_compacted(compacted: Compacted) -> Json:
    """Return what compacting brought as a JSON object."""
    return {
        "schema": "leukograph.compact/1",
        "bytes_before": compacted.before,
        "bytes_after": compacted.after,
        "bytes_of_leftovers": compacted.leftovers,
        "store": _summary(compacted.marker),
    }


def _summary(marker: Marker) -> Json:
    return {
        "quads": marker.quads,
        "graphs": [{"graph": name or None, "quads": count} for name, count in marker.graphs.items()],
        "digest": marker.digest,
        "generation": marker.generation,
        "bytes": marker.size,
    }


def _file(one: LoadedFile) -> str:
    target = f" into <{one.graph}>" if one.graph else ""
    skipped = f", {one.skipped:,} left out" if one.skipped else ""
    return f"{one.name} ({one.format}): {_count(one.statements, 'statement')}{skipped}{target}"


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_LISTED]
    if len(lines) > _LISTED:
        yield f"  and {len(lines) - _LISTED:,} more; --format json has all"


def _count(number: int, noun: str) -> str:
    plural = "ontologies" if noun == "ontology" else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
