"""From a page to its sheets: found, upright, flat, read. One public name: :func:`read_sheets`."""

from pipeline.sheets.find import read_sheets

__all__ = ["read_sheets"]
