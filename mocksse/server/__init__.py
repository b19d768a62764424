"""The server that replays: aiohttp listens and parses requests; the bytes it sends are a plan's."""
