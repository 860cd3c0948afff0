"""Runner profiles are data: shipped ones load, any field can be overridden, and mistakes are named."""

import pytest

from tools.errors import CodeNodeError
from tools.n8n.profile import load_profile, profile_from, profile_names


def test_the_shipped_profiles() -> None:
    assert profile_names() == ("n8n-2-default", "n8n-2-runners-image", "n8n-cloud")
    assert all(load_profile(name).name == name for name in profile_names())


def test_a_stock_n8n_allows_no_import_at_all() -> None:
    rules = load_profile().rules("runOnceForEachItem")

    assert rules.mode == "runOnceForEachItem"
    assert (rules.python_stdlib_allow, rules.python_external_allow) == ((), ())
    assert (rules.javascript_builtin_allow, rules.javascript_external_allow) == ((), ())
    assert "open" in rules.python_builtins_deny


def test_a_request_may_name_a_profile_and_override_fields_of_it() -> None:
    profile = profile_from({"name": "n8n-cloud", "python_stdlib_allow": ["re"]})

    assert (profile.name, profile.self_hosted) == ("n8n-cloud", False)
    assert profile.rules("runOnceForAllItems").python_stdlib_allow == ("re",)
    assert profile.rules("runOnceForAllItems").javascript_builtin_allow == ("crypto",)
    assert profile_from(None) == profile_from("n8n-2-default")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("n8n-9", "profile: 'n8n-9' is not known; the shipped ones are n8n-2-default"),
        ({"colour": 1}, "profile.colour: no such field"),
        ({"task_timeout_s": 0}, "profile.task_timeout_s=0: Input should be greater than 0"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(value: object, message: str) -> None:
    with pytest.raises(CodeNodeError, match=message):
        profile_from(value)  # type: ignore[arg-type]  # a request can hold anything
