"""``python -m tests.bench.run_batch INBOX OUT``: the command line of this very tree."""

import sys

from flows.cli import run_command

if __name__ == "__main__":
    sys.exit(run_command(["run", sys.argv[1], "--out", sys.argv[2]]))
