"""Flask: an extension that says who makes a request.

```python
auth = MvpAuth(app)

@app.get("/private")
@login_required
def private():
    return {"hello": current_user.email}
```
"""

from .extension import MvpAuth, current_user, login_required
from .testing import MvpAuthFlaskClient

__all__ = ["MvpAuth", "MvpAuthFlaskClient", "current_user", "login_required"]
