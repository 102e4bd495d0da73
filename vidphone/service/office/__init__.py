"""The provider's side: what its staff do, on the command line or wherever they are let in."""

from vidphone.service.office.office import Office

__all__ = ["Office"]
