"""Every check of papers and numbers, by the rules it gives. Adding one is a line here.

Each is ``(application, today) -> findings``; ``today`` is the day of acceptance. All of them run,
and none raises for what is wrong with a paper. The guide's own rules are joined in
:mod:`validators.assess`.
"""

from __future__ import annotations

from pipeline.contracts import Check
from validators.papers import booklet, consistency, cross, documents, numbers, purpose, scans, twice
from validators.person.kinds import scoped
from validators.photo.case import check_likeness, check_photo

_CHECKS: dict[str, Check] = {
    "ID": numbers.check_id_numbers,
    "DIS-NUMBER": numbers.check_disability_numbers,
    "PHONE": numbers.check_phones,
    "POSTCODE": numbers.check_postcodes,
    "LUHN": numbers.check_bank_numbers,
    "USCC": numbers.check_credit_codes,
    "MRZ": numbers.check_machine_zones,
    "DOC-EXPIRED": documents.check_expiry,
    "DOC-VALIDITY": documents.check_validity,
    "DOC-DATE": documents.check_dates,
    "DOC-SIDE": documents.check_sides,
    "DOC-COPY": scans.check_copies,
    "DOC-SCREEN": scans.check_screens,
    "DOC-BLUR": scans.check_blur,
    "DOC-GLARE": scans.check_glare,
    "DOC-CUT": scans.check_cut,
    "X1": cross.check_names,
    "X2": cross.check_id_numbers_agree,
    "X3": consistency.check_number_fits_person,
    "X4": consistency.check_validity_fits_age,
    "X5": cross.check_issuer,
    "X6": booklet.check_pages,
    "X7": booklet.check_address,
    "X8": booklet.check_relation,
    "X9": consistency.check_disability_fits_number,
    "X10": consistency.check_permit_region,
    "X11": consistency.check_foreign_card,
    "X12": consistency.check_passport_zones,
    "X13": purpose.check_changes,
    "X14": cross.check_request_agrees,
    "X15": purpose.check_proxy,
    "X18": check_likeness,
    "X19": purpose.check_residence,
    "X20": consistency.check_date_order,
    "X21": twice.check_twice,
    "PH": check_photo,
}
# X16 and X17 need other applications: validators.papers.repeats.

CHECKS: dict[str, Check] = {rule: scoped(check) for rule, check in _CHECKS.items()}
"""What the recipe runs: every check, its findings naming the matters that they concern."""
