"""The counter page: what the clerk sees of :mod:`flows.desk`."""
