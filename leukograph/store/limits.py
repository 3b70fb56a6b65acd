"""Limits of the processes that work on a store; apart, so that the command line need not load the rest."""

from __future__ import annotations

#: Bytes of address space of a process that writes.
WRITING_MEMORY = 4 << 30
#: The same for one that only reads.
READING_MEMORY = 1 << 30
#: Seconds without a word from it, after which it is ended.
WRITING_PATIENCE = 600.0
READING_PATIENCE = 60.0
