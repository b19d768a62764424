"""Faults of what an API says in its events: order, JSON, finish reasons, tool calls, errors in mid-stream."""
