"""What a page has asked of the engine, and what came of it. Knows no Qt."""

from dataclasses import dataclass, field, fields

from vidphone.phone.events import Request, RequestFailed


@dataclass
class Answers:
    """Questions that wait, failed or were answered; a page's view adds what the answers told."""

    waiting: set[Request] = field(default_factory=set)
    failed: dict[Request, RequestFailed] = field(default_factory=dict)
    done: dict[Request, str] = field(default_factory=dict)
    """What was done, with the path of a file that was written, until it is asked for again."""

    def forget(self) -> None:
        """Nobody is signed in: nothing of the customer stays in memory."""
        fresh = type(self)()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))

    def _asked(self, request: Request) -> None:
        """What came of it before is past."""
        self.waiting.add(request)
        self.failed.pop(request, None)
        self.done.pop(request, None)

    def _answered(self, request: Request, what: str = "") -> None:
        self.waiting.discard(request)
        self.failed.pop(request, None)
        self.done[request] = what

    def _failed(self, event: RequestFailed) -> None:
        self.waiting.discard(event.request)
        self.failed[event.request] = event
