"""From a page to its sheets: found, upright, flat, read. :func:`read_sheets`, and the page's boxes
alone, :func:`coarse_boxes`."""

from pipeline.sheets.find import coarse_boxes, read_sheets

__all__ = ["coarse_boxes", "read_sheets"]
