"""Inputs as offices have them, which failed once; made-up persons, a kind of trouble each."""
