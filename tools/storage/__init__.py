"""Run history, code versions and pattern memory, in SQLite or Postgres."""
