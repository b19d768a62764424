"""Sans-IO formats over bytes: no socket, no clock, no decoding of what the bytes mean."""
