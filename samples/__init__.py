"""Specimen persons and papers, drawn by code, with their truth."""
