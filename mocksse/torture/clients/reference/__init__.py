"""The client that all others are held against: mocksse's own parsers and mergers on a plain socket.

It does what the standards say, and where they are silent what an application wants of a paid answer. An answer counts
only if status and type are right, its framing is whole, every event is JSON in the API's own order, none of them is an
error, its last event came, and every tool call's arguments are whole. It waits no longer than it was told, keeps no
more than `limits` allow, and asks again only where nothing was answered yet, a few times, not before it was told to.

- `link`: one request on one connection, and the response on it.
- `policy`: when to ask again, and when to follow a redirect. Pure.
- `exchange`: asks until there is an answer to read.
- `answer`: what the frames of an answer come to, and what is wrong with it. Pure.
- `order`: which event may follow which, by API. Pure.
- `listen`: an event stream that is not for ever, and comes back: a browser's EventSource.
"""
