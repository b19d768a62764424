"""The way back: from a turn to the events of an API, byte for byte as a server of it would send them."""
