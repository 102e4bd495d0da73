"""What shares a line with calls, and who gets how much of it. Runs inside a network namespace of the line.

python -m benchmarks.traffic sink            takes what comes over TCP
python -m benchmarks.traffic source ADDRESS  sends as much as TCP lets through, by Linux's usual control (CUBIC)
python -m benchmarks.traffic count           counts what comes in, until its standard input closes
"""

import json
import select
import socket
import struct
import sys
import time
from collections import Counter

PORT = 5001
DEVICE = "tun0"
SLOT_S = 0.5
_ETH_P_IP = 0x0800
_PACKET_OUTGOING = 4
_NUMBERS = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}


def sink() -> None:
    with socket.create_server(("", PORT)) as server:
        print(json.dumps({"ready": True}), flush=True)
        connection, _ = server.accept()
        with connection:
            while connection.recv(1 << 16):
                pass


def source(address: str) -> None:
    with socket.create_connection((address, PORT), 20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        connection.settimeout(None)
        print(json.dumps({"ready": True}), flush=True)
        while True:
            connection.sendall(bytes(1 << 16))


def flow_of(packet: bytes) -> str:
    """Of an IPv4 packet, as in `udp:40123` (the port it goes to); `other` for what has no ports."""
    head = (packet[0] & 0x0F) * 4
    if len(packet) < head + 4 or packet[9] not in _NUMBERS:
        return "other"
    port: int = struct.unpack_from("!H", packet, head + 2)[0]
    return f"{_NUMBERS[packet[9]]}:{port}"


def count() -> None:
    """Prints at the end: of every flow, pairs of CLOCK_MONOTONIC seconds and the bytes of that half second."""
    seen: Counter[tuple[str, int]] = Counter()
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP)) as tap:
        tap.bind((DEVICE, _ETH_P_IP))
        print(json.dumps({"ready": True}), flush=True)
        while True:
            ready, _, _ = select.select([tap, sys.stdin], [], [])
            if sys.stdin in ready:
                break
            packet, (_, _, kind, _, _) = tap.recvfrom(2048)
            if kind != _PACKET_OUTGOING and packet:
                seen[flow_of(packet), int(time.monotonic() / SLOT_S)] += len(packet)
    flows: dict[str, list[tuple[float, int]]] = {}
    for (flow, slot), size in sorted(seen.items(), key=lambda item: item[0][1]):
        flows.setdefault(flow, []).append((slot * SLOT_S, size))
    print(json.dumps({"flows": flows}), flush=True)


def main() -> None:
    match sys.argv[1:]:
        case ["sink"]:
            sink()
        case ["source", address]:
            source(address)
        case ["count"]:
            count()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
