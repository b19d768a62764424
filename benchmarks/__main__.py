"""All benchmarks, one after the other."""

from benchmarks import faults, fidelity, limit, parser, soak, startup, through

for bench in (startup, parser, fidelity, through, limit, faults, soak):
    bench.main()
