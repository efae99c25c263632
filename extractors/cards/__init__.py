"""What the tables of forms do not tell of a card: one module a certificate."""
