"""The pages, by what they are about. Each function answers one row of the table."""
