"""What to do about which error."""

from mvpauth import Client, MvpAuthError
from mvpauth.errors import (
    InvalidCredentialsError,
    InvalidPasswordError,
    RateLimitedError,
    ServiceUnavailableError,
    ValidationError,
)


def sign_up(auth: Client, email: str, password: str) -> str:
    """What to tell the person in front of the form."""
    try:
        auth.register(email, password)
        auth.login(email, password)
    except (InvalidPasswordError, ValidationError) as error:
        return "; ".join(f"{field.path}: {field.reason}" for field in error.fields) or error.message
    except InvalidCredentialsError:
        return "Wrong address or password."
    except RateLimitedError as error:
        return f"Try again in {error.retry_after or 60:.0f} seconds."
    except ServiceUnavailableError as error:
        # False only when it is certain that nothing was done.
        return "Perhaps it worked: sign in." if error.executed else "Nothing was done. Try again."
    except MvpAuthError as error:
        return f"{error.message} ({error.code})"
    return "Welcome."


with Client() as auth:
    print(sign_up(auth, "joan@example.org", "short"))
    print(sign_up(auth, "joan@example.org", "a phrase of some length"))
    print(sign_up(auth, "joan@example.org", "a phrase of some length"))
