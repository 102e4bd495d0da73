"""Reports of problems and crashes that phones sent."""
