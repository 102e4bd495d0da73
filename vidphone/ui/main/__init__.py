"""The main window: sign-in, dialler, contacts, history, settings."""
