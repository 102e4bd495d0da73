"""The embedded database: SQLAlchemy on SQLite, one file in the data folder."""
