"""The way out: pictures to encoded ones, and what was sent for as long as it may be asked for again."""
