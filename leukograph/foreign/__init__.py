"""Graphs that are not ours, read through a profile that says which predicates are causal."""

from leukograph.foreign.graph import ForeignGraph
from leukograph.foreign.profile import PROFILES, Profile, read_profile

__all__ = ["PROFILES", "ForeignGraph", "Profile", "read_profile"]
