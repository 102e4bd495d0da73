"""What is offered to those who sign up, as the configuration has it."""

from starlette.responses import Response

from vidphone.service.console.visit import Visit


def show(visit: Visit) -> Response:
    """Price list, credit limits, agreement; or why nobody can sign up."""
    offers = visit.parts.offers
    if offers.closed is not None:
        return visit.page("offer", closed=offers.closed, catalogue=None, version=None, provider=None)
    version, _ = offers.agreement()
    return visit.page("offer", closed="", catalogue=offers.catalogue(), version=version, provider=offers.provider())
