"""From a page to its sheets: found, upright, flat, read. One public name: :func:`read_sheets`."""
