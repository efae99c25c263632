"""Seeing how the work goes: status, metrics, health, tables for others, the month."""
