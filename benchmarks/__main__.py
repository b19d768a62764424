"""All benchmarks, one after the other."""

from benchmarks import faults, fidelity, limit, parser, startup

for bench in (startup, parser, fidelity, limit, faults):
    bench.main()
