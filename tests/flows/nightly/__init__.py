"""The night."""
