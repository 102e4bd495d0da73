"""Where sound comes from and goes to: microphone, speaker, files in their place, and the tones of a telephone."""
