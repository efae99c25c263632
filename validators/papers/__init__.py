"""Each paper checked by itself and against the others."""
