"""Runs a Virtuoso of its own, from Debian's packages, on this machine and for one test run."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

_SETTINGS = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = 10000
"""


def missing() -> str:
    """Return what is not installed, or an empty text."""
    return (
        "" if shutil.which("virtuoso-t") and shutil.which("isql-vt") else "Virtuoso (Debian: virtuoso-opensource-7-bin)"
    )


class Virtuoso:
    """A server that holds some Turtle files."""

    def __init__(self, folder: Path, files: Iterable[Path]) -> None:
        self._sql, port = _free_ports()
        self.url = f"http://127.0.0.1:{port}/sparql"
        settings = folder / "virtuoso.ini"
        settings.write_text(_SETTINGS.format(folder=folder, sql=self._sql, http=port), encoding="utf-8")
        self._process = subprocess.Popen(
            ["virtuoso-t", "+configfile", settings, "+foreground"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait()
            for number, file in enumerate(files):
                shutil.copy(file, folder / f"{number}.ttl")
                # a file that is opened may be larger than a text (10 MB)
                text = f"file_open('{folder}/{number}.ttl')"
                # row by row: as one transaction its own threads may block each other
                self._run(f"log_enable(2, 1); DB.DBA.TTLP({text}, '', 'urn:leukograph:{number}', 0);")
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        for _ in range(120):
            try:
                return self._run("status();")
            except subprocess.CalledProcessError:
                time.sleep(0.5)
        raise TimeoutError("Virtuoso did not start")

    def _run(self, statement: str) -> None:
        done = subprocess.run(
            ["isql-vt", str(self._sql), "dba", "dba", "ERRORS=STDOUT", f"exec={statement}"],
            check=True,
            capture_output=True,
            timeout=120,
        )
        if b"*** Error" in done.stdout:  # which isql itself does not count as a failure
            raise RuntimeError(done.stdout.decode(errors="replace")[:300])

    def stop(self) -> None:
        """End the server; what it holds is thrown away."""
        self._process.kill()
        self._process.wait()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
