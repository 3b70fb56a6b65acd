"""Puts the compiled answers and the read-only store into the wheel.

They are caches: an editable install makes them on first use instead.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledAnswers(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles the release while a wheel is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder and have it included."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from leukograph import cache

        release = cache.release_file()
        self._folder = tempfile.TemporaryDirectory()
        name = cache.key(release)
        made = cache.make(release, Path(self._folder.name), name)
        for path in sorted(made.rglob("*")):
            if path.is_file():
                inside = path.relative_to(made).as_posix()
                build_data["force_include"][str(path)] = f"leukograph/_data/compiled/{name}/{inside}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version != "editable":
            self._folder.cleanup()
