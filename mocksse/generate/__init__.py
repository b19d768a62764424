"""Cassettes that nobody recorded: made of nothing but a seed, or of a recording of another API. No network, no clock."""
