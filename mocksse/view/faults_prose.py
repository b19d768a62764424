"""What docs/faults.md says in words; all else in it is made of the catalogue, by `faults_doc`."""

from __future__ import annotations

INTRODUCTION = """\
# Faults

How streams of language models fail in the wild, to be played over any cassette, at any place in it, the same way
every time. `mocksse faults` lists them, `mocksse faults NAME` says all of one, `mocksse plan CASSETTE --fault SPEC`
prints what would go over the wire.

## How a fault is asked for

    NAME[ key=value]...        several separated by ;

In double quotes a value may hold spaces and `;`, and is written with `\\"` for a quote and `\\\\` for a backslash; a
backslash in front of anything else is an error.

| asked for by | is played |
| --- | --- |
| `faults: [SPEC]` of an interaction | over that recording |
| `mocksse serve cassettes/ --fault SPEC` | over every recording that it applies to; repeatable |
| `x-mocksse-fault: SPEC`, a header of the request | over its answer; from elsewhere with `--allow-header-control` |

They take effect in this order, and as they stand: each finds its place in what those before it have left. Only those
of reconnection go before all others. A fault that cannot apply to a recording is an error with file:line where the
cassette asks for it, and so is one on the command line that applies to none of the recordings. Else the answer goes
out without it and says so, in its header `x-mocksse-note` and in the access line.

### Where it takes hold: `at=`

| place | is |
| --- | --- |
| `head` | before the status line, for faults that can take hold there |
| `event:N` | behind N events; `event:0` is right behind the head. Comments do not count |
| `byte:N`, `percent:N` | so far into the body, without its HTTP framing |
| `ms:N` | at that time of the answer, at the pace it is played |
| `first-text`, `reasoning` | right before the first event with text, with reasoning |
| `finish`, `done` | right before the event that says why the answer ended, that ends the stream |
| `tool-args` | inside the first tool arguments: amid the first fragment that is not empty |
| `end` | behind the last byte of the body |

### When

"""

ABOUT_LAWS = """\
The plays of an interaction are counted for each spec. Draws start from `--seed`, and each fault has its own: one
fault more in a list changes nothing for the others.

### Values

A duration has its unit: `300ms`, `10s`, `5m`. A size is a number of bytes, or `64KiB`, `1MiB`, and `1MiB+1` is one
byte more.

### What a fault may do: its law

One property test holds every fault to its own, and to this: the same seed gives the same plan.

| law | a fault of this law |
| --- | --- |
"""

ABOUT_EXCERPTS = """\
## The catalogue

Each excerpt is of the plan that the example makes of a short answer in [faults.yaml](faults.yaml): when a write is
due, and its bytes, HTTP framing and all, from the first write on that is not as it was. `…` stands for what is left
out.

"""

ABOUT_CASES = """\
## The hundred cases

Cases by their numbers, which do not change. What a client should do: **SAME**, give the result of the whole stream,
because the fault is legal or cosmetic. **FAIL**, report an error; text that came before it is known to be partial.
**RETRY**, ask again, as often and as late as is right. **POLICY**: standard and practice, or two practices, disagree.

| # | case | expected | a client should | played by |
| ---: | --- | --- | --- | --- |
"""
