"""All benchmarks, one after the other."""

from benchmarks import faults, fidelity, generate, limit, parser, soak, startup, through

for bench in (startup, generate, parser, fidelity, through, limit, faults, soak):
    bench.main()
