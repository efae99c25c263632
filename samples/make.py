"""Draws the specimens: ``python -m samples.make papers OUT``, ``… inbox OUT``, ``… odd OUT``,
``… any-hand OUT``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2

from samples.any_hand import make as any_hand
from samples.any_hand.faces import PARTS
from samples.any_hand.faces import packages as any_hand_packages
from samples.any_hand.wear import LEVELS as WEARS
from samples.damage import DAMAGES, make_damaged
from samples.fonts import Shelf, packages
from samples.grounds import GROUNDS, make_grounded
from samples.inbox import SEED, make_inbox
from samples.mixed import make_mixed
from samples.specimens import LEVELS, RECIPES, Specimen, make_specimen

_COMMITTED = {
    "id_card": 3,
    "hukou": 3,
    "disability_gen2": 3,
    "disability_gen3": 3,
    "residence_permit": 3,
    "hmt_residence_permit": 3,
    "application_form": 2,
    "unknown": 2,
}


def make_papers(
    out: Path,
    seed: str,
    per_type: int,
    types: Sequence[str],
    levels: Sequence[str],
    shelf: Shelf,
    *,
    small: bool = False,
) -> int:
    """Draw ``per_type`` specimens of each type and level into ``out``, adding to its truth.json.

    Returns how many were drawn. Raises OSError where the folder cannot be written.
    """
    for kind in types:
        drawn = {
            f"{kind}_{level}_{index:02d}.jpg": partial(
                make_specimen, kind, level, seed, index, shelf, small=small
            )
            for level in levels
            for index in range(per_type)
        }
        # after each kind, so that what is drawn can be used while the rest is being drawn
        _save(out, drawn)
        sys.stderr.write(f"{kind}: {len(drawn)}\n")
    return len(types) * len(levels) * per_type


def _save(out: Path, drawn: Mapping[str, Callable[[], Specimen]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "truth.json"
    truths = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for name, draw in drawn.items():
        specimen = draw()
        options = [cv2.IMWRITE_JPEG_QUALITY, specimen.quality]
        coded = cv2.imencode(".jpg", specimen.image, options)[1]
        (out / name).write_bytes(coded.tobytes())
        specimen.truth["capture"]["jpeg_quality"] = specimen.quality
        truths[name] = specimen.truth
    text = json.dumps(truths, ensure_ascii=False, indent=1)
    kept.write_text(text + "\n", encoding="utf-8")


def make_odd(out: Path, seed: str, count: int, shelf: Shelf) -> int:
    """Draw ``count`` specimens of each damage and on each ground, and as many sheets of several
    papers.

    Returns how many were drawn. Raises OSError where the folder cannot be written.
    """
    drawn: dict[str, Callable[[], Specimen]] = {}
    for index in range(count):
        for damage in DAMAGES:
            name = f"damage_{damage}_{index:02d}.jpg"
            drawn[name] = partial(make_damaged, damage, seed, index, shelf)
        for ground in GROUNDS:
            name = f"ground_{ground}_{index:02d}.jpg"
            drawn[name] = partial(make_grounded, ground, seed, index, shelf)
        drawn[f"mixed_{index:02d}.jpg"] = partial(make_mixed, seed, index, shelf)
    _save(out, drawn)
    return len(drawn)


def make_committed(out: Path, shelf: Shelf) -> int:
    """Draw the papers that are committed: small, more of the papers that nearly everybody brings.

    Returns how many were drawn. Raises OSError where the folder cannot be written.
    """
    counts: dict[int, list[str]] = {}
    for kind in RECIPES:
        counts.setdefault(_COMMITTED.get(kind, 1), []).append(kind)
    return sum(
        make_papers(out, "committed-2", count, kinds, LEVELS, shelf, small=True)
        for count, kinds in counts.items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 0, or 4 where fonts are missing."""
    parser = argparse.ArgumentParser(prog="python -m samples.make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    papers = commands.add_parser("papers", help="single papers with truth.json")
    papers.add_argument("out", type=Path)
    papers.add_argument("--seed", default="1")
    papers.add_argument("--per-type", type=int, default=10, help="of each type and level")
    papers.add_argument("--types", nargs="+", choices=list(RECIPES), default=list(RECIPES))
    papers.add_argument("--levels", nargs="+", choices=LEVELS, default=LEVELS)
    papers.add_argument("--small", action="store_true", help="fit to be committed")
    inbox = commands.add_parser("inbox", help="whole applications, and inbox-expected.json")
    inbox.add_argument("out", type=Path)
    inbox.add_argument("--seed", default=SEED, help="another seed: the same cases, other persons")
    inbox.add_argument("--only", nargs="+", default=(), help="write these cases only")
    odd = commands.add_parser("odd", help="damaged scans, and several papers on one")
    odd.add_argument("out", type=Path)
    odd.add_argument("--seed", default="1")
    odd.add_argument("--count", type=int, default=10, help="of each damage")
    hands = commands.add_parser("any-hand", help="papers in layouts of any hand, with truth.json")
    hands.add_argument("out", type=Path)
    hands.add_argument("--count", type=int, default=100)
    hands.add_argument("--seed", default="1")
    hands.add_argument("--set", dest="part", choices=PARTS, default="develop")
    hands.add_argument(
        "--types", nargs="+", choices=any_hand.KINDS, default=any_hand.KINDS, metavar="TYPE"
    )
    hands.add_argument("--levels", nargs="+", choices=WEARS, default=WEARS)
    committed = commands.add_parser("committed", help="the papers kept in the repository")
    committed.add_argument("out", type=Path)
    fonts = commands.add_parser("fonts", help="the Debian packages to draw with")
    fonts.add_argument("--check", action="store_true", help="only say whether they are there")
    chosen = parser.parse_args(arguments)
    if chosen.command == "fonts" and not chosen.check:
        sys.stdout.write(" ".join(sorted(packages() | any_hand_packages())) + "\n")
        return 0
    try:
        if chosen.command == "any-hand":
            todo = any_hand.jobs(
                chosen.part, chosen.count, chosen.seed, chosen.types, chosen.levels
            )
            _save(chosen.out, any_hand.drawings(tuple(todo), any_hand.fonts_of(chosen.part)))
            sys.stdout.write(f"{chosen.count} drawn in {chosen.out}\n")
            return 0
        shelf = Shelf.system()
    except FileNotFoundError as error:
        sys.stderr.write(f"缺少绘制样张的字体，请先运行：{error}\n")
        return 4
    made = 0
    if chosen.command == "inbox":
        made = make_inbox(chosen.out, shelf, tuple(chosen.only), chosen.seed)
    elif chosen.command == "odd":
        made = make_odd(chosen.out, chosen.seed, chosen.count, shelf)
    elif chosen.command == "committed":
        made = make_committed(chosen.out, shelf)
    elif chosen.command == "papers":
        made = make_papers(
            chosen.out,
            chosen.seed,
            chosen.per_type,
            chosen.types,
            chosen.levels,
            shelf,
            small=chosen.small,
        )
    if made:
        sys.stdout.write(f"{made} drawn in {chosen.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
