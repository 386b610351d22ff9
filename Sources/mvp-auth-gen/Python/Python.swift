internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// `_generated.py`: what the Python client knows of the service.
enum Python {
    static var module: String {
        [
            header, "\n" + PythonTables.errors, PythonTables.methods, PythonRoutes.table, PythonModels.text,
            PythonMethods.twin(.asynchronous), "\n" + PythonMethods.twin(.synchronous),
        ].joined(separator: "\n\n") + "\n"
    }

    private static var header: String {
        let names = (fixedNames + Model.all.map(\.name)).sorted()
        let constants = ["ERRORS", "METHODS", "PROTOCOL", "ROUTES", "VERSION"]
        let list = (constants + names).map { "    \"\($0)\",\n" }.joined()
        return #"""
            """What the client knows of the service: errors, methods and models.

            Generated from the daemon's catalogue by `make generate`.
            """

            from __future__ import annotations

            import re
            from collections.abc import Callable, Mapping
            from dataclasses import dataclass, field
            from datetime import datetime, timezone
            from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
            from uuid import UUID

            if TYPE_CHECKING:
                from typing_extensions import Self

            __all__ = [
            \#(list)]

            PROTOCOL = 1
            """The version of the protocol that is spoken."""

            VERSION = "\#(Software.mvpAuth.version)"
            """The daemon's version that this module was generated from."""


            class ErrorInfo(NamedTuple):
                """What is known of an error by its code."""

                number: int
                status: int
                retryable: bool
                message: str


            class Param(NamedTuple):
                """A member of a method's params."""

                name: str
                type: str
                required: bool
                sensitive: bool


            class Method(NamedTuple):
                """A method of the daemon: what a call takes, and whether it may be repeated."""

                name: str
                cost: str
                idempotent: bool
                sensitive: bool
                role: str
                params: tuple[Param, ...]
                reply: str


            class Route(NamedTuple):
                """A route of the REST interface, and the method behind it."""

                name: str
                method: str
                path: str
                group: str
                rpc: str
                status: int
                body: tuple[str, ...]
                path_param: str | None
                protected: bool
                device: bool
            """#
    }

    private static let fixedNames = [
        "AsyncMethods", "ErrorInfo", "Method", "Param", "Route", "SyncMethods", "User",
    ]

    static func literal(_ value: Bool) -> String { value ? "True" : "False" }

    /// A string in Python: its escapes are a superset of JSON's.
    static func literal(_ text: String) -> String { String(decoding: JSON.string(text).text, as: UTF8.self) }
}

extension JSONShape {
    /// Whether a value is a password or a token.
    var isSecret: Bool { format == "password" }

    /// The kind of value in a word: `string`, `uuid`, `integer`.
    var word: String {
        switch kind {
        case .any: "any"
        case .string: format == "uuid" || format == "date-time" ? format ?? "string" : "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array: "array"
        case .object, .map: "object"
        }
    }
}

extension String {
    func trimmingSuffix(_ suffix: String) -> String {
        var text = self
        while text.hasSuffix(suffix) { text.removeLast(suffix.count) }
        return text
    }
}
