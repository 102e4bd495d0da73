"""Support staff who hand in releases: `release-staff add`, `list`, `remove`, `online-keys`."""

import argparse
import re
import time
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.said import actor, moment, print_json, print_table, refused, say
from vidphone.service.audit.log import AuditLog

_NAME = re.compile(r"[a-z][a-z0-9.-]{0,31}")


def run(arguments: argparse.Namespace, engine: Engine, keys: Path) -> None:
    """Do one of them. `keys`: the folder of the service's keys."""
    from vidphone.service.releases.staff import NameTaken, ReleaseStaff, UnknownName  # noqa: PLC0415

    staff = ReleaseStaff(engine, AuditLog(engine))
    match arguments.then:
        case "add":
            if not _NAME.fullmatch(arguments.name):
                raise refused("bad-staff-name", name=arguments.name)
            try:
                token = staff.add(arguments.name, actor(), time.time())
            except NameTaken:
                raise refused("staff-name-taken", name=arguments.name) from None
            say("release-token", name=arguments.name)
            print(token)  # noqa: T201
        case "remove":
            try:
                staff.remove(arguments.name, actor(), time.time())
            except UnknownName:
                raise refused("no-staff", name=arguments.name) from None
            say("release-staff-removed", name=arguments.name)
        case "list":
            rows = [(member.name, moment(member.created_at)) for member in staff.list()]
            print_table(("staff-name", "since"), rows)
        case "online-keys":
            _online_keys(keys)


def _online_keys(keys: Path) -> None:
    from vidphone.service.releases.online import KeysUnfit, OnlineKeys  # noqa: PLC0415

    try:
        snapshot, timestamp = OnlineKeys(keys).public
    except KeysUnfit as unfit:
        raise refused("releases-keys-unfit", path=str(unfit)) from None
    named = {"snapshot": snapshot, "timestamp": timestamp}
    print_json({name: {"keyid": key.keyid} | key.to_dict() for name, key in named.items()})
