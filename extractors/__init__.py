"""What each paper looks like: one module a certificate. Never imports ``validators``."""
