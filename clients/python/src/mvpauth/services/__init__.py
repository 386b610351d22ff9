"""The services of the library, over the socket. Get them from `auth.get_…_service()`."""

from .auth_service import AuthService
from .password_service import PasswordService
from .user_service import UserService

__all__ = ["AuthService", "PasswordService", "UserService"]
