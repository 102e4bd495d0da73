"""Probes: bursts at a rate above the target that tell at once whether a line carries more. Pure."""

from vidphone.media.rate.history import Arrival
from vidphone.media.rate.model import Probe

FIRST_FACTORS = (3.0, 6.0)
_AGAIN_FACTOR = 2.0
_LEAST_PACKETS = 5
_FEWEST_PACKETS, _PACKETS_FOR_S, _PACKET_BITS = 4, 0.06, 1200 * 8
"""On narrow lines, where five full packets would take longer than this."""
_LEAST_S, _MOST_S = 0.015, 0.08
_FULL = 0.9
"""A burst that arrives slower than this share of its rate found the line's limit."""
_WAIT_S, _WAIT_ROUND_TRIPS = 0.25, 2.0
_RETRIES = 3
_REGRET_S = 2.0
_FIRST_REPEAT_S, _REPEAT_S = 1.0, 5.0
"""Before and after probes have led to a full line."""
_LONGEST_REPEAT_S = 20.0


class Cluster:
    """One probe under way."""

    def __init__(self, probe: Probe, now_s: float) -> None:
        self.probe = probe
        self.made_s = now_s
        self.packets: list[Arrival] = []

    def result_bps(self, noise_s: float) -> tuple[float, bool] | None:
        """The rate the line carried and whether that is all it carries; None while too little has arrived.

        `noise_s` of its duration is put down to jitter.
        """
        packets = self.packets
        if len(packets) < max(3, int(0.6 * self.probe.min_packets)):
            return None
        size = sum(packet.size_bytes for packet in packets)
        if size < 0.6 * self.probe.min_bytes:
            return None
        sent_s = packets[-1].sent_s - packets[0].sent_s
        numbers = packets[-1].number - packets[0].number
        sent_bytes = (size - packets[-1].size_bytes) * numbers / (len(packets) - 1)
        arrived_s = max(packet.arrival_s for packet in packets) - packets[0].arrival_s - noise_s
        sent_bps = sent_bytes * 8 / max(sent_s, sent_bytes * 8 / self.probe.rate_bps, 1e-4)
        spent_s = sent_bytes * 8 / sent_bps
        stretch = max(arrived_s / spent_s, 1.0)
        return sent_bps / stretch, stretch > 1 / _FULL


class Prober:
    """When to probe, at what rate, and what came of it."""

    def __init__(self) -> None:
        self._wanted: list[Probe] = []
        self._clusters: dict[int, Cluster] = {}
        self._number = 0
        self._started = False
        self._next_s = 0.0
        self._repeat_s = _FIRST_REPEAT_S
        self._quiet_until_s = 0.0
        self._gained_s = -1e9
        self._retries = _RETRIES

    def take(self) -> list[Probe]:
        """Probes to be sent, once each."""
        wanted, self._wanted = self._wanted, []
        return wanted

    @property
    def busy(self) -> bool:
        """A probe is on its way."""
        return bool(self._clusters)

    def start(self, target_bps: float, most_bps: float, jitter_s: float, now_s: float) -> None:
        """The first bursts of a call."""
        self._started = True
        self._next_s = now_s + _FIRST_REPEAT_S
        for factor in FIRST_FACTORS:
            if target_bps * factor / FIRST_FACTORS[0] < most_bps:
                self._add(min(target_bps * factor, most_bps), jitter_s, now_s)

    def provoked(self, rate_bps: float, jitter_s: float, now_s: float) -> bool:
        """Probe because something shows that the line grew; False: one is under way or has just failed."""
        if self._clusters or now_s < self._quiet_until_s:
            return False
        self._add(rate_bps, jitter_s, now_s)
        return True

    def tick(
        self, target_bps: float, most_bps: float, jitter_s: float, round_trip_s: float, now_s: float, *, calm: bool
    ) -> None:
        """From time to time, on a calm line, see whether there is more; repeat what was lost."""
        for number, cluster in list(self._clusters.items()):
            if now_s - cluster.made_s > _WAIT_S + _WAIT_ROUND_TRIPS * round_trip_s:
                del self._clusters[number]
                if self._retries and calm and cluster.probe.rate_bps > 1.2 * target_bps:
                    self._retries -= 1
                    self._add(cluster.probe.rate_bps, jitter_s, now_s)
        if not calm or not self._started:
            self._next_s = max(self._next_s, now_s + 1.0)
            return
        if now_s >= self._next_s and target_bps < 0.95 * most_bps and not self._clusters:
            self._next_s = now_s + self._repeat_s
            self._add(min(_AGAIN_FACTOR * target_bps, most_bps), jitter_s, now_s)

    def arrived(self, packet: Arrival) -> None:
        """Take a packet of a probe."""
        cluster = self._clusters.get(packet.probe if packet.probe is not None else -1)
        if cluster is not None and len(cluster.packets) < 1000:
            cluster.packets.append(packet)

    def results(self, noise_s: float) -> list[tuple[Probe, float, bool]]:
        """Finished probes: what was asked, what the line carried, whether that was its limit."""
        done = []
        for number, cluster in list(self._clusters.items()):
            result = cluster.result_bps(noise_s)
            if result is not None:
                del self._clusters[number]
                done.append((cluster.probe, *result))
        return done

    def judge(self, probe: Probe, gained: bool, limit: bool, most_bps: float, jitter_s: float, now_s: float) -> None:
        """Go on where a probe got through; be patient where it found nothing."""
        if gained and not limit:
            self._gained_s, self._retries = now_s, _RETRIES
            if probe.rate_bps < most_bps and not self._wanted and not self._clusters:
                self._add(min(_AGAIN_FACTOR * probe.rate_bps, most_bps), jitter_s, now_s)
        elif gained:
            self._gained_s = now_s
        else:
            self._repeat_s = min(self._repeat_s * 1.5, _LONGEST_REPEAT_S)
            self._quiet_until_s = now_s + 1.0

    def overfull(self, now_s: float) -> None:
        """The line is full: let no burst follow, and be patient where one has brought this about."""
        self._wanted.clear()
        if now_s - self._gained_s < _REGRET_S:
            self._repeat_s = min(2 * max(self._repeat_s, _REPEAT_S / 2), _LONGEST_REPEAT_S)

    def _add(self, rate_bps: float, jitter_s: float, now_s: float) -> None:
        lasting_s = min(max(_LEAST_S, 4 * jitter_s), _MOST_S)
        packets = min(max(int(rate_bps * _PACKETS_FOR_S / _PACKET_BITS), _FEWEST_PACKETS), _LEAST_PACKETS)
        probe = Probe(self._number, rate_bps, packets, int(rate_bps * lasting_s / 8))
        self._number += 1
        self._wanted.append(probe)
        self._clusters[probe.cluster] = Cluster(probe, now_s)
