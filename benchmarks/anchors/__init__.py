"""What vidphone is measured beside: Chromium, libwebrtc without a browser, and aiortc as it comes."""
