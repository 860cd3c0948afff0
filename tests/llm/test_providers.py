"""Providers over real HTTP, each failing in its own way, behind LiteLLM and the router."""

import asyncio
import importlib.metadata
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from tests.llm.clock import Clock
from tests.llm.providers import QUESTION
from tests.llm.stub_server import ANSWER, Fault, StubServer, servers
from tools.errors import NoProviderAvailable, ProviderError
from tools.llm import CompletionRequest, ProviderConfig, Router, RouterConfig
from tools.llm.providers import LiteLLMProvider

COMPROMISED = {"1.82.7", "1.82.8", "1.107.0"}
FAULTS: list[tuple[Fault, str]] = [
    ("http500", "the server failed"),
    ("http429", "too many requests"),
    ("http400", "the request is refused"),
    ("http401", "the key is refused"),
    ("hang", "gave no text within"),
    ("slow_loris", "gave no text within"),
    ("cut_stream", "the answer broke off"),
    ("garbage_stream", "the answer broke off"),
    ("invalid_json", "broke off its answer after 0 characters"),
    ("no_end", "broke off its answer after"),
    ("empty", "gave an empty answer"),
    ("refused", "the server failed"),
]


def provider(name: str, stub: StubServer, **config: Any) -> LiteLLMProvider:
    values: dict[str, Any] = {
        "model": "openai/stub",
        "api_base": stub.base_url,
        "first_token_timeout_s": 20,
        "timeout_s": 30,
    } | config
    return LiteLLMProvider(ProviderConfig(name=name, **values))


async def routed(*providers: LiteLLMProvider, clock: Clock | None = None, **config: Any) -> AsyncIterator[Router]:
    clock = clock or Clock()
    values = {"health_interval_s": 0, "max_wait_s": 0} | config
    async with Router(providers, RouterConfig(**values), clock=clock, sleep=clock.sleep) as router:
        yield router


async def test_a_whole_answer_with_its_usage() -> None:
    async with StubServer() as stub:
        async for router in routed(provider("a", stub)):
            answer = await router.complete(QUESTION, seed=7, temperature=0.5, max_tokens=99, json_mode=True)
        assert (answer.text, answer.tokens_in, answer.tokens_out, answer.cost_usd) == (ANSWER, 12, 7, 0.0)
        sent = stub.bodies[0]
        assert (sent["seed"], sent["temperature"], sent["max_tokens"]) == (7, 0.5, 99)
        assert sent["response_format"] == {"type": "json_object"}


async def test_a_server_that_cannot_stream_is_asked_for_the_whole() -> None:
    async with StubServer() as stub:
        async for router in routed(provider("a", stub, streams=False)):
            assert (await router.complete(QUESTION)).text == ANSWER
        assert not stub.bodies[0].get("stream")


async def test_the_key_goes_into_the_header_and_nowhere_else() -> None:
    async with StubServer("http401") as stub:
        async for router in routed(provider("a", stub, api_key=SecretStr("sk-very-secret"))):
            with pytest.raises(ProviderError) as caught:
                await router.complete(QUESTION)
            assert "very-secret" not in f"{caught.value}{router.snapshot()}{router.circuits[0].provider.config}"
        assert stub.keys == ["bearer sk-very-secret"]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[fault for fault, _ in FAULTS])
async def test_the_other_provider_answers_and_the_reason_is_kept(fault: Fault, words: str) -> None:
    bad, good = StubServer(fault), StubServer()
    async with servers(bad, good):
        silent = fault in {"hang", "slow_loris"}
        impatient = {"first_token_timeout_s": 0.5 if silent else 20, "timeout_s": 30}
        async for router in routed(provider("bad", bad, **impatient), provider("good", good)):
            answer = await router.complete(QUESTION)
        assert (answer.text, answer.provider) == (ANSWER, "good")
        assert [words in failure.message for failure in answer.failures] == [True]
        assert bad.calls == 1


async def test_retry_after_of_a_real_429_is_kept() -> None:
    clock, busy, good = Clock(), StubServer("http429", retry_after_s=7), StubServer()
    async with servers(busy, good):
        async for router in routed(provider("busy", busy), provider("good", good), clock=clock):
            for _ in range(5):
                await router.complete(QUESTION)
            assert busy.calls == 1
            clock.advance(7)
            busy.becomes("ok")
            assert (await router.complete(QUESTION)).provider == "busy"


async def test_a_dead_provider_is_called_five_times_then_once_and_its_recovery_is_seen() -> None:
    clock, dead, good = Clock(), StubServer("http500"), StubServer()
    async with servers(dead, good):
        async for router in routed(provider("dead", dead), provider("good", good), clock=clock):
            for _ in range(12):
                assert (await router.complete(QUESTION)).provider == "good"
            assert dead.calls == 5
            clock.advance(300)
            dead.becomes("ok")
            answers = await asyncio.gather(*(router.complete(QUESTION) for _ in range(50)))
            assert dead.calls == 6
            assert sorted(answer.provider for answer in answers).count("dead") == 1
            assert (await router.complete(QUESTION)).provider == "dead"


async def test_a_flapping_provider_never_costs_an_answer_and_stays_closed() -> None:
    turns: list[Fault] = ["http500", "ok"] * 10
    flapping, good = StubServer(*turns), StubServer()
    async with servers(flapping, good):
        async for router in routed(provider("flapping", flapping), provider("good", good)):
            answers = [await router.complete(QUESTION) for _ in range(10)]
            assert {answer.text for answer in answers} == {ANSWER}
            assert router.snapshot()["providers"]["flapping"]["success_rate"] == 0.5
            assert router.circuits[0].breaker.state.name == "closed"


async def test_all_down_is_an_honest_error_within_the_deadline() -> None:
    hanging, failing = StubServer("hang"), StubServer("http500")
    async with servers(hanging, failing):
        async for router in routed(provider("hanging", hanging), provider("failing", failing), deadline_s=2):
            with pytest.raises(NoProviderAvailable, match=r"hanging gave no text .*failing: HTTP 500"):
                await router.complete(QUESTION)


def test_a_process_that_calls_no_model_imports_no_litellm() -> None:
    code = (
        "import sys, tools.llm, tools.settings, agents.code_generator, agents.fixer;"
        "from tools.llm import Router, ProviderConfig, make_providers;"
        "Router(make_providers([ProviderConfig(name='a', model='openai/gpt')]));"
        "sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_compromised_release_of_litellm_is_installed() -> None:
    assert importlib.metadata.version("litellm") not in COMPROMISED


async def test_prices_come_from_the_table_of_litellm() -> None:
    known = LiteLLMProvider(ProviderConfig(name="a", model="gpt-4o-mini"))
    unknown = LiteLLMProvider(
        ProviderConfig(name="b", model="openai/nobody-knows", api_base="https://example.invalid/v1")
    )
    await known.prepare()
    await unknown.prepare()
    assert known.prices is not None
    assert known.prices[0] > 0
    assert unknown.prices is None


async def test_a_request_is_not_changed_by_being_sent() -> None:
    request = CompletionRequest(({"role": "user", "content": "x"},))
    async with StubServer() as stub:
        one = provider("a", stub)
        assert [chunk async for chunk in one.stream(request)]
        await one.close()
    assert request == CompletionRequest(({"role": "user", "content": "x"},))
