"""The agreement as rules: pure functions and values, each naming its clause. No input, no output, no clock."""
