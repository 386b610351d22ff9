"""Two programs in two languages, one account store: a session that Python begins, Swift ends.

    swift build --product TwoLanguagesExample
    PYTHONPATH=clients/python/src python3 Examples/TwoLanguages/accounts.py .build/debug/TwoLanguagesExample

Both find the daemon by MVP_AUTH_SOCKET, or where the package puts it.
"""

import subprocess
import sys

from mvpauth.client import Client
from mvpauth.errors import TokenRevokedError

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"

with Client() as auth:
    user = auth.register(EMAIL, PASSWORD)
    pair = auth.login(EMAIL, PASSWORD)
    print("Python: registered and signed in", user.email, flush=True)

    subprocess.run([sys.argv[1]], input=pair.access_token + "\n", text=True, check=True)

    try:
        auth.verify(pair.access_token)
    except TokenRevokedError as error:
        print("Python:", error.code)
