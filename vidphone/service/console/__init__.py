"""The provider's console: pages for its staff, rendered by the service, with every action in the audit chain."""
