"""CURIEs of biomedical files as IRIs: the prefixes that come with leukograph, and those that are given."""

from __future__ import annotations

import re

from leukograph.namespaces import CURIE_PREFIXES

#: prefix -> what its CURIEs begin with
PREFIXES = CURIE_PREFIXES
#: what begins an IRI and no CURIE
SCHEMES = frozenset({"http", "https", "urn", "ftp", "mailto", "file", "data", "tag", "info"})
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(?!//)(\S+)")


class UnknownPrefix(KeyError):
    """A CURIE whose prefix stands for nothing; its argument is the prefix."""


def expanded(text: str, prefixes: dict[str, str]) -> str | None:
    """Return a CURIE or an IRI as an IRI; None when it is neither.

    Args:
        text: what was written.
        prefixes: those that go before `PREFIXES`.

    Raises:
        UnknownPrefix: when it looks like a CURIE and nothing is known of its prefix.
    """
    match = _CURIE.fullmatch(text)
    if not match:
        return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S+$", text) else None
    prefix, local = match.groups()
    known = prefixes.get(prefix) or PREFIXES.get(prefix)
    if known:
        return known + local
    if prefix.lower() in SCHEMES:
        return text
    raise UnknownPrefix(prefix)
