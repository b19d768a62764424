"""Faults of the answer as a whole: another status, a redirect, a page of HTML, another content type."""
