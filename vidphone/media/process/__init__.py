"""What is done to the microphone's sound before anybody hears it: echo and noise taken off, its level evened out."""
