#!/usr/bin/env python3
"""Writes password hashes as other software makes them, one JSON object a line, always the same ones.

    python3 -m venv venv
    venv/bin/pip install 'django<6' werkzeug passlib 'bcrypt<4.1' argon2-cffi firebase-scrypt
    venv/bin/python foreign_hashes.py --count 20 > foreign-hashes.jsonl

The first hash of each kind has the cost that its maker uses; the others are cheap, so that a test may verify many.
The kinds are named after the makers. `fast-*` are the digests that are never stored bare. better-auth's are made by the
calls that it makes itself, of node's scrypt and normalize.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys

import bcrypt
import django
import django.conf
import firebase_scrypt
import passlib.hash
import werkzeug.security

django.conf.settings.configure(SECRET_KEY="fixture")
django.setup()
from django.contrib.auth import hashers  # noqa: E402

WORDS = ["correct horse battery", "p", "Tr0ub4dor&3", "ü" * 20, "пароль-длинный", "密码密码密码", "emoji 🙈 password", "x" * 64]


def stream(*name, length):
    """Bytes that depend on the name alone."""
    return hashlib.shake_256("/".join(map(str, name)).encode()).digest(length)


def letters(*name, length):
    return "".join("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[byte % 62] for byte in stream(*name, length=length))


def bcrypt_setting(name, index, cost, prefix="2b"):
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    digits = [alphabet[byte % 64] for byte in stream(name, index, length=21)]
    return f"${prefix}${cost:02}${''.join(digits)}."  # the last digit has two bits


def django_pbkdf2(index, password):
    rounds = hashers.PBKDF2PasswordHasher.iterations if index == 0 else 1000 + index
    return hashers.PBKDF2PasswordHasher().encode(password, letters("django", index, length=22), iterations=rounds)


def django_scrypt(index, password):
    hasher = hashers.ScryptPasswordHasher()
    if index:
        hasher.work_factor, hasher.parallelism = 2 ** (4 + index % 5), 1 + index % 5
    return hasher.encode(password, letters("django-scrypt", index, length=22), n=hasher.work_factor, p=hasher.parallelism)


def django_argon2(index, password):
    hasher = hashers.Argon2PasswordHasher()
    if index:
        hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1 + index % 3, 64 + index, 1 + index % 4
    return hasher.encode(password, letters("django-argon2", index, length=22))


def django_bcrypt_sha256(index, password):
    hasher = hashers.BCryptSHA256PasswordHasher()
    return hasher.encode(password, bcrypt_setting("django-bcrypt", index, 12 if index == 0 else 4).encode())


def django_bcrypt(index, password):
    return hashers.BCryptPasswordHasher().encode(password, bcrypt_setting("bcrypt-plain", index, 4).encode())


def werkzeug_hash(method, salt, password):
    digest, made_by = werkzeug.security._hash_internal(method, salt, password)
    return f"{made_by}${salt}${digest}"


def werkzeug_scrypt(index, password):
    method = "scrypt" if index == 0 else f"scrypt:{2 ** (8 + index % 3)}:{1 + index % 8}:{1 + index % 3}"
    return werkzeug_hash(method, letters("werkzeug", index, length=16), password)


def werkzeug_pbkdf2(index, password):
    method = "pbkdf2:sha256" if index == 0 else f"pbkdf2:{['sha1', 'sha256', 'sha512'][index % 3]}:{100 + index}"
    return werkzeug_hash(method, letters("werkzeug-pbkdf2", index, length=16), password)


def firebase(index, password):
    signer_key, separator = base64.b64encode(stream("signer", length=64)).decode(), "Bw=="
    salt = base64.b64encode(stream("firebase", index, length=10)).decode()
    memory = 14 if index == 0 else 4 + index % 4
    digest = firebase_scrypt.encrypt(
        base64.b64decode(signer_key), firebase_scrypt.generate_derived_key(password, salt, separator, 8, memory))
    result = base64.b64encode(digest).decode()
    return f"$fbscrypt$v=1,n={memory},r=8,p=1,ss={separator},sk={signer_key}${salt}${result}"


def php_bcrypt(index, password):
    setting = bcrypt_setting("php", index, 12 if index == 0 else 4)
    made = bcrypt.hashpw(password.encode(), setting.encode()).decode()
    return ["$2y", "$2a", "$2b"][index % 3] + made[3:]


def passlib_with(handler, name, cost, **options):
    def make(index, password):
        given = {} if index == 0 else {key: value(index) for key, value in cost.items()}
        return handler.using(salt=stream(name, index, length=16), **given, **options).hash(password)

    return make


def keycloak(index, password):
    return passlib.hash.pbkdf2_sha512.using(
        salt=stream("keycloak", index, length=16), rounds=210_000 if index == 0 else 100 + index).hash(password)


def argon2_variant(variant):
    def make(index, password):
        return passlib.hash.argon2.using(
            type=variant, salt=stream(variant, index, length=16), rounds=1 + index % 3, memory_cost=64 + index,
            parallelism=1 + index % 2).hash(password)

    return make


def fast(algorithm):
    def make(index, password):
        salt = letters("fast", algorithm, index, length=12)
        if algorithm == "md5":
            return hashers.MD5PasswordHasher().encode(password, salt)
        return f"{algorithm}${salt}${hashlib.new(algorithm, (salt + password).encode()).hexdigest()}"

    return make


def ldap(handler):
    return lambda index, password: handler.using(salt=stream("ldap", handler.name, index, length=8)).hash(password)


def better_auth(count):
    program = """
        const { scryptSync } = require("node:crypto");
        const hashes = JSON.parse(process.argv[1]).map(([password, salt]) => salt + ":" + scryptSync(
            password.normalize("NFKC"), salt, 64, { N: 16384, r: 16, p: 1, maxmem: 128 * 16384 * 16 * 2 }).toString("hex"));
        console.log(JSON.stringify(hashes));
    """
    # What NFKC changes: a ligature, full-width letters, a superscript, a decomposed letter.
    special = ["ﬁnal answer", "ｗｉｄｅ ｌｅｔｔｅｒｓ", "x² + y²", "cafe\u0301 au lait", "①②③④⑤⑥⑦⑧"]
    passwords = [f"{(special + WORDS)[index % 13]} {index}" for index in range(count)]
    done = subprocess.run(
        ["node", "-e", program, json.dumps([[password, stream("better-auth", index, length=16).hex()]
                                            for index, password in enumerate(passwords)])],
        check=True, stdout=subprocess.PIPE)
    return list(zip(passwords, json.loads(done.stdout)))


KINDS = {
    "django-pbkdf2": django_pbkdf2,
    "django-scrypt": django_scrypt,
    "django-argon2": django_argon2,
    "django-bcrypt-sha256": django_bcrypt_sha256,
    "django-bcrypt": django_bcrypt,
    "werkzeug-scrypt": werkzeug_scrypt,
    "werkzeug-pbkdf2": werkzeug_pbkdf2,
    "firebase": firebase,
    "php-bcrypt": php_bcrypt,
    "passlib-pbkdf2-sha256": passlib_with(
        passlib.hash.pbkdf2_sha256, "pbkdf2", {"rounds": lambda index: 100 + index}),
    "passlib-pbkdf2-sha1": passlib_with(passlib.hash.pbkdf2_sha1, "pbkdf2-sha1", {"rounds": lambda index: 100 + index}),
    "passlib-scrypt": passlib_with(passlib.hash.scrypt, "scrypt", {"rounds": lambda index: 4 + index % 5}),
    "keycloak-pbkdf2-sha512": keycloak,
    "argon2i": argon2_variant("I"),
    "argon2d": argon2_variant("D"),
    "argon2id": argon2_variant("ID"),
    "fast-md5": fast("md5"),
    "fast-sha1": fast("sha1"),
    "fast-sha256": fast("sha256"),
    "fast-sha512": fast("sha512"),
    "fast-ldap-md5": ldap(passlib.hash.ldap_salted_md5),
    "fast-ldap-sha1": ldap(passlib.hash.ldap_salted_sha1),
    "fast-ldap-sha256": ldap(passlib.hash.ldap_salted_sha256),
    "fast-ldap-sha512": ldap(passlib.hash.ldap_salted_sha512),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()

    def write(kind, password, text):
        json.dump({"kind": kind, "password": password, "hash": text}, sys.stdout, ensure_ascii=False)
        print()

    for kind, make in KINDS.items():
        for index in range(options.count):
            # bcrypt reads 72 bytes.
            password = f"{WORDS[index % len(WORDS)]} {index}"
            write(kind, password, make(index, password))
    for password, text in better_auth(options.count):
        write("better-auth", password, text)


if __name__ == "__main__":
    main()
