"""Announcements, changed numbers and changed agreements, from the provider's desk to its customers (clauses 7, 15)."""
