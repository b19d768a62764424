"""What a session's journal says of the client that talked to it. Pure: records in, findings out.

Only what the server can see is judged: which requests came, when, on which connection, and what is in them. What a
client made of an answer is known only where it says so itself, in its next request. A client that may be right is not
blamed: what two clients could have done between them, or a person by hand, is let pass.
"""

from mocksse.server.verdict.checks import CHECKS, Check, Severity
from mocksse.server.verdict.finding import Finding, explain, outcome
from mocksse.server.verdict.judge import PATIENCE_S, findings

__all__ = ["CHECKS", "PATIENCE_S", "Check", "Finding", "Severity", "explain", "findings", "outcome"]
