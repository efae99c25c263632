"""Marks that a person made on a copy: who signed it, and where."""
