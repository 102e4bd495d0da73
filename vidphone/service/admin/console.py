"""One command of `vidphone admin`, from the parsed line to the exit code."""

import argparse
import sys
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from vidphone.service.admin import customers
from vidphone.service.admin.said import Refused
from vidphone.service.store.engine import open_database
from vidphone.texts import system_language, text

FAILED = 1


def run(arguments: argparse.Namespace) -> int:
    """Do one thing; what cannot be done is said on standard error."""
    engine: Engine | None = None
    try:
        engine = _open(arguments.data)
        _do(arguments, engine)
    except Refused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return FAILED
    finally:
        if engine is not None:
            engine.dispose()
    return 0


def _do(arguments: argparse.Namespace, engine: Engine) -> None:
    match arguments.what:
        case "add":
            customers.add(engine, arguments.number, arguments.name, arguments.paper, arguments.source)
        case "list":
            customers.show_all(engine)
        case "password":
            customers.new_password(engine, arguments.number, arguments.source)
        case "enable" | "disable":
            customers.enable(engine, arguments.number, on=arguments.what == "enable")


def _open(data: Path) -> Engine:
    try:
        return open_database(data)
    except (OSError, DBAPIError) as error:
        detail = str(error).partition("\n")[0]
        raise Refused(text("service.data-unusable", system_language(), data=str(data), detail=detail)) from error
