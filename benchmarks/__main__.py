"""All benchmarks, one after the other."""

from benchmarks import fidelity, limit, parser, startup

for bench in (startup, parser, fidelity, limit):
    bench.main()
