"""A test client that sends the requests of a user."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

__all__ = ["MvpAuthFlaskClient"]


class MvpAuthFlaskClient(FlaskClient):
    """A `FlaskClient` whose requests carry a token.

    ```python
    app.test_client_class = MvpAuthFlaskClient
    client = app.test_client(user=pair.access_token)
    ```

    - user: an access token, or a `TokenPair`; None: anonymous.
    """

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        token = getattr(user, "access_token", user)
        if token is not None:
            self.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
