"""The command lines `vidphone serve` and `vidphone admin`."""

import argparse
import gc
from pathlib import Path

from vidphone.service.admin.arguments import add_admin_arguments, add_data_argument

SERVE = """\
The provider's service: sign-in, the signaling hub and what belongs to it, in one process over one data folder.

Everything is kept in --data: the customers, tokens and calls in vidphone.db (created and brought up to date by
itself), and config.toml, which you may write (STUN and TURN servers, rates, who may read /metrics). Only one
service works in a data folder at a time. docs/operator.md tells how to back it up and how to run coturn with it."""

SERVE_MORE = """\
security:
  Without TLS the service listens on this machine only (127.0.0.1, ::1). For others to reach it, either give it a
  certificate and its key, or let a proxy in front of it end TLS and say --behind-proxy; the proxy must then set
  X-Forwarded-For and reach the service from 127.0.0.1, or FORWARDED_ALLOW_IPS must name the proxy.

examples:
  vidphone serve                                        on this machine, port 8420
  vidphone serve --data /var/lib/vidphone --host 0.0.0.0 --port 443 --tls-cert cert.pem --tls-key key.pem
  vidphone serve --data trial --rehearsal --rehearsal-clock trial-time
                                                        bills, late fees and suspensions, months within minutes
  vidphone serve --port 0                               any free port; the first line says which

The first line on standard output says where the service listens. SIGTERM or Ctrl-C stops it; calls go on without
it, and a service started again within 30 seconds takes them up. Exit code: 0 stopped, 1 could not start or go on."""

MAX_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Describe `serve` or `admin` and its options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    if command == "serve":
        _serve_arguments(parser)
    else:
        add_admin_arguments(parser)


def run(command: str, arguments: argparse.Namespace) -> int:
    """Do it; the exit code."""
    if command == "serve":
        gc.disable()  # of what is loaded nothing is garbage; looking for some took a fifth of the start
        from vidphone.service.server import ServeOptions, serve  # noqa: PLC0415 - `admin` needs no web server

        gc.freeze()
        gc.enable()
        return serve(
            ServeOptions(
                data=arguments.data,
                host=arguments.host,
                port=arguments.port,
                tls_cert=arguments.tls_cert,
                tls_key=arguments.tls_key,
                behind_proxy=arguments.behind_proxy,
                keys=arguments.keys,
                rehearsal=arguments.rehearsal,
                rehearsal_clock=arguments.rehearsal_clock,
            )
        )
    from vidphone.service.admin.console import run as run_admin  # noqa: PLC0415 - as above

    return run_admin(arguments)


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = SERVE, SERVE_MORE
    add_data_argument(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8420, help="TCP port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key, PEM")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front ends TLS: allow any --host")
    rehearse = "a data folder to rehearse in, for ever: its bills say so, and it has a clock that can be set"
    parser.add_argument("--rehearsal", action="store_true", help=rehearse)
    clock = "with --rehearsal: a file with the time, such as 2026-08-01T00:00:00+08:00, from which it goes on"
    parser.add_argument("--rehearsal-clock", type=Path, metavar="FILE", help=clock)


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"{value} is no port: 0 to {MAX_PORT}")
    return int(value)
