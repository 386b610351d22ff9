"""What Python's email package makes of a message. As a program: a message on standard input, JSON on standard output."""
import email
import email.policy
import email.utils
import json
import sys


def described(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {
        "names": [name for name in message.keys()],
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "from": [(a.display_name, a.addr_spec) for a in message["From"].addresses],
        "to": [(a.display_name, a.addr_spec) for a in message["To"].addresses],
        "reply_to": [a.addr_spec for a in message["Reply-To"].addresses] if message["Reply-To"] else [],
        "time": int(email.utils.parsedate_to_datetime(message["Date"]).timestamp()),
        "type": message.get_content_type(),
        "parts": [{"type": part.get_content_type(), "text": part.get_content()} for part in parts],
        "defects": [type(defect).__name__ for part in message.walk() for defect in part.defects]
        + [type(d).__name__ for value in message.values() for d in getattr(value, "defects", ())],
        "longest": max(len(line) for line in raw.split(b"\n")),
        "ascii": all(byte < 128 for byte in raw),
        "bare": raw.replace(b"\r\n", b"").count(b"\r") + raw.replace(b"\r\n", b"").count(b"\n"),
        "carriage_returns": raw.count(b"\r"),
    }


if __name__ == "__main__":
    print(json.dumps(described(sys.stdin.buffer.read())))
