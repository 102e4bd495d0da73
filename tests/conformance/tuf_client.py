#!/usr/bin/env python
"""The product's update client behind the framework's conformance protocol (theupdateframework/tuf-conformance).

From the repository's root:
`tuf_client.py --metadata-dir D init ROOT`, `… --metadata-url U refresh`,
`… --metadata-url U --target-name T … --target-dir TD --target-base-url B download`. Exit 0 or 1.
"""

import argparse
import contextlib
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.trust import Trust


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url", default="")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-dir", type=Path)
    parser.add_argument("--target-base-url", default="")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    given = parser.parse_args()
    if given.command == "init":
        shutil.copyfile(given.root, given.metadata_dir / "root.json")
        return 0
    try:
        with contextlib.closing(Fetcher(given.metadata_url)) as fetcher:
            trust = Trust(given.metadata_dir, fetcher, given.metadata_url, given.target_base_url, root=None)
            if given.command == "refresh":
                trust.refresh()
                return 0
            return 0 if all(trust.download(name, given.target_dir) for name in given.target_name) else 1
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
