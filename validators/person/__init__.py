"""Whose paper a document is, who applies, and what may rest on a reading."""
