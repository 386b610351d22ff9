"""The whole life of an account, with the client for threads."""

from mvpauth import Client
from mvpauth.errors import TokenRevokedError, UserExistsError

EMAIL, PASSWORD = "grace@example.org", "a long and quiet phrase"

with Client() as auth:
    try:
        auth.register(EMAIL, PASSWORD)
    except UserExistsError:
        print("Welcome back.")
    laptop = auth.login(EMAIL, PASSWORD, device_info="Laptop")
    phone = auth.login(EMAIL, PASSWORD, device_info="Phone")
    for session in auth.sessions(laptop.access_token):
        print(session.device_info, "(this one)" if session.current else "")
    print(auth.logout_all(laptop.access_token).revoked, "sessions ended")
    try:
        auth.verify(phone.access_token)
    except TokenRevokedError:
        print("The phone is signed out at once.")
