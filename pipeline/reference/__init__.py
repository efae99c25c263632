"""Code tables and number grammars that papers and rules share.

Everything here is a pure function of text, or a table with the place it comes from. Nothing
knows of papers, of severities or of today's date.
"""
