"""The network test (clause 12): whether calls get through, and what they will be like."""
