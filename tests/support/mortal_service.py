"""`vidphone serve` that kills itself (SIGKILL) at the nth step on its database, once a file is there that says n.

A step is the beginning of a transaction, a change before it is made, or a commit before it is made, on the threads that
sign customers up: whatever lies between two steps leaves nothing behind. Arguments: data folder, port, file.
"""

import itertools
import os
import signal
import sys
import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from vidphone.service.few import THREADS
from vidphone.service.server import ServeOptions, serve


def main(data: Path, port: int, armed: Path) -> int:
    steps = itertools.count(1)

    def step() -> None:
        signs_up = threading.current_thread().name.startswith(THREADS)
        if signs_up and armed.exists() and next(steps) == int(armed.read_text()):
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(_connection: Connection, _cursor: object, words: str, *_: object) -> None:
        if not words.startswith("SELECT"):
            step()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda _connection: step())
    return serve(ServeOptions(data=data, port=port))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
