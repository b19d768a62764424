import json

import httpx
import pytest


def read(url):
    """The answer's text, as a client of the reader's own would take it apart."""
    text, done = "", False
    with httpx.stream("POST", url, json={"stream": True}) as answer:
        for line in answer.iter_lines():
            if line == "data: [DONE]":
                done = True
            elif line.startswith("data: "):
                choices = json.loads(line[6:])["choices"]
                text += choices[0]["delta"].get("content") or "" if choices else ""
    if not done:
        raise EOFError("the stream has no end")
    return text


@pytest.mark.mocksse_cuts("openai-chat", at="byte", fault="split", limit=40)
def test_wherever_the_network_cuts_it(mocksse):
    mocksse.expect_text(read(mocksse.url("/v1/chat/completions")))


@pytest.mark.mocksse_cuts("openai-chat", at="event", fault="truncate", limit=40)
def test_half_an_answer_is_no_answer(mocksse):
    with pytest.raises(EOFError):
        read(mocksse.url("/v1/chat/completions"))
