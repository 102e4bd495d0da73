"""How every benchmark says its figures: a table for a person, then one JSON line for a program."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie; the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and extremes, rounded to a tenth."""
    return {
        "n": len(values),
        "min": round(min(values), 1),
        "p50": round(statistics.median(values), 1),
        "p95": round(percentile(values, 0.95), 1),
        "max": round(max(values), 1),
    }


def tell(name: str, rows: Mapping[str, object]) -> None:
    """Print the figures of a benchmark."""
    width = max(len(row) for row in rows)
    print(f"\n{name}  (Python {platform.python_version()}, {os.cpu_count()} cores)")
    for row, figure in rows.items():
        print(f"  {row:<{width}}  {figure}")
    print(json.dumps({"benchmark": name, **rows}, ensure_ascii=False))
