"""Recording: one request out, the raw response in, as it came off the socket."""
