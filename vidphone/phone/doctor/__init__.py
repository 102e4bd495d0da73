"""`vidphone doctor`: what works on this machine and on the way to the service, and what to do about the rest."""

from vidphone.phone.doctor.command import add_arguments, run

__all__ = ["add_arguments", "run"]
