"""The papers, one module a document type.

Each has ``draw(person, kit) -> list[Drawn]``: all faces of one paper of that person, at 300 DPI,
with the values they print. How a scan shows them is the matter of
:mod:`samples.scanner` and :mod:`samples.phone`.
"""
