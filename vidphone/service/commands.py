"""The command lines `vidphone serve` and `vidphone admin`."""

import argparse
from pathlib import Path

from platformdirs import user_data_path

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
  vidphone serve --port 0                               any free port; the first line says which

The first line on standard output says where the service listens. SIGTERM or Ctrl-C stops it; calls go on without
it, and a service started again within 30 seconds takes them up. Exit code: 0 stopped, 1 could not start or go on."""

ADMIN = """\
The provider's customers. Works on the data folder, whether the service runs or not: a running one acts upon a
disabled number or a new password within seconds, by ending that number's sessions and calls."""

ADMIN_MORE = """\
A password is asked for at the terminal, or read from standard input with --password-stdin, or made with --generate
and shown once. It is never given on the command line, where other users of the machine would see it.

examples:
  vidphone admin add --number 1001 --name 张三
  echo "$PASSWORD" | vidphone admin add --number 1002 --name 'Li Si' --password-stdin
  vidphone admin password --number 1002 --generate
  vidphone admin disable --number 1001
  vidphone admin list"""

ADMIN_COMMANDS = {
    "add": "add a customer",
    "list": "list all customers",
    "password": "give a customer a new password and sign their devices out",
    "enable": "let a number sign in and call again",
    "disable": "let a number neither sign in nor call; its calls end",
}
MAX_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Describe `serve` or `admin` and its options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    if command == "serve":
        _serve_arguments(parser)
    else:
        _admin_arguments(parser)


def run(command: str, arguments: argparse.Namespace) -> int:
    """Do it; the exit code."""
    if command == "serve":
        from vidphone.service.server import ServeOptions, serve  # noqa: PLC0415 - `admin` needs no web server

        return serve(
            ServeOptions(
                data=arguments.data,
                host=arguments.host,
                port=arguments.port,
                tls_cert=arguments.tls_cert,
                tls_key=arguments.tls_key,
                behind_proxy=arguments.behind_proxy,
            )
        )
    from vidphone.service import admin  # noqa: PLC0415 - as above

    number, name = getattr(arguments, "number", ""), getattr(arguments, "name", "")
    return admin.run(admin.Admin(arguments.data), arguments.what, number, name, getattr(arguments, "source", "prompt"))


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = SERVE, SERVE_MORE
    _data_argument(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8420, help="TCP port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key, PEM")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front ends TLS: allow any --host")


def _admin_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = ADMIN, ADMIN_MORE
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    for name, about in ADMIN_COMMANDS.items():
        one = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        _data_argument(one)
        if name != "list":
            one.add_argument("--number", required=True, help="3 to 15 digits")
        if name == "add":
            one.add_argument("--name", required=True, help="the customer's name, as those who are called see it")
        if name in {"add", "password"}:
            source = one.add_mutually_exclusive_group()
            stdin, generate = "read the password's line from standard input", "make a password and show it once"
            source.add_argument("--password-stdin", dest="source", action="store_const", const="stdin", help=stdin)
            source.add_argument("--generate", dest="source", action="store_const", const="generate", help=generate)
            one.set_defaults(source="prompt")


def _data_argument(parser: argparse.ArgumentParser) -> None:
    default = user_data_path("vidphone-service", appauthor=False)
    parser.add_argument(
        "--data", type=Path, default=default, metavar="DIR", help="the data folder (default: %(default)s)"
    )


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"{value} is no port: 0 to {MAX_PORT}")
    return int(value)
