"""Which providers the settings name."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from tools.errors import ConfigError
from tools.llm import ScriptedProvider, make_providers
from tools.llm.table import local_provider, provider_table, single_provider
from tools.settings import ModelSettings


def test_a_table_in_place_keeps_its_order_and_reads_keys_from_the_environment() -> None:
    table = {"b": {"model": "gemini/gemini-2.5-flash", "api_key_env": "KEY"}, "a": {"model": "ollama_chat/qwen"}}
    first, second = provider_table(json.dumps(table), {"KEY": "secret"})
    assert (first.name, second.name) == ("b", "a")
    assert first.api_key == SecretStr("secret")
    assert "secret" not in repr(first)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("providers.toml", '[a]\nmodel = "openai/x"\nprefers = ["error_debugging"]\n'),
        ("p.json", '{"a": {"model": "x"}}'),
    ],
    ids=["toml", "json"],
)
def test_a_table_in_a_file(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert [provider.name for provider in provider_table(str(file), {})] == ["a"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("/no/such/file.toml", "neither a JSON object nor a readable file"),
        ("{", "LLM_PROVIDERS: "),
        ('{"a": 1}', "must be a table"),
        ('{"a": {"modle": "x"}}', "LLM_PROVIDERS.a: model: Field required; modle: Extra inputs"),
        ('{"a": {"model": "x", "api_key": "sk-1"}}', "name its variable in api_key_env"),
        ('{"a": {"model": "x", "api_key_env": "NOPE"}}', "api_key_env names NOPE, which is not set"),
        ('{"a": {"model": "x", "timeout_s": -1}}', "LLM_PROVIDERS.a: timeout_s: Input should be greater than 0"),
        ('{"a": {"model": "x", "prefers": ["cooking"]}}', "LLM_PROVIDERS.a: prefers.0"),
    ],
)
def test_a_wrong_table_is_one_sentence_that_names_the_field(value: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        provider_table(value, {})
    assert words in str(caught.value)
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "base_url", "name"),
    [
        ("gemini/gemini-2.5-flash", None, "gemini/gemini-2.5-flash"),
        ("qwen2.5-coder", "http://x/v1", "openai/qwen2.5-coder"),
        ("Qwen/Qwen2.5-Coder-7B", "http://x/v1", "openai/Qwen/Qwen2.5-Coder-7B"),
        ("ollama_chat/qwen", "http://x", "ollama_chat/qwen"),
        ("", "http://x/v1", "openai/default"),
    ],
)
def test_one_model_by_two_settings(model: str, base_url: str | None, name: str) -> None:
    assert single_provider(model, base_url, None).model == name


def test_settings_put_the_table_first_and_the_local_model_last(tmp_path: Path) -> None:
    settings = ModelSettings(
        llm_model="openai/x", llm_providers='{"a": {"model": "y"}}', local_model_path=tmp_path / "m.gguf"
    )
    assert [provider.name for provider in settings.providers] == ["a", "default", "local"]


def test_settings_refuse_a_name_that_stands_there_twice() -> None:
    settings = ModelSettings(llm_model="x", llm_providers='{"default": {"model": "y"}}')
    with pytest.raises(ConfigError, match="a name stands there twice"):
        _ = settings.providers


def test_without_settings_there_is_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LLM_MODEL", "LLM_BASE_URL", "LLM_PROVIDERS", "LOCAL_MODEL_PATH"):
        monkeypatch.delenv(name, raising=False)
    assert ModelSettings().providers == ()


def test_a_missing_local_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"m\.gguf is no file"):
        make_providers([local_provider(tmp_path / "m.gguf")])


async def test_a_scripted_model_reads_its_answers_from_a_file_and_begins_again(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('["one", "two"]', encoding="utf-8")
    (provider,) = make_providers(provider_table(json.dumps({"demo": {"model": f"scripted/{file}"}}), {}))
    assert isinstance(provider, ScriptedProvider)
    said = [(await provider.complete([])).text for _ in range(3)]
    assert said == ["one", "two", "one"]


@pytest.mark.parametrize("text", ["{}", "[]", "[1]", "no"])
def test_a_script_must_be_a_list_of_texts(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="provider 'demo'"):
        make_providers(provider_table(json.dumps({"demo": {"model": f"scripted/{file}"}}), {}))
