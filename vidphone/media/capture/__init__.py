"""Where pictures come from: a camera, a file in its place, or a synthetic person."""
