"""`make bench`: every measurement in its short form, one after another."""

import importlib.util
import subprocess
import sys

SHORT: tuple[tuple[str, ...], ...] = (
    ("startup", "5"),
    ("setup_time", "10"),
    ("blocked_window", "10"),
    ("many_calls", "20"),
    ("echo", "16"),
    ("lines", "--lines", "clean,500", "--peers", "vidphone,chromium", "--repeat", "1", "--seconds", "10"),
)
NEEDS = {"lines": ("matplotlib", "pesq", "soxr")}

for name, *words in SHORT:
    missing = [package for package in NEEDS.get(name, ()) if importlib.util.find_spec(package) is None]
    if missing:
        print(f"{name}: left out, without {', '.join(missing)}: .venv/bin/python -m pip install --editable '.[bench]'")
    else:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *words], check=True)
