"""Papers whose values stand beside labels: forms as tables, matched and read."""
