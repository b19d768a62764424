"""A small client that gets most things right: it reads the chat by the standard, and reports what is not whole."""

import json
import sys
import urllib.error
import urllib.request


def events(answer):
    data = []
    for raw in answer:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def main(url, timeout):
    body = json.dumps({"model": "any", "stream": True, "messages": []}).encode()
    asked = urllib.request.Request(url + "/chat/completions", body, {"Content-Type": "application/json"})
    text, finish = "", None
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            for data in events(answer):
                if data.startswith("[DONE]"):
                    break
                chunk = json.loads(data)
                if "error" in chunk:
                    raise ValueError(chunk["error"].get("message"))
                for choice in chunk.get("choices") or []:
                    text += (choice.get("delta") or {}).get("content") or ""
                    finish = choice.get("finish_reason") or finish
        if finish is None:
            raise EOFError("the stream ended without a reason to finish")
        return {"outcome": "ok", "text": text}
    except Exception as error:
        return {"outcome": "error", "text": text, "error_type": type(error).__name__, "error_message": str(error)}


print(json.dumps(main(sys.argv[1], float(sys.argv[2]))))
