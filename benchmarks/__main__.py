"""`make bench`: every measurement in its short form, one after another."""

import subprocess
import sys

SHORT = (
    ("startup", "5"),
    ("setup_time", "10"),
    ("blocked_window", "10"),
    ("many_calls", "20"),
    ("echo", "16"),
)

for name, amount in SHORT:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", amount], check=True)
