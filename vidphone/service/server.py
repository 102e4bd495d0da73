"""`vidphone serve`: the service as a process."""

import logging
import signal
import socket
import ssl
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from vidphone.scrub import ScrubbingFormatter
from vidphone.service.clock import BadClock, Clock, open_clock
from vidphone.service.composition import build_parts
from vidphone.service.config import FILE_NAME, BadConfig, Config, read_config
from vidphone.service.http.app import build_app
from vidphone.service.http.parts import Parts
from vidphone.service.store.engine import DataInUse, DataLock, open_database
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.keys import default_key_file
from vidphone.texts import system_language, text
from vidphone.wire.hosts import is_loopback

log = logging.getLogger(__name__)

DEFAULT_PORT = 8420
MAX_WEBSOCKET_BYTES = 1_048_576
"""Far above `MAX_FRAME_BYTES`, so that an oversized frame is answered; above this the connection is closed."""
PING_S = 10.0
"""A connection that answers no ping within that time is lost, and its 30 s to resume begin."""
STOP_S = 3
SEND_TIMEOUT_MS = 30_000
"""A reader that takes nothing for so long loses its socket, if the system can do that."""
BACKLOG = 2048
FAILED = 1


@dataclass(frozen=True)
class ServeOptions:
    """What the command line says."""

    data: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    keys: Path | None = None
    """What seals personal data; None: beside the data folder."""
    rehearsal: bool = False
    """Whether the data folder is one to rehearse in."""
    rehearsal_clock: Path | None = None

    @property
    def key_file(self) -> Path:
        """Where the keys are."""
        return self.keys or default_key_file(self.data)


class _Refused(Exception):
    """The service cannot start; the text says why."""


def serve(options: ServeOptions) -> int:
    """Run until a signal says stop (0) or the service cannot go on (1)."""
    to_standard_error = logging.StreamHandler()
    to_standard_error.setFormatter(ScrubbingFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[to_standard_error])
    for noisy in ("alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        _check_security(options)
        config, clock = _read_config(options.data), _open_clock(options)
        listener = _listen(options.host, options.port)
        with listener:
            return _run(options, config, clock, listener)
    except _Refused as refused:
        print(refused, file=sys.stderr)  # noqa: T201
        return FAILED


def _run(options: ServeOptions, config: Config, clock: Clock, listener: socket.socket) -> int:
    with ExitStack() as held:
        code = _serve(options, config, clock, listener, _open(options.data, held))
    print(text("service.stopped", system_language()), flush=True)  # noqa: T201
    return code


def _open(data: Path, held: ExitStack) -> Engine:
    """The database, which no other service uses; `held` gives both back."""
    try:
        engine = open_database(data)
        held.callback(engine.dispose)
        held.callback(DataLock(data).release)
    except DataInUse:
        raise _refused("data-in-use", data=str(data)) from None
    except (OSError, DBAPIError) as error:
        raise _refused("data-unusable", data=str(data), detail=_first_line(error)) from error
    return engine


def _serve(options: ServeOptions, config: Config, clock: Clock, listener: socket.socket, engine: Engine) -> int:
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        server.should_exit = True

    try:
        parts = build_parts(config, options.data, options.key_file, engine, clock, fail)
    except BadConfig as error:
        raise _refused("bad-config", path=str(options.data / FILE_NAME), detail=str(error)) from error
    except VaultError as error:
        raise _Refused(text(f"vault.{error.reason}", system_language(), **error.places)) from error
    except OSError as error:
        raise _refused("data-unusable", data=str(options.data), detail=_first_line(error)) from error
    try:
        server = _Server(_uvicorn_config(options, parts))
    except (OSError, ssl.SSLError) as error:
        raise _refused("tls-unusable", detail=_first_line(error)) from error
    _ignore_stop_signals()
    server.run(sockets=[listener])
    return FAILED if failed.is_set() else 0


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            scheme = "https" if self.config.is_ssl else "http"
            host, port = sockets[0].getsockname()[:2]
            url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
            print(text("service.listening", system_language(), url=url), flush=True)  # noqa: T201


def _uvicorn_config(options: ServeOptions, parts: Parts) -> uvicorn.Config:
    config = uvicorn.Config(
        build_app(parts),
        loop="asyncio",
        ws="websockets-sansio",
        ws_max_size=MAX_WEBSOCKET_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=options.behind_proxy,
        timeout_graceful_shutdown=STOP_S,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
    )
    config.load()
    return config


def _check_security(options: ServeOptions) -> None:
    if (options.tls_cert is None) != (options.tls_key is None):
        raise _refused("tls-incomplete")
    if not (options.tls_cert or options.behind_proxy or is_loopback(options.host)):
        raise _refused("not-secure", host=options.host)


def _read_config(data: Path) -> Config:
    try:
        return read_config(data)
    except BadConfig as error:
        raise _refused("bad-config", path=str(data / FILE_NAME), detail=str(error)) from error


def _open_clock(options: ServeOptions) -> Clock:
    try:
        clock = open_clock(options.data, options.rehearsal_clock, rehearsal=options.rehearsal)
    except BadClock as error:
        raise _Refused(text(f"clock.{error.reason}", system_language(), **error.places)) from error
    except OSError as error:
        raise _refused("data-unusable", data=str(options.data), detail=_first_line(error)) from error
    if clock.rehearsal:
        print(text("clock.rehearsal", system_language()), file=sys.stderr, flush=True)  # noqa: T201
    return clock


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # there it would let two services share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):  # inherited by the connections
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SEND_TIMEOUT_MS)
            listener.bind(address)
            listener.listen(BACKLOG)
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        raise _refused("address-in-use", host=host, port=port, detail=_first_line(error)) from error
    return listener


def _ignore_stop_signals() -> None:
    """uvicorn stops gracefully at a signal and then raises it again; it has been obeyed by then."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)


def _refused(key: str, **places: object) -> _Refused:
    return _Refused(text(f"service.{key}", system_language(), **places))


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
