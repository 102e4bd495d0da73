"""Video that arrives: packets asked for again, frames in order, shown in time."""
