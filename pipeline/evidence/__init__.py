"""How sure a reading is, and what is said where it is in doubt."""
