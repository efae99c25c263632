"""Registration of lodging: the police form, with or without English."""
