"""Faults of HTTP and TCP: how an answer breaks off, how it is framed, when it comes, how it is compressed."""
