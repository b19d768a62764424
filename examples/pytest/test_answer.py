from openai import OpenAI


def test_answer(mocksse):
    mocksse.play("openai-chat", fault="status 429 retry-after=0 shape=openai times=1")
    client = OpenAI(base_url=mocksse.url("/v1"), api_key="test")
    stream = client.chat.completions.create(
        model="smollm2", messages=[{"role": "user", "content": "Rivers?"}], stream=True
    )
    answer = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert len(mocksse.requests) == 2  # the SDK asked again, once
    mocksse.expect_text(answer)  # nothing lost, doubled or garbled
