"""What others captured, as an interaction: a raw body, `curl -i` output, or a `curl --trace` log.

Pure: bytes in, values out. The body that will be replayed is the body that was captured, byte for byte; where an input
can't give its exact bytes, that is an error, never a guess passed off as a recording.
"""

from mocksse.cassette.importers.interaction import Imported, ImportOptions, parse

__all__ = ["ImportOptions", "Imported", "parse"]
