"""Speech: Opus, its redundancy, and the buffer between the network and the player."""
