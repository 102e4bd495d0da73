"""One customer's phone: the engine thread that joins call, media and account, and the shell without a window.

Commands go in, events come out (`commands.py`, `events.py`); nothing else crosses the thread but pictures, through
`media.slot`. The desktop and the headless phone are two shells over this one core.
"""
