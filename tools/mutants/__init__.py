"""Mutants: small faults put into a guard module one at a time; its tests must notice each.

Run with ``make mutants``; ``docs/measuring.md`` says how to read what is printed.
"""
