"""``python -m tools.mutants``: how many faults put into the guards their tests notice.

Exit code 0 where the rate is reached, 1 where it is not, 2 where tests fail without any fault.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tools.mutants.operators import Mutant, mutants_of
from tools.mutants.runs import Run, UnsoundTestsError, preload, run_on_copy

ROOT = Path(__file__).parents[2]
WANTED = 0.9
"""Share of the mutants that tests must notice, over all modules of the run."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A module and the tests that must notice its faults."""

    file: str
    tests: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Print the rate of each module and what survived."""
    options = _options(arguments)
    guards = _listed()
    if options.changed:
        guards = _changed(options.changed, guards)
    if options.modules:
        guards = [g for g in guards if any(word in g.file for word in options.modules)]
    if not guards:
        sys.stdout.write("no module to test\n")
        return 0
    equivalent = _equivalent()
    work = []
    for guard in guards:
        every = mutants_of(guard.file, (ROOT / guard.file).read_text(encoding="utf-8"))
        known = [m for m in every if (m.file, m.was, m.now) not in equivalent]
        work.append((guard, _sampled(known, options.cap, options.seed), len(known)))
    try:
        runs = _run(work, options.jobs)
    except UnsoundTestsError as error:
        sys.stdout.write(f"tests fail without any fault, or none are there: {error}\n")
        return 2
    rate = _print(work, runs, options.seed)
    return 0 if rate >= WANTED else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="only modules whose path holds one of these")
    parser.add_argument("--changed", metavar="REVISION", help="only files changed against it")
    parser.add_argument("--cap", type=int, default=40, help="mutants of a module, at most")
    parser.add_argument("--seed", type=int, default=1, help="which mutants, where there are more")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args(arguments)


def _listed() -> list[Guard]:
    table = tomllib.loads((ROOT / "tools" / "guards.toml").read_text(encoding="utf-8"))
    return [Guard(file, tuple(tests)) for file, tests in table["guards"].items()]


def _equivalent() -> frozenset[tuple[str, str, str]]:
    """Mutants that no test can notice, by file, line and mutated line."""
    table = tomllib.loads((ROOT / "tools" / "equivalent.toml").read_text(encoding="utf-8"))
    return frozenset((row["file"], row["was"], row["now"]) for row in table.get("mutant", []))


def _changed(revision: str, guards: Iterable[Guard]) -> list[Guard]:
    """The modules changed against a revision: guards with the tests listed for them, others with
    those of the same room."""
    diff = subprocess.run(
        ["git", "-C", str(ROOT), "diff", "--name-only", "--diff-filter=d", revision, "--", "*.py"],
        check=True,
        capture_output=True,
        text=True,
    )
    known = {guard.file: guard for guard in guards}
    rooms = ("pipeline/", "extractors/", "validators/", "flows/")
    changed = [name for name in diff.stdout.split() if name.startswith(rooms)]
    return [known.get(name) or guard for name in changed if (guard := _by_room(name)).tests]


def _by_room(file: str) -> Guard:
    room = (Path("tests") / file).parent
    own = room / f"test_{Path(file).stem}.py"
    nearest = next((p for p in (own, room) if (ROOT / p).exists()), None)
    return Guard(file, (str(nearest),) if nearest else ())


def _sampled(mutants: Sequence[Mutant], cap: int, seed: int) -> list[Mutant]:
    """At most ``cap`` mutants of a module, the same for the same seed."""
    if len(mutants) <= cap:
        return list(mutants)
    chosen = Random(f"{seed}:{mutants[0].file}").sample(mutants, cap)
    return sorted(chosen, key=lambda m: m.line)


Work = Sequence[tuple[Guard, Sequence[Mutant], int]]


def _run(work: Work, jobs: int) -> list[Run]:
    runs: list[Run] = []
    # Forks of a process with threads may hang; a process of its own for each job has none.
    with ProcessPoolExecutor(jobs, get_context("spawn"), preload) as pool:
        waiting = {
            pool.submit(run_on_copy, ROOT, mutants, guard.tests)
            for guard, mutants, _ in work
            if mutants
        }
        for done in as_completed(waiting):
            own = done.result()
            runs += own
            survivors = [run.mutant for run in own if run.outcome == "survived"]
            caught = len(own) - len(survivors)
            sys.stdout.write(f"{own[0].mutant.file}: {caught} of {len(own)} caught\n")
            sys.stdout.writelines(f"  survived {mutant}\n" for mutant in survivors)
            sys.stdout.flush()
    return runs


def _print(work: Work, runs: Iterable[Run], seed: int) -> float:
    """Print the table; the rate over all modules."""
    by_file: Mapping[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_file[run.mutant.file].append(run)
    out = [f"\n{'module':<42}{'mutants':>8}{'run':>6}{'caught':>8}{'no end':>8}{'rate':>8}"]
    for guard, _, known in work:
        own = by_file[guard.file]
        caught = sum(r.outcome != "survived" for r in own)
        endless = sum(r.outcome == "timeout" for r in own)
        rate = caught / len(own) if own else 1.0
        out.append(f"{guard.file:<42}{known:>8}{len(own):>6}{caught:>8}{endless:>8}{rate:>8.1%}")
    every = [run for own in by_file.values() for run in own]
    rate = sum(run.outcome != "survived" for run in every) / len(every) if every else 1.0
    seconds = sum(run.seconds for run in every)
    out.append(f"all: {rate:.1%} of {len(every)} caught (seed {seed}, {seconds:.0f} s of tests)")
    sys.stdout.write("\n".join(out) + "\n")
    return rate


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
