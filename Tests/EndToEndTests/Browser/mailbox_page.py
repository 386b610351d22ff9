"""Drives the mailbox of development in a headless Chromium as a person would.

usage: mailbox_page.py BASE_URL EMAIL VERIFICATION_TOKEN [SCREENSHOT_PREFIX]
Prints one line for each step; exits 1 with a sentence when a step fails, or when a page broke its own policy.
"""

import base64
import json
import sys

from devtools import browser


def fits(page):
    for width in (390, 1280):
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=840, deviceScaleFactor=1, mobile=False)
        page.wait(f"the page is {width} pixels wide", f"innerWidth === {width}")
        page.wait("nothing sticks out", "document.documentElement.scrollWidth <= innerWidth")


def screenshot(page, prefix, name):
    if prefix:
        with open(f"{prefix}-{name}.png", "wb") as file:
            file.write(base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"]))


def drive(page, base, email, token, screenshots):
    for domain in ("Page", "Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    page.call("Page.navigate", url=base + "/dev/mailbox")
    page.wait("both emails are listed", "document.querySelectorAll('.emails li').length === 2")
    page.wait(
        "the newest is the first",
        "/Choose a new password/.test(document.querySelector('.emails li').textContent)",
    )
    page.wait("styles are in force", "getComputedStyle(document.querySelector('.emails')).listStyleType === 'none'")
    fits(page)
    screenshot(page, screenshots, "list")
    page.run("document.querySelector('.emails li:last-child a').click()")
    page.wait("an email is opened", "/Confirm your email address/.test(document.querySelector('h1')?.textContent)")
    page.wait("it says to whom", f"document.querySelector('dl').textContent.includes({json.dumps(email)})")
    page.wait(
        "its link holds the token",
        f"document.querySelector('a.link').href.endsWith('/verify-email?token=' + {json.dumps(token)})",
    )
    page.wait("its text is there", "/Confirm this address:/.test(document.querySelector('pre').textContent)")
    fits(page)
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=1400, deviceScaleFactor=1, mobile=False)
    frame = page.run("document.querySelector('iframe').getBoundingClientRect().toJSON()")
    if frame["height"] < 200 or frame["width"] > 390:
        raise SystemExit(f"the frame is {frame}")
    screenshot(page, screenshots, "detail")
    address = page.run("document.querySelector('iframe').src")
    # What is in the frame has an origin of its own: it is looked at alone.
    page.call("Page.navigate", url=address)
    page.wait("the email is shown as HTML", "/Confirm/.test(document.querySelector('a.button')?.textContent)")
    page.wait("with its colours", "getComputedStyle(document.querySelector('a.button')).color === 'rgb(255, 255, 255)'")
    page.wait("its link opens a tab", "document.querySelector('base').target === '_blank'")
    page.wait("it has no origin", "origin === 'null'")
    fits(page)
    page.call("Page.navigate", url=base + "/dev/mailbox/")
    page.wait("a slash at the end does no harm", "document.querySelectorAll('.emails li a').length === 2")
    page.run("document.querySelector('.emails li a').click()")
    page.wait("links still lead somewhere", "/Choose a new password/.test(document.querySelector('h1')?.textContent)")
    page.run("document.querySelector('main a').click()")
    page.wait("and back", "document.querySelector('h1')?.textContent === 'Mailbox'")
    page.keeps_to_itself(base)


def main():
    base, email, token = sys.argv[1:4]
    with browser() as page:
        drive(page, base, email, token, sys.argv[4] if len(sys.argv) > 4 else None)


main()
