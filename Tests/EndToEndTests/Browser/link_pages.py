"""Opens links of emails in a headless Chromium as a person would, with JavaScript and without.

usage: link_pages.py BASE_URL VERIFY_LINK RESET_LINK PLAIN_VERIFY_LINK PLAIN_RESET_LINK EMAIL PASSWORD [SCREENSHOT_PREFIX]
The links of the second pair are opened without JavaScript. Prints one line for each step; exits 1 with a sentence when a
step fails, or when a page broke its own policy.
"""

import json
import sys
import time

from devtools import browser

base, verify, reset, plain_verify, plain_reset, email, password = sys.argv[1:8]
screenshots = sys.argv[8] if len(sys.argv) > 8 else None
HEADING = "document.querySelector('h1')?.textContent"


def looks(page, name):
    """It fits narrow screens in both schemes, every field has a label, and the token is gone from the address bar."""
    for width in (320, 390):
        for scheme in ("light", "dark"):
            page.call("Emulation.setDeviceMetricsOverride", width=width, height=700, deviceScaleFactor=1, mobile=True)
            page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            page.wait(f"{name} fits {width} px", f"document.documentElement.scrollWidth <= {width}")
            if screenshots:
                page.screenshot(f"{screenshots}-{name}-{width}-{scheme}.png")
    page.wait("fields have labels", "[...document.querySelectorAll('input:not([type=hidden])')].every(i => i.labels.length)")


def open_link(page, link, heading):
    page.call("Page.navigate", url=link)
    page.wait(f"the page says: {heading}", f"document.readyState === 'complete' && {HEADING} === {json.dumps(heading)}")


def says(page, heading):
    page.wait(f"the page says: {heading}", f"document.readyState === 'complete' && {HEADING} === {json.dumps(heading)}")
    page.wait("no token is in the address bar", "!location.search && !location.hash")


def focuses(page, what):
    page.wait(f"{what} has the focus", f"document.activeElement === document.querySelector({json.dumps(what)})")


def press(page, key, code):
    for kind in ("keyDown", "keyUp"):
        text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)


def enter(page):
    press(page, "Enter", 13)


def tab_to(page, selector):
    for _ in range(12):
        if page.run(f"document.activeElement === document.querySelector({json.dumps(selector)})"):
            print("ok: reached by the tab key:", selector)
            return
        press(page, "Tab", 9)
    raise SystemExit(f"the tab key does not reach {selector}")


def type_into(page, selector, text):
    tab_to(page, selector)
    page.call("Input.insertText", text=text)


def with_script(page):
    open_link(page, verify, "Confirm your email address")
    page.wait("the address is shown", f"document.body.innerText.includes({json.dumps(email)})")
    page.wait("the token has left the address bar", "!location.search")
    looks(page, "verify")
    page.run("document.querySelector('.main').click()")
    says(page, "One more step")
    page.wait("nothing is to be typed", "!document.querySelector('input:not([type=hidden])')")
    tab_to(page, ".main")
    enter(page)
    says(page, "Your address is confirmed")
    page.wait("it says which", f"document.body.innerText.includes({json.dumps(email)})")
    focuses(page, "h1")
    looks(page, "verified")
    open_link(page, verify, "Confirm your email address")
    tab_to(page, ".main")
    enter(page)
    says(page, "Your address was confirmed before")

    open_link(page, reset, "Choose a new password")
    page.wait("the account is named for password managers",
              f"document.querySelector('[autocomplete=username]').value === {json.dumps(email)}")
    page.wait("it is a field for a new password", "document.getElementById('password').autocomplete === 'new-password'")
    looks(page, "reset")
    type_into(page, "#password", "password123")
    tab_to(page, "#show")
    press(page, "Enter", 13)
    page.wait("the password is shown", "document.getElementById('password').type === 'text'")
    press(page, "Enter", 13)
    page.wait("and hidden again", "document.getElementById('password').type === 'password'")
    tab_to(page, ".main")
    enter(page)
    page.wait("it says that it waits", "document.getElementById('status').textContent || document.getElementById('message')")
    page.wait("the password is refused", "(document.getElementById('message') || {}).textContent?.includes('most common')")
    says(page, "Choose a new password")
    focuses(page, "#message")
    page.wait("the field is marked", "document.getElementById('password').ariaInvalid === 'true'")
    page.wait("and empty", "document.getElementById('password').value === ''")
    looks(page, "refused")
    type_into(page, "#password", password)
    enter(page)
    says(page, "Your password was changed")
    focuses(page, "h1")
    open_link(page, reset, "Choose a new password")
    type_into(page, "#password", password)
    enter(page)
    says(page, "This link does not work")
    looks(page, "dead")


def shown_digits(page):
    label = page.run("document.querySelector('label[for=digits]').textContent")
    return label[-4:]


def without_script(page):
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    open_link(page, plain_verify, "Confirm your email address")
    looks(page, "plain-verify")
    tab_to(page, ".main")
    enter(page)
    says(page, "One more step")
    looks(page, "plain-step")
    # What is typed at once is typed by a program.
    time.sleep(2.2)
    type_into(page, "#digits", "4711" if shown_digits(page) != "4711" else "4712")
    enter(page)
    page.wait("other digits are refused", "(document.getElementById('message') || {}).textContent?.includes('digits')")
    focuses(page, "#message")
    time.sleep(2.2)
    type_into(page, "#digits", shown_digits(page))
    enter(page)
    says(page, "Your address is confirmed")
    focuses(page, "h1")

    open_link(page, plain_reset, "Choose a new password")
    looks(page, "plain-reset")
    page.wait("no switch that does nothing", "getComputedStyle(document.getElementById('show')).display === 'none'")
    time.sleep(2.2)
    type_into(page, "#password", password)
    type_into(page, "#digits", shown_digits(page))
    enter(page)
    says(page, "Your password was changed")


def keeps_secrets(page):
    """Tokens are in the addresses of links only, passwords in none, and no page names where one came from."""
    links = [verify, reset, plain_verify, plain_reset]
    tokens = [link.split("token=")[1] for link in links]
    for event in page.events:
        request = event.get("params", {}).get("request")
        if not request:
            continue
        if request["url"] not in links and any(token in request["url"] for token in tokens) or password in request["url"]:
            raise SystemExit(f"a secret is in an address: {request['url']}")
        if any(name.lower() == "referer" for name in request["headers"]):
            raise SystemExit("a page says where one came from")
    print("ok: secrets stay where they are")


with browser() as tab:
    for domain in ("Page", "Runtime", "Log", "Network"):
        tab.call(f"{domain}.enable")
    with_script(tab)
    without_script(tab)
    tab.keeps_to_itself(base)
    keeps_secrets(tab)
