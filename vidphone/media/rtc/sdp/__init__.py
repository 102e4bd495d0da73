"""Session descriptions: read, written, offered and answered, for calls of one sound and one video on one transport
(RFC 8866, RFC 9429, RFC 9143)."""
