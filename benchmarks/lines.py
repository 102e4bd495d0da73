"""Calls over emulated lines, vidphone beside Chromium, libwebrtc and stock aiortc in the same run. Root only.

    python -m benchmarks.lines [--lines clean,2000] [--peers vidphone,chromium] [--repeat 3] [--mixed] [--out FOLDER]

Every line is gone through by all peers, one after another, as often as asked, so that what the machine does meanwhile
hits all of them. Into the folder go `results.jsonl` (every call as it ends), `summary.json` (medians and verdicts),
`table.md` and `lines.png`. `--tell` makes these anew from the results that are there. A line may also be given by its
words: `--lines "clean;--rate 800 --delay 60"`, then with semicolons. A peer may be bound to a codec: `chromium:AV1`.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import bars, clip, drawing
from benchmarks.call import Figures, Material, Result, figures, measure_call
from benchmarks.peers import COMMANDS, PeerFailed
from benchmarks.report import tell

Pair = tuple[str, str]
Together = dict[str, dict[Pair, Figures]]
"""Of every line and pair, the medians."""

OWN = "vidphone"
MIXED: tuple[Pair, ...] = ((OWN, "chromium"), ("chromium", OWN), (OWN, "libwebrtc"), ("libwebrtc", OWN))
ROWS = tuple(name for name in bars.LABELS if name not in {"max", "psnr_p10"})
DIGITS = {"psnr": 1, "fps": 1, "pesq": 2, "pesq_least": 2, "frozen_s": 2, "cpu": 2, "recovery_s": 1, "found_again_s": 1}


def measure_all(
    lines: Sequence[str], pairs: Sequence[Pair], material: Material, repeat: int, out: Path, seconds: float | None
) -> list[Result]:
    """Every line, every time, every pair; writes each result as it comes."""
    results = []
    with (out / "results.jsonl").open("w", encoding="utf-8") as file:
        for name in lines:
            line = bars.line_of(name)
            for turn in range(repeat):
                for sender, receiver in (*pairs[turn % len(pairs) :], *pairs[: turn % len(pairs)]):
                    called: Result = {"name": name, "turn": turn, "sender": sender, "receiver": receiver}
                    try:
                        result = measure_call(
                            sender, receiver.partition(":")[0], line.words.split(), material,
                            seconds=seconds or line.seconds,
                        )  # fmt: skip
                        called = {**result, **called, "figures": figures(result)}
                    except PeerFailed as failure:
                        called |= {"failed": str(failure), "figures": {}}
                    results.append(called)
                    file.write(json.dumps(called) + "\n")
                    file.flush()
                    sys.stderr.write(_in_short(called))
    return results


def _in_short(called: Mapping[str, Any]) -> str:
    told = {name: value if value is None else round(value, 2) for name, value in called["figures"].items()}
    return f"{called['name']} {called['sender']} -> {called['receiver']}: {called.get('failed') or told}\n"


def together(results: Sequence[Result]) -> Together:
    """Medians of the runs of one call."""
    runs: defaultdict[str, defaultdict[Pair, list[Figures]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        runs[result["name"]][result["sender"], result["receiver"]].append(result["figures"])
    return {name: {pair: bars.medians(each) for pair, each in pairs.items()} for name, pairs in runs.items()}


def verdicts(medians: Mapping[Pair, Figures], name: str) -> list[bars.Verdict]:
    """Of one line; empty where vidphone was not measured."""
    own = medians.get((OWN, OWN))
    anchors = {sender: each for (sender, receiver), each in medians.items() if sender == receiver}
    return [] if own is None else [bar.reached(own, anchors) for bar in bars.line_of(name).bars]


def _number(value: float | None, name: str) -> str:
    return "–" if value is None else f"{value:.{DIGITS.get(name, 0)}f}"


def _relative(verdict: bars.Verdict) -> str:
    if verdict.relative is None or verdict.bar.kind == "plain":
        return ""
    return f"{verdict.relative:.2f}×" if verdict.bar.kind == "times" else f"{verdict.relative:+.1f}"


def table(all_together: Together) -> str:
    """Everything as Markdown: a table of figures and one of bars for each line, then the mixed calls."""
    parts = []
    for name, medians in all_together.items():
        pure = {pair: each for pair, each in medians.items() if pair[0] == pair[1]}
        parts.append(f"## {name}: `{bars.line_of(name).words}`\n")
        parts.append("| | " + " | ".join(sender for sender, _ in pure) + " |")
        parts.append("|---" * (len(pure) + 1) + "|")
        for row in ROWS:
            if any(each.get(row) is not None for each in pure.values()):
                cells = " | ".join(_number(each.get(row), row) for each in pure.values())
                parts.append(f"| {bars.LABELS[row]} | {cells} |")
        if judged := verdicts(medians, name):
            parts += ["", "| bar | vidphone | anchor | relative | |", "|---|---|---|---|---|"]
        for verdict in judged:
            row, word = verdict.bar.figure, {True: "met", False: "**not met**", None: "not measured"}[verdict.met]
            beside = "" if verdict.bar.kind == "plain" else _number(verdict.anchor, row)
            parts.append(
                f"| {bars.LABELS[row]} {verdict.bar.words} | {_number(verdict.value, row)} | {beside} "
                f"| {_relative(verdict)} | {word} |"
            )
        parts += ["", *_mixed_rows(medians)]
    return "\n".join(parts)


def _mixed_rows(medians: Mapping[Pair, Figures]) -> list[str]:
    mixed = {pair: each for pair, each in medians.items() if pair[0] != pair[1]}
    if not mixed:
        return []
    heads = " | ".join(bars.LABELS[name] for name in bars.COMPARED)
    rows = [f"| mixed call | {heads} | worse than both pure ones in |", "|---" * (len(bars.COMPARED) + 2) + "|"]
    for (sender, receiver), each in mixed.items():
        pure = [medians[end, end] for end in (sender, receiver) if (end, end) in medians]
        worse = bars.between(each, pure) if len(pure) == 2 else ["not measured"]
        cells = " | ".join(_number(each.get(name), name) for name in bars.COMPARED)
        rows.append(f"| {sender} → {receiver} | {cells} | {', '.join(worse) or 'nothing'} |")
    return [*rows, ""]


def summary(all_together: Together) -> dict[str, Any]:
    """For a program: per line the medians of each pair, and how the bars stand."""
    return {
        name: {
            "line": bars.line_of(name).words,
            "medians": {f"{sender} -> {receiver}": each for (sender, receiver), each in medians.items()},
            "bars": [
                {
                    "bar": f"{verdict.bar.figure} {verdict.bar.words}", "value": verdict.value,
                    "anchor": verdict.anchor, "relative": verdict.relative, "met": verdict.met,
                }
                for verdict in verdicts(medians, name)
            ],
        }
        for name, medians in all_together.items()
    }  # fmt: skip


def tell_all(results: Sequence[Result], out: Path) -> None:
    """Write the table, the plot and the summary; print the table, and a line for a program."""
    all_together = together(results)
    text, told = table(all_together), summary(all_together)
    (out / "table.md").write_text(text + "\n", encoding="utf-8")
    (out / "summary.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    drawing.draw_lines(all_together, out / "lines.png")
    print(text)
    judged = [bar["met"] for each in told.values() for bar in each["bars"]]
    tell("lines", {"calls": len(results), "bars met": f"{judged.count(True)} of {len(judged)}", "written to": str(out)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", default=",".join(bars.LINES))
    parser.add_argument("--peers", default=",".join(COMMANDS))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--mixed", action="store_true", help="vidphone with Chromium and with libwebrtc as well")
    parser.add_argument("--clip", default="calm", choices=clip.LOOKS)
    parser.add_argument("--seconds", type=float, help="instead of each line's own")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "vidphone-bench" / "lines")
    parser.add_argument("--tell", action="store_true", help="measure nothing, tell what was measured")
    read = parser.parse_args()
    if not read.tell and os.geteuid() != 0:
        parser.exit(0, "lines: left out, as only root can make network namespaces\n")
    read.out.mkdir(parents=True, exist_ok=True)
    if read.tell:
        kept = (read.out / "results.jsonl").read_text(encoding="utf-8")
        tell_all([json.loads(line) for line in kept.splitlines()], read.out)
        return
    pairs = [(peer, peer) for peer in read.peers.split(",")]
    pairs += MIXED if read.mixed else ()
    material = Material.make(read.out.parent / "material", read.clip)
    lines = read.lines.split(";" if ";" in read.lines or "--" in read.lines else ",")
    tell_all(measure_all(lines, pairs, material, read.repeat, read.out, read.seconds), read.out)


if __name__ == "__main__":
    main()
