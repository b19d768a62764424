#!/bin/sh
# A test in plain sh: the answer streams whole, and what this script makes of one that was cut is seen to be right.
set -eu

ask() {
  curl -sN --max-time 10 "$OPENAI_BASE_URL/chat/completions" -H 'content-type: application/json' "$@" \
    -d '{"model": "smollm2", "stream": true, "messages": [{"role": "user", "content": "How does a river shape the land?"}]}'
}

fail() {
  echo "not ok: $1"
  exit 1
}

ask | grep -q '^data: \[DONE\]' || fail 'the stream has its end'
echo 'ok: the stream has its end'

status=$(ask -o /dev/null -w '%{http_code}' -H 'x-mocksse-fault: status 429')
[ "$status" = 429 ] || fail "a 429 is asked for, and $status came"
echo 'ok: a 429 comes when it is asked for'

code=0
ask -o /dev/null -H 'x-mocksse-fault: missing-final-chunk at=event:5' || code=$?
[ "$code" = 18 ] || fail "a cut stream is curl's error 18, and $code came"
echo "ok: a cut stream is curl's error 18"
