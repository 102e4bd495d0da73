"""Support staff's tools: keys, builds, channels, roll-outs."""
