"""The service: inboxes watched, what is complete taken in, cases worked on as they arrive."""
