"""The project's own measurements. Each is run alone: `python -m benchmarks.<name>`; figures move from run to run."""
