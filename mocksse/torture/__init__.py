"""Does a client survive? Real clients as they are installed, run against what is replayed and broken on purpose."""
