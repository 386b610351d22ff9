internal import StrictJSON

/// `strings.jsonl`: text from outside, in UTF-16 code units or in bytes of UTF-8, and whether it may be sent. What may
/// not is refused with `VALIDATION_ERROR` or `INVALID_PARAMS` before anything leaves; the rest arrives as it was.
enum StringVectors {
    static let rows: [JSON] = [
        sent("ASCII", "ada@example.org"), sent("an astral character", "\u{1F600}"),
        sent("line and paragraph separators", "a\u{2028}b\u{2029}c"), sent("what HTML escapes", "<&>'\"\\/"),
        sent("a combining mark", "e\u{301}"), sent("the same, composed", "\u{E9}"),
        sent("line feeds and tabs", "a\nb\r\n\tc"), sent("other control characters", "\u{1}\u{1F}\u{7F}"),
        sent("a byte order mark", "\u{FEFF}a"), sent("a noncharacter", "\u{FFFF}"), sent("nothing", ""),
        sent("a backslash before u0000", "\\u0000"),
        refused("a lone high surrogate", ["utf16": [97, 0xD83D]]),
        refused("a lone low surrogate", ["utf16": [0xDE00, 97]]),
        refused("surrogates in the wrong order", ["utf16": [0xDE00, 0xD83D]]),
        refused("U+0000", ["utf16": [97, 0, 98]]), refused("U+0000 alone", ["utf16": [0]]),
        refused("a byte that never occurs", ["utf8": "61ff"]), refused("a character cut off", ["utf8": "61f09f"]),
        refused("an overlong form", ["utf8": "c0af"]), refused("a surrogate in UTF-8", ["utf8": "eda080"]),
    ]

    private static func sent(_ name: String, _ text: String) -> JSON {
        ["name": .string(name), "utf16": .array(text.utf16.map { .int(Int($0)) }), "sent": true]
    }

    private static func refused(_ name: String, _ text: JSON) -> JSON {
        var row: JSON = ["name": .string(name)]
        row["utf16"] = text["utf16"]
        row["utf8"] = text["utf8"]
        row["sent"] = false
        return row
    }
}
