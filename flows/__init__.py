"""Ways in and out: the command line, the Prefect flow, the report."""
