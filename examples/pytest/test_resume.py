import pytest
from openai import APIConnectionError, OpenAI


def ask(client, prompt):
    """The answer. The SDK does not ask again once a stream has begun: where one breaks, this does, from its start."""
    for _ in range(3):
        answer = ""
        try:
            for chunk in client.chat.completions.create(
                model="smollm2", messages=[{"role": "user", "content": prompt}], stream=True
            ):
                answer += chunk.choices[0].delta.content or "" if chunk.choices else ""
        except APIConnectionError:
            continue
        return answer
    raise RuntimeError("the stream broke three times")


@pytest.mark.mocksse("openai-chat", fault="reset at=event:5 times=1")
def test_a_stream_that_breaks_is_asked_for_again(mocksse):
    client = OpenAI(base_url=mocksse.url("/v1"), api_key="test")
    mocksse.expect_text(ask(client, "Rivers?"))
    assert [request.status for request in mocksse.requests] == [200, 200]


@pytest.mark.mocksse("openai-chat", fault="reset at=event:5")
def test_but_not_for_ever(mocksse):
    client = OpenAI(base_url=mocksse.url("/v1"), api_key="test")
    with pytest.raises(RuntimeError):
        ask(client, "Rivers?")
    assert len(mocksse.requests) == 3
