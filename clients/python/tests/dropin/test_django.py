"""The Django integration, with Django's own test clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

django = pytest.importorskip("django")

from django.conf import settings

from accounts import PASSWORD

if not settings.configured:
    settings.configure(
        SECRET_KEY="for tests only",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        AUTHENTICATION_BACKENDS=["mvpauth.integrations.django.SidecarBackend"],
        MIDDLEWARE=[
            "mvpauth.integrations.django.BearerMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        USE_TZ=True,
    )
    django.setup()

from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.http import HttpRequest, JsonResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path

from mvpauth.core.exceptions import ServiceUnavailableError, UserExistsError
from mvpauth.integrations.django import SidecarBackend, async_client, client
from mvpauth.testing import Daemon, StubAuth, StubClient


def hello(request: HttpRequest) -> JsonResponse:
    user = request.auth_user  # type: ignore[attr-defined]
    return JsonResponse({"email": user.email if user else None})


async def hello_async(request: HttpRequest) -> JsonResponse:
    return hello(request)


def taken(request: HttpRequest) -> JsonResponse:
    raise UserExistsError()


urlpatterns = [path("hello", hello), path("hello-async", hello_async), path("taken", taken)]


@pytest.fixture(scope="module", autouse=True)
def tables() -> None:
    call_command("migrate", verbosity=0, run_syncdb=True)


@pytest.fixture(autouse=True)
def no_users(tables: None) -> Iterator[None]:
    yield
    get_user_model().objects.all().delete()


@pytest.fixture
def daemon(private: Daemon) -> Iterator[Daemon]:
    with override_settings(MVP_AUTH={"socket": private.socket}):
        yield private
        client().close()


def verify(daemon: Daemon, address: str) -> None:
    client().verify_email(daemon.email(address, "verification_email").token)


def test_signing_in_makes_a_row_once(daemon: Daemon, address: str) -> None:
    client().register(address, PASSWORD)
    request = RequestFactory().post("/login", HTTP_USER_AGENT="Firefox")
    user = authenticate(request, username=address, password=PASSWORD)
    assert user is not None
    assert (user.email, user.get_username(), user.has_usable_password()) == (  # type: ignore[attr-defined]
        address,
        address,
        False,
    )
    assert authenticate(request, email=address.upper(), password=PASSWORD) == user
    assert authenticate(request, username=address, password="wrong") is None
    assert authenticate(request, username=address) is None
    assert get_user_model().objects.count() == 1
    assert SidecarBackend().get_user(user.pk) == user
    pair = client().login(address, PASSWORD)
    assert len(client().sessions(pair.access_token)) == 1


def test_a_row_of_another_origin_needs_a_verified_address(daemon: Daemon, address: str) -> None:
    boss = get_user_model().objects.create_superuser("boss", address, "django's own password")
    client().register(address, PASSWORD)
    assert authenticate(None, username=address, password=PASSWORD) is None
    verify(daemon, address)
    assert authenticate(None, username=address, password=PASSWORD) == boss


@pytest.mark.parametrize(
    ("name", "email"), [("{}", "other@example.org"), ("one", "K{}"), ("two", "")]
)
def test_a_row_that_only_looks_alike_is_not_taken(
    daemon: Daemon, address: str, name: str, email: str
) -> None:
    get_user_model().objects.create_user(name.format(address), email.format(address))
    client().register(address, PASSWORD)
    verify(daemon, address)
    user = authenticate(None, username=address, password=PASSWORD)
    assert user is None or user.has_usable_password() is False
    assert user is None or user.email == address  # type: ignore[attr-defined]


def test_a_deactivated_row_stays_out(daemon: Daemon, address: str) -> None:
    client().register(address, PASSWORD)
    user: Any = authenticate(None, username=address, password=PASSWORD)
    user.is_active = False
    user.save()
    assert authenticate(None, username=address, password=PASSWORD) is None
    assert SidecarBackend().get_user(user.pk) is None


def test_the_daemon_away_is_no_wrong_password() -> None:
    away = override_settings(MVP_AUTH={"socket": "/nonexistent/x.sock", "timeout": 0.1})
    with away, pytest.raises(ServiceUnavailableError):
        authenticate(None, username="ada@example.org", password=PASSWORD)


def test_the_password_is_hidden_in_error_reports() -> None:
    from django.views.debug import ExceptionReporter

    with override_settings(MVP_AUTH={"socket": "/nonexistent/x.sock", "timeout": 0.1}):
        try:
            SidecarBackend().authenticate(None, username="a@example.org", password="canary-7f3a")
        except ServiceUnavailableError as error:
            reporter = ExceptionReporter(None, type(error), error, error.__traceback__)
            frames = [f for f in reporter.get_traceback_frames() if f["function"] == "authenticate"]
    assert frames
    assert "canary" not in str(frames[0]["vars"])


def stub() -> StubClient:
    return StubClient(users={"t": "ada@example.org"})


def async_stub() -> StubAuth:
    return StubAuth(users={"t": "ada@example.org"})


STUBBED = {"client": f"{__name__}.stub", "async_client": async_stub}


@pytest.mark.parametrize("path", ["/hello", "/hello-async"])
@override_settings(MVP_AUTH=STUBBED)
def test_the_bearer_of_a_token_under_wsgi(path: str) -> None:
    _check(lambda **headers: Client().get(path, **headers))


@pytest.mark.parametrize("path", ["/hello", "/hello-async"])
@override_settings(MVP_AUTH=STUBBED)
def test_the_bearer_of_a_token_under_asgi(path: str) -> None:
    def get(**headers: str) -> Any:
        plain = {name.removeprefix("HTTP_"): value for name, value in headers.items()}
        return async_to_sync(AsyncClient().get)(path, **plain)

    _check(get)
    assert [call.method for call in async_client().calls] == ["user.get_current_user"] * 2  # type: ignore[attr-defined]


def _check(get: Callable[..., Any]) -> None:
    assert get().json() == {"email": None}
    assert get(HTTP_AUTHORIZATION="Bearer t").json() == {"email": "ada@example.org"}
    for header in ("Bearer bad", "Basic YTpi"):
        refused = get(HTTP_AUTHORIZATION=header)
        assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_INVALID")
        assert refused["WWW-Authenticate"].startswith("Bearer")
        assert refused["Cache-Control"] == "no-store"


@override_settings(MVP_AUTH=STUBBED)
def test_a_token_stands_for_the_csrf_cookie() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/hello").status_code == 403
    assert browser.post("/hello", HTTP_AUTHORIZATION="Bearer t").status_code == 200


@override_settings(MVP_AUTH=STUBBED)
def test_errors_of_views_are_answered() -> None:
    response = Client().get("/taken")
    assert (response.status_code, response.json()["code"]) == (409, "USER_EXISTS")


def test_unknown_settings_are_named() -> None:
    unknown = override_settings(MVP_AUTH={"sokcet": "/x"})
    with unknown, pytest.raises(ImproperlyConfigured, match="sokcet"):
        client()


@override_settings(MVP_AUTH=STUBBED)
def test_rest_framework() -> None:
    pytest.importorskip("rest_framework")
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from mvpauth.integrations.django import BearerAuthentication

    class Hello(APIView):
        authentication_classes = (BearerAuthentication,)

        def get(self, request: Any) -> Response:
            return Response({"user": request.user.email, "account": request.auth.email})

    def call(**headers: str) -> Any:
        return Hello.as_view()(RequestFactory().get("/", **headers))

    said = call(HTTP_AUTHORIZATION="Bearer t")
    assert said.data == {"user": "ada@example.org", "account": "ada@example.org"}
    refused = call(HTTP_AUTHORIZATION="Bearer bad")
    assert (refused.status_code, refused.data["code"]) == (401, "TOKEN_INVALID")
    assert refused["WWW-Authenticate"].startswith("Bearer")


async def test_requests_of_several_users_interleave() -> None:
    from test_interleaving import USERS, SlowStub, check

    with override_settings(MVP_AUTH={"async_client": SlowStub(users=USERS)}):

        async def get(token: str) -> str:
            headers = {"AUTHORIZATION": f"Bearer {token}"}
            return str((await AsyncClient().get("/hello-async", **headers)).json()["email"])

        await check(get)
