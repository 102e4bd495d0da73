"""`vidphone admin`: the provider's side on the command line, while the service runs or not."""
