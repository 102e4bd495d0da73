"""What a phone can tell its provider of itself when something is wrong, without telling of anybody."""
