"""The customer's own account: the signed agreement, the data that the provider keeps, who saw them, the password."""
