"""What a call costs, before it and during it, and why one was barred (clauses 1, 5, 9, 10, 11 and 17)."""
