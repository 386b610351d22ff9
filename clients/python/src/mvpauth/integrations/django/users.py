"""Django's own row for an account of the daemon."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from mvpauth._generated import UserResponse

_log = logging.getLogger("mvpauth")


def local_user(account: UserResponse) -> Any:
    """The row of this account, made without a usable password where there is none; or None.

    A row that was there before is given to an account of its address only when that address is
    verified: anybody may register with an address, and would otherwise become its owner here.
    """
    model: Any = get_user_model()
    email_field, name_field = model.get_email_field_name(), model.USERNAME_FIELD
    same_address = Q(**{f"{email_field}__iexact": account.email}) | Q(**{name_field: account.email})
    with transaction.atomic():
        rows = list(model._default_manager.filter(same_address)[:2])
        if not rows:
            row = model(**dict.fromkeys((email_field, name_field), account.email))
            row.password = _mark(account)
            row.save()
            return row
    row = rows[0]
    is_same = _ascii_lower(getattr(row, email_field)) == _ascii_lower(account.email)
    if row.password == _mark(account) or (len(rows) == 1 and is_same and account.is_verified):
        return row
    _log.warning(
        "There is a user %s of another origin; the account's address is not verified, or"
        " not the only one.",
        row.pk,
    )
    return None


def _mark(account: UserResponse) -> str:
    """A password that is unusable (its `!`), and says whose row it is."""
    return f"!mvp-auth:{account.id}"


def _ascii_lower(text: str) -> bytes:
    # Of bytes, because databases and Unicode turn other letters into ASCII ones.
    return text.encode("utf-8", "replace").lower()
