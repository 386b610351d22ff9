"""What an app expects of the policy, against what the daemon enforces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .config import AuthConfig


class Rule(NamedTuple):
    """One setting: the app's name and unit, and the daemon's."""

    setting: str
    told: str
    """The member of `system.info.policy`."""
    factor: int
    """The daemon's unit in the app's: 60 for seconds and minutes."""
    is_floor: bool
    """Whether less than the app asked for is weaker."""


RULES = (
    Rule("access_token_expire_minutes", "access_token_seconds", 60, False),
    Rule("refresh_token_expire_days", "refresh_token_seconds", 86_400, False),
    Rule("verification_token_expire_hours", "verification_token_seconds", 3600, False),
    Rule("reset_token_expire_hours", "reset_token_seconds", 3600, False),
    Rule("algorithm", "algorithm", 1, False),
    Rule("password_algorithm", "password_algorithm", 1, False),
    Rule("min_password_length", "min_password_length", 1, True),
    Rule("require_email_verification", "require_email_verification", 1, True),
)


class Comparison(NamedTuple):
    """Sentences about where the app and the daemon differ."""

    weaker: list[str]
    different: list[str]


def compare(config: AuthConfig, policy: Mapping[str, Any] | None) -> Comparison:
    """Compares what the app asked for; what it did not name is the daemon's business."""
    weaker: list[str] = []
    different: list[str] = []
    untold: list[str] = []
    for rule in RULES:
        if rule.setting not in config.asked:
            continue
        asked = getattr(config, rule.setting)
        variable = f"AUTH_{rule.setting.upper()}"
        enforced = None if policy is None else policy.get(rule.told)
        if enforced is None:
            untold.append(rule.setting)
            continue
        wanted = asked * rule.factor if rule.factor > 1 else asked
        if enforced == wanted or _is_same_text(enforced, wanted):
            continue
        unit = " seconds" if rule.factor > 1 else ""
        sentence = (
            f"the app asks for {rule.setting}={asked!r}, and the daemon enforces"
            f" {enforced!r}{unit}: set {variable} there, or change the app's"
        )
        (weaker if rule.is_floor and enforced < wanted else different).append(sentence)
    if untold:
        different.append(
            f"the app asks for {', '.join(untold)}, and the daemon does not say what it enforces:"
            " set AUTH_… there and remove it here"
        )
    return Comparison(weaker, different)


def _is_same_text(enforced: object, wanted: object) -> bool:
    """The library says `argon2` and the daemon `argon2id`: one algorithm."""
    if not (isinstance(enforced, str) and isinstance(wanted, str)):
        return False
    return enforced.lower().removesuffix("id") == wanted.lower().removesuffix("id")
