"""Real clients under one contract: each streams one answer and says on one line what reached its caller.

An adapter is a program in any language. It is run as

    ADAPTER BASE_URL [--api NAME] [--header 'Name: value']... [--retries N] [--timeout S] [--events N]

and does what the documentation of its client shows first: makes a client, asks it to stream, reads to the end. BASE_URL
is the value that the client's own setting of that name takes, so `http://127.0.0.1:8080/v1` for OpenAI's. Model and
prompt are its own: any recording of the path answers them. With `--api sse`, BASE_URL is an event stream itself.
Nothing else decides where it goes, neither a proxy nor a key or address in the environment. It catches whatever the
client throws, and prints one line of JSON:

    {"outcome": "ok", "text": "...", "reasoning": "", "tool_calls": [{"id": "", "name": "", "arguments": ""}],
     "usage": {"total_tokens": 12}, "events": ["chat.completion.chunk"],
     "error_type": null, "error_message": null, "attempts": 1}

- `outcome` is "error" where an error reached the caller, whatever came before it; "ok" is everything else, also a
  client that takes half an answer for a whole one. An adapter hides nothing and repairs nothing. It passes over what
  the client gives as null or leaves out; what fails beyond that would fail in any caller, and counts as an error.
- `text`, `reasoning`, `tool_calls`: what the caller had got by then, joined; tool arguments are JSON, whole or not.
- `usage`: the API's counters, by the names that the client has for them; of what is told again, the last.
- `events`: what the caller saw, in order, the first 10,000: the types, or objects where there is more to tell. Clients
  of event streams tell each as {"kind": "event", "type", "data", "lastEventId", "at_ms"}.
- `error_type`: the full name of the exception's type, as a caller would catch it. `error_message`: its words.
- `attempts`: HTTP requests that were really begun, redirects and the client's own retries among them.

The exit code is 0 whenever that line was printed, because a client's failure is a result. 2 is for wrong usage and for
a client that is not installed, with one line on stderr.

`--serve` in place of all that keeps one process for many answers: it reads lines, each a JSON array of the arguments as
above, and prints one line for each, until its input ends. Each line gets a client of its own, with no open connection.

`registry` is the list of all clients, and how each is run.
"""
