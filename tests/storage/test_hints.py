"""Processes hear what others say, not what they say themselves, and only as long as it holds."""

from tests.storage.conftest import OpenStorage
from tools.storage import Storage


async def test_others_hear_it_until_it_is_taken_back(open_again: OpenStorage) -> None:
    async with open_again(owner="host:1:a") as one, open_again(owner="host:2:b") as two:
        await one.hints.tell("provider", for_s=300)
        await one.hints.tell("provider", for_s=200)

        assert await two.hints.heard() == ["provider"]
        assert await one.hints.heard() == []
        assert await one.hints.take_back("provider")
        assert not await two.hints.take_back("provider")
        assert await two.hints.heard() == []


async def test_what_is_over_is_not_heard(storage: Storage, open_again: OpenStorage) -> None:
    async with open_again(owner="host:1:a") as other:
        await other.hints.tell("provider", for_s=-1)

    assert await storage.hints.heard() == []
