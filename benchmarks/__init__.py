"""How fast it is, as ratios: against a C server that marks the limit, against an empty interpreter, against itself.

`python -m benchmarks` runs all of them; each file runs alone too. Nothing here is a test: a figure of one machine says
little, a ratio within one run more. The C programs are not part of this repository: MOCKSSE_BENCH names the folder
with `limit.c` and `loadgen.c` (../shared/bench by default).
"""
