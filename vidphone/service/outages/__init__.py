"""Times without service: recorded, and what they earn (clauses 12 to 14)."""
