"""What a stranger can send, and a great many broken forms of it: no crash, no hang, no growth."""
