"""The way of a frame: capture, encode, send, receive, buffer, decode, show. aiortc and av are named nowhere else."""
