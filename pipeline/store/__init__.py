"""The store: readings, cases and their revisions, leases, decisions, what goes out and what comes
back, people. The truth; Prefect only schedules.

SQLite by default, PostgreSQL where ``YIJIANSHI_DATABASE_URL`` names one; scans lie in an object
store beside, by content. Functions here take a connection, so that what belongs together is
written in one transaction.
"""
