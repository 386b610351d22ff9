"""A mail server for tests: aiosmtpd on a port of its own choosing. Says what happens as lines of JSON.

usage: mail_server.py OPTIONS     a JSON object: tls (none, starttls, tls), certificate, key, user, password, mechanisms,
                                  utf8, close_idle

What it does with a message depends on what stands before the @ of the recipient: see `Handler`.
"""
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, MISSING

from message import described

options = json.loads(sys.argv[1])
connections = 0


def say(**members):
    print(json.dumps(members), flush=True)


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        say(event="ehlo", name=hostname, encrypted=session.ssl is not None)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if options.get("close_idle") and session.number == 1 and session.mails:
            # The connection that the sender kept has gone meanwhile.
            server.transport.abort()
        session.mails += 1
        if address.startswith("refused"):
            return "550 5.7.1 This sender may not send here"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "later":
            return "451 4.7.1 Greylisted, try again"
        if name == "nobody":
            return "550-5.1.1 There is nobody\r\n550 5.1.1 of that name"
        if name == "slow":
            await asyncio.sleep(30)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        say(
            event="message", sender=envelope.mail_from, recipients=envelope.rcpt_tos, options=envelope.mail_options,
            connection=session.number, user=session.auth_data,
            encrypted=options.get("tls") == "tls" or session.ssl is not None, message=described(envelope.original_content),
        )
        if name == "dropped":
            server.transport.abort()
        if name == "spam":
            return "554 5.7.1 This looks like spam"
        if name == "echo":
            # A server that says what it was sent.
            return "554 5.7.1 " + envelope.original_content.decode("ascii", "replace").replace("\r\n", " ")[-400:]
        return "250 OK"

    async def handle_exception(self, error):
        return "451 4.3.0 " + type(error).__name__

    async def auth_XOAUTH2(self, server, args):
        text = args[1] if len(args) > 1 else await server.challenge_auth("")
        if text is MISSING:
            return AuthResult(success=False)
        text = base64.b64decode(text) if isinstance(text, str) else text
        user, bearer = text.decode().split("\x01")[:2]
        good = user == "user=" + options["user"] and bearer == "auth=Bearer " + options["password"]
        return AuthResult(success=good, handled=False, auth_data="xoauth2")


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (options["user"].encode(), options["password"].encode())
    return AuthResult(success=good, handled=False, auth_data=mechanism.lower())


class Server(SMTP):
    def connection_made(self, transport):
        global connections
        super().connection_made(transport)
        # STARTTLS makes a session anew of the same connection.
        if not getattr(self, "number", None):
            connections += 1
            self.number = connections
            say(event="connection", number=connections)
        self.session.number, self.session.mails = self.number, 0


async def main():
    context = None
    tls = options.get("tls", "starttls")
    if tls != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
    all_mechanisms = {"PLAIN", "LOGIN", "XOAUTH2"}
    offered = set(options.get("mechanisms", [])) if options.get("user") else set()

    def protocol():
        return Server(
            Handler(), hostname="mail.test", tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls", enable_SMTPUTF8=options.get("utf8", True),
            authenticator=authenticate, auth_required=bool(offered), auth_require_tls=tls == "starttls",
            auth_exclude_mechanism=all_mechanisms - offered, decode_data=False)

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=context if tls == "tls" else None)
    say(event="ready", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
