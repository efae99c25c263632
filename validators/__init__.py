"""What is right: one module a family of rules. Never imports ``extractors``."""
