"""The plots of the measurements."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from benchmarks.bars import LABELS, Figures

PANELS = ("p95", "psnr", "pesq", "frozen_s")
COLOURS = {"vidphone": "#0b6e4f", "chromium": "#3b75c4", "libwebrtc": "#c98a1b", "aiortc": "#8d8d8d"}
LATENCY_TICKS_MS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_OTHER = ("#7b4fa3", "#b0413e", "#3f9aa8")


def draw_lines(all_together: Mapping[str, Mapping[tuple[str, str], Figures]], path: Path) -> None:
    """Four panels: bars for every peer on every line; mixed calls are left to the table."""
    peers = list(dict.fromkeys(
        sender for medians in all_together.values() for sender, receiver in medians if sender == receiver
    ))  # fmt: skip
    if not peers:
        return
    spare = iter(_OTHER * len(peers))
    colours = {peer: COLOURS.get(peer) or next(spare) for peer in peers}
    figure, axes = plt.subplots(2, 2, figsize=(12, 8), layout="constrained")
    for axis, name in zip(axes.flat, PANELS, strict=True):
        width = 0.8 / len(peers)
        for index, peer in enumerate(peers):
            values = [medians.get((peer, peer), {}).get(name) for medians in all_together.values()]
            places = [place - 0.4 + width * (index + 0.5) for place in range(len(values))]
            axis.bar(places, [value or 0.0 for value in values], width, label=peer, color=colours[peer])
        axis.set_xticks(range(len(all_together)), list(all_together), fontsize=8)
        axis.set_title(LABELS[name], loc="left", fontsize=10)
        axis.grid(axis="y", alpha=0.3)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_yscale("log")
    axes[0, 0].set_ylim(10, 5000)
    axes[0, 0].set_yticks(LATENCY_TICKS_MS, [str(tick) for tick in LATENCY_TICKS_MS])
    axes[0, 0].minorticks_off()
    axes[0, 1].set_ylim(bottom=20)
    axes[1, 0].set_ylim(1, 4.7)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=len(peers), frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_rates(curves: Mapping[str, Sequence[tuple[float, float]]], fair_kbps: float, path: Path) -> None:
    """Rates over time, in kbit/s, of those who share a line."""
    figure, axis = plt.subplots(figsize=(9, 4), layout="constrained")
    for name, points in curves.items():
        axis.plot([at_s for at_s, _ in points], [kbps for _, kbps in points], label=name)
    axis.axhline(fair_kbps, color="#999999", linestyle=":", label="fair share")
    axis.set_xlabel("seconds")
    axis.set_ylabel("kbit/s")
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(*axis.get_legend_handles_labels(), loc="outside right upper", frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
