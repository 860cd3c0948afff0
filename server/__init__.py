"""Doors: HTTP, the command line, LangGraph Server."""
