"""`python -m tests.support.charged_calls [RUNS] [SEED]`: figures as a JSON line; 1 where a run was wrong."""

import json
import random
import sys
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path

from tests.support.charged_calls.run import Run
from tests.support.charged_calls.service import BASE
from tests.support.metered import add_metered, plan
from vidphone.service.days import CHINA
from vidphone.service.store.engine import open_database
from vidphone.terms.tariff import rate


def main(runs: int, seed: int) -> int:
    """Run them; the exit code."""
    wrong: dict[int, list[str]] = {}
    counts: Counter[str] = Counter()
    begun = datetime.fromtimestamp(BASE, CHINA)
    for each in range(seed, seed + runs):
        draw = random.Random(each)
        of = plan(
            draw.choice([1, 999, 3000, 6000, 12345]),
            minimum_s=draw.choice([0, 0, 30, 60]),
            increment_s=draw.choice([1, 1, 6, 60]),
        )
        limit_fen = draw.choice([0, 20, 100, 500, 10_000])
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = open_database(folder)
            add_metered(engine, ("1001", "1002", "1003"), of, limit_fen, begun.date(), BASE)
            engine.dispose()
            run = Run(each, folder, rate(of, "1002", True, begun, ()), limit_fen)
            run.go()
        counts.update(run.counts)
        if run.wrong:
            wrong[each] = run.wrong
    print(json.dumps({"runs": runs, **counts, "wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:3]]
    sys.exit(main(*(words + [1000, 1][len(words) :])))
