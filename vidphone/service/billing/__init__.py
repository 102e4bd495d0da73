"""Bills, payments, standing and leaving (clauses 5, 9, 10 and 11)."""
