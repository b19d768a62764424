"""From a tape to a plan, and from a plan to bytes on a socket."""
