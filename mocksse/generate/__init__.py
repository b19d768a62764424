"""Cassettes that nobody recorded: made of a seed alone, or of another API's recording. No network, no clock."""
