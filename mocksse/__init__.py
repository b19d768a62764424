"""mocksse: record an LLM's stream once, replay it byte for byte, break it anywhere."""

__version__ = "0.1.0"
