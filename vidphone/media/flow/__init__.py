"""Where both directions of one transport meet, on the engine's loop: packets out by the pacer, packets in by what they
are, and the control traffic between."""
