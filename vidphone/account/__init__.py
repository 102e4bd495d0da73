"""The customer's side: sign-in, contacts, history, settings; later the agreement, orders, bills and upgrades."""
