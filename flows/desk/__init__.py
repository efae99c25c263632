"""The work at the counter on one application: files come, are read as they come, and are checked by
the very steps of the batch. Nothing here knows a browser; :mod:`flows.pages` shows it.
"""
