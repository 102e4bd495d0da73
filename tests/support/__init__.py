"""What integration tests and benchmarks share: a real service and real phones, as processes."""
