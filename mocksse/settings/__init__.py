"""What a server is told before it starts: the words, where they may be said, and which of them holds."""
