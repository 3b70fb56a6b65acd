"""`python -m leukograph`, and the command `leukograph`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end with its exit code; Ctrl-C ends quietly from the first line on."""
    try:
        from leukograph.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
