"""The steps from an empty database to today's tables, one file each; run by themselves when the database is opened."""
