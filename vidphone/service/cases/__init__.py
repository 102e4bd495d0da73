"""Cases: what customers ask, dispute and claim, from both sides (clauses 4, 6, 15, 16 and 18)."""
