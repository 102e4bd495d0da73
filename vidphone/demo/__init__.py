"""The demonstration: a service, two customers, two windows that call each other, and what they measured."""
