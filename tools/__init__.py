"""Scripts for developers. Nothing imports them and the wheel leaves them out."""
