"""The cards: one module a certificate."""
