"""How each provider says that something failed: error bodies and headers, and what it writes into a stream."""
