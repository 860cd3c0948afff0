"""What all tests share."""

from collections.abc import Iterator

import pytest

from tests.sandbox.covered import listening


@pytest.fixture(scope="session", autouse=True)
def _covered() -> Iterator[None]:
    """The lines of locked children count too."""
    with listening():
        yield
