"""What a signed-in customer sees of outages (clauses 12 to 14)."""

import asyncio

from fastapi import APIRouter

from vidphone.service.http.asking import SIGNED_IN_ONLY, Asked, Caller
from vidphone.service.http.problems import responses
from vidphone.wire.outages import MyOutages

router = APIRouter()


@router.get("/v1/me/outages", responses=responses(*SIGNED_IN_ONLY))
async def outages(parts: Asked, caller: Caller) -> MyOutages:
    """Times without service that concerned this customer, newest first."""
    return await asyncio.to_thread(parts.outages.list, caller.account)
