"""Drives the /docs page in a headless Chromium as a person would, through the DevTools protocol.

usage: docs_page.py BASE_URL EMAIL PASSWORD [SCREENSHOT_PREFIX]
Prints one line for each step; exits 1 with a sentence when a step fails, or when the page broke its own policy.
"""

import json
import sys

from devtools import browser


def fill_and_send(page, route, values):
    """Opens a card, types into its fields and presses Send."""
    page.run(
        f"""(() => {{
            const card = document.getElementById({json.dumps(route)});
            card.querySelector("summary").click();
            for (const [name, value] of Object.entries({json.dumps(values)})) {{
                const input = card.querySelector(`input[name="${{name}}"]`);
                input.value = value;
                input.dispatchEvent(new Event("input"));
            }}
            card.querySelector("button.send").click();
        }})()"""
    )


def status_of(route):
    return f"(document.querySelector('#{route} .status') || {{}}).textContent"


def expect_status(page, route, status):
    page.wait(f"{route} answers {status}", f"({status_of(route)} || '').startsWith('{status}')")


def describes(page):
    """Members are explained and bounded, and every shape has an address."""
    page.wait(
        "what a new password has to be",
        "document.querySelector('#user-register').textContent.includes('8 to 128 characters')",
    )
    page.wait("what an address is", "/email address/.test(document.querySelector('#user-register form').textContent)")
    page.wait("the answer's shape", "/Answer 201: UserResponse/.test(document.querySelector('#user-register').textContent)")
    page.wait("its members", "/Whether the address has been proved/.test(document.querySelector('#user-register').textContent)")
    page.wait("a list's shape", "/list of SessionResponse/.test(document.querySelector('#session-list').textContent)")
    page.wait("every shape", "document.querySelectorAll('details.shape').length >= 10 && !!document.getElementById('shape-TokenPair')")
    page.wait("the document is linked", "!!document.querySelector('a[href=\"openapi.json\"]')")


def resize(page, width):
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=840, deviceScaleFactor=1, mobile=False)
    page.wait(f"the page is {width} pixels wide", f"innerWidth === {width}")
    # The page measures its bar in the frame after the change, as nobody clicks before he sees it.
    page.wait(
        "the bar is measured",
        "document.documentElement.style.getPropertyValue('--bar') === `${document.getElementById('bar').offsetHeight}px`",
    )


def fits(page):
    """On a narrow screen too: nothing sticks out, the contents are a menu, and what is linked to lies below the bar."""
    for width in (390, 1280):
        resize(page, width)
        page.wait("nothing sticks out", "document.documentElement.scrollWidth <= innerWidth")
        for target in ("session-revoke", "user-register", "shape-SessionResponse"):
            if width == 390:
                page.wait("the contents are away", "getComputedStyle(document.getElementById('contents')).display === 'none'")
                page.run("document.getElementById('menu').click()")
            page.wait("the contents show", "getComputedStyle(document.getElementById('contents')).display !== 'none'")
            page.run(f"document.querySelector('#contents a[href=\"#{target}\"]').click()")
            page.wait(
                f"{target} lies below the bar",
                f"""(() => {{
                    const card = document.getElementById('{target}').getBoundingClientRect();
                    const bar = document.getElementById('bar').getBoundingClientRect();
                    const isLast = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
                    return card.top >= bar.bottom && (card.top < bar.bottom + 40 || isLast);
                }})()""",
            )
            page.run("scrollTo(0, 0)")


def reads_well(page):
    """The contrast of what is on code, in both themes: WCAG 2.2, 1.4.3."""
    for theme in ("light", "dark"):
        page.run(f"setTheme('{theme}')")
        worst = page.run(
            """(() => {
                const luminance = (colour) => {
                    const [r, g, b] = colour.match(/\\d+/g).map((part) => {
                        const value = part / 255;
                        return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
                    });
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ratios = [...document.querySelectorAll("pre span")].map((span) => {
                    const [text, ground] = [span, span.closest("pre")].map((node) => getComputedStyle(node));
                    const [a, b] = [luminance(text.color), luminance(ground.backgroundColor)].sort((x, y) => y - x);
                    return (a + 0.05) / (b + 0.05);
                });
                return [ratios.length, Math.min(...ratios)];
            })()"""
        )
        if worst[0] < 20 or worst[1] < 4.5:
            raise SystemExit(f"the contrast on code is {worst[1]:.2f} in the {theme} theme, of {worst[0]} words")
        print(f"ok: the contrast on code is at least {worst[1]:.2f} in the {theme} theme")


def paste(page, token):
    page.run("document.getElementById('authorize').click()")
    page.run(f"document.getElementById('paste-access').value = {token}")
    page.run("document.querySelector('#paste-form button.send').click()")


def authorizes(page):
    """A token from elsewhere is taken when it is alive, in the forms in which people copy it."""
    page.run("window.kept = [sessionStorage.access_token, sessionStorage.refresh_token]; tokens.forget()")
    for wrong in ("'nonsense'", "kept[0] + 'x'", "''"):
        paste(page, wrong)
        page.wait("a wrong token is refused", "!document.getElementById('paste-trouble').hidden && !sessionStorage.access_token")
        page.run("document.getElementById('paste-cancel').click()")
    paste(page, "'  Bearer ' + kept[0].slice(0, 40) + '\\n' + kept[0].slice(40) + ' '")
    page.wait("the token is used", "sessionStorage.access_token === kept[0] && !document.getElementById('paste').open")
    page.wait("it says who that is", "/Signed in as .*@/.test(document.getElementById('identity').textContent)")
    page.run("sessionStorage.setItem('refresh_token', kept[1])")


def log_in(page, email, password):
    page.run("document.querySelector('#auth-login .answer')?.remove()")
    fill_and_send(page, "auth-login", {"email": email, "password": password})
    page.wait("there is a token", "!!sessionStorage.access_token")


def signs_out(page, email, password):
    """Signing out ends the session at the service, not on the page only."""
    log_in(page, email, password)
    page.run("window.kept = sessionStorage.access_token; document.getElementById('forget').click()")
    page.wait("tokens are forgotten", "sessionStorage.length === 0")
    page.wait(
        "the session has ended",
        "fetch('auth/me', {headers: {Authorization: 'Bearer ' + kept}}).then((answer) => answer.status === 401)",
    )


def notices_the_end(page, email, password):
    """A token that dies is no sign-in any more: by time, and by what the service answers."""
    log_in(page, email, password)
    page.run("fetch('auth/logout-all', {method: 'POST', headers: {Authorization: 'Bearer ' + sessionStorage.access_token}})")
    page.wait(
        "a refused token is noticed",
        """(document.querySelector('#user-get-current-user button.send').click(),
            !document.getElementById('identity').classList.contains('signed') && !sessionStorage.access_token)""",
    )
    page.run(
        """(() => {
            const claims = btoa(JSON.stringify({ sub: "x", exp: Date.now() / 1000 + 2 }));
            tokens.keep({ access_token: `e30.${claims}.x` });
        })()"""
    )
    signed = "document.getElementById('identity').classList.contains('signed')"
    page.wait("signed in for two seconds", signed)
    page.wait("and no longer", "!" + signed)
    page.run("tokens.forget()")


def drive(page, base, email, password, screenshots):
    for domain in ("Page", "Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    page.call("Page.navigate", url=base + "/docs")
    page.wait("fourteen routes and three of the system", "document.querySelectorAll('details.route').length === 17")
    fill_and_send(page, "user-register", {"email": email, "password": password})
    expect_status(page, "user-register", 201)
    fill_and_send(page, "user-get-current-user", {})
    expect_status(page, "user-get-current-user", 401)
    fill_and_send(page, "auth-login", {"email": email, "password": password})
    expect_status(page, "auth-login", 200)
    page.wait("the signed-in state shows", "document.getElementById('identity').textContent.startsWith('Signed in as')")
    hidden = page.run("!document.querySelector('#auth-logout pre').textContent.includes(sessionStorage.access_token)")
    if not hidden:
        raise SystemExit("a whole token is on the page")
    page.run("document.querySelector('#user-get-current-user button.send').click()")
    expect_status(page, "user-get-current-user", 200)
    page.wait(
        "the answer shows the address",
        f"document.querySelector('#user-get-current-user .answer').textContent.includes({json.dumps(email.lower())})",
    )
    if screenshots:
        for name, width, dark in (("light", 1200, False), ("dark", 1200, True), ("narrow", 390, False)):
            page.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            page.run(f"setTheme('{'dark' if dark else 'light'}')")
            page.run("document.getElementById('user-get-current-user').scrollIntoView()")
            page.screenshot(f"{screenshots}-{name}.png")
    fill_and_send(page, "auth-refresh", {})
    expect_status(page, "auth-refresh", 200)
    fill_and_send(page, "session-list", {})
    expect_status(page, "session-list", 200)
    page.run("document.getElementById('filter').value = 'password'")
    page.run("document.getElementById('filter').dispatchEvent(new Event('input'))")
    page.wait("the filter leaves the routes about passwords", "document.getElementById('auth-logout').hidden")
    page.run("document.getElementById('filter').value = ''")
    page.run("document.getElementById('filter').dispatchEvent(new Event('input'))")
    describes(page)
    fits(page)
    reads_well(page)
    authorizes(page)
    fill_and_send(page, "auth-logout", {})
    expect_status(page, "auth-logout", 200)
    page.wait("tokens are forgotten", "sessionStorage.length === 0")
    signs_out(page, email, password)
    notices_the_end(page, email, password)
    page.keeps_to_itself(base)


def main():
    base, email, password = sys.argv[1:4]
    with browser() as page:
        drive(page, base, email, password, sys.argv[4] if len(sys.argv) > 4 else None)


main()
