"""Faults of server-sent events as a format: cuts, line ends, fields, comments, sizes. Most of them are legal."""
