internal import AuthAPI
internal import StrictJSON

/// The models of replies: immutable values, read from the wire.
enum PythonModels {
    static var text: String {
        ([readers] + Model.all.map(model)).joined(separator: "\n\n\n")
            + "\n\n\nUser = UserResponse\n\"\"\"An account.\"\"\"\n"
    }

    private static func model(_ model: Model) -> String {
        let fields = model.fields.map { field in
            var line = "    \(field.name): \(annotation(field))"
            switch (field.isRequired, field.shape.isSecret) {
            case (true, true): line += " = field(repr=False)"
            case (false, true): line += " = field(default=None, repr=False)"
            case (false, false): line += " = None"
            case (true, false): break
            }
            return line + "\n" + (field.shape.summary.map { "    \"\"\"\($0)\"\"\"\n" } ?? "")
        }
        let members = model.fields.map { "            \($0.name)=\(reading($0)),\n" }
        return """
            @dataclass(frozen=True, slots=True, kw_only=True)
            class \(model.name):
                \"\"\"\(model.summary)\"\"\"

            \(fields.joined())
                @classmethod
                def from_wire(cls, value: Mapping[str, Any]) -> Self:
                    \"\"\"The value of a reply. Members that this version does not know are ignored.\"\"\"
                    return cls(
            \(members.joined())        )
            """
    }

    /// The type of a member, `T | None` where it may be left out.
    static func annotation(_ field: JSONShape.Field) -> String {
        let type = Model.isTable(field) ? "dict[str, int]" : type(field.shape, Model.className(of: field))
        return field.isRequired && !field.shape.isNullable ? type : type + " | None"
    }

    private static func type(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "Any"
        case .string: shape.word == "uuid" ? "UUID" : shape.word == "date-time" ? "datetime" : "str"
        case .integer: "int"
        case .number: "float"
        case .boolean: "bool"
        case .array(let element): "tuple[\(type(element, name)), ...]"
        case .object: name
        case .map(let value): "dict[str, \(type(value, name))]"
        }
    }

    private static func reading(_ field: JSONShape.Field) -> String {
        let reader = Model.isTable(field) ? "_table" : reader(field.shape, Model.className(of: field))
        guard field.isRequired && !field.shape.isNullable else {
            return "_optional(\(reader), value.get(\"\(field.name)\"))"
        }
        return "\(reader)(value[\"\(field.name)\"])"
    }

    private static func reader(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "_any"
        case .string: shape.word == "uuid" ? "_uuid" : shape.word == "date-time" ? "_time" : "_str"
        case .integer: "_int"
        case .number: "_float"
        case .boolean: "_bool"
        case .array(let element): "_each(\(reader(element, name)))"
        case .object: "\(name).from_wire"
        case .map: "_table"
        }
    }

    private static let readers = #"""
        _T = TypeVar("_T")
        _TIMESTAMP = re.compile(
            r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,9}))?(?:Z|\+00:00)", re.ASCII | re.IGNORECASE
        )


        def _str(value: object) -> str:
            if isinstance(value, str):
                return value
            raise TypeError("a string was expected")


        def _int(value: object) -> int:
            if isinstance(value, int) and value is not True and value is not False:
                return value
            raise TypeError("an integer was expected")


        def _float(value: object) -> float:
            return value if isinstance(value, float) else float(_int(value))


        def _bool(value: object) -> bool:
            if isinstance(value, bool):
                return value
            raise TypeError("a boolean was expected")


        def _uuid(value: object) -> UUID:
            return UUID(_str(value))


        def _time(value: object) -> datetime:
            """RFC 3339 in UTC, with up to nine digits of fraction, to the microsecond.

            `datetime.fromisoformat` before Python 3.11 accepts neither `Z` nor most fractions.
            """
            match = _TIMESTAMP.fullmatch(_str(value))
            if match is None:
                raise ValueError("an RFC 3339 timestamp in UTC was expected")
            fraction = (match[2] or "")[:6].ljust(6, "0")
            return datetime.fromisoformat(match[1]).replace(
                microsecond=int(fraction), tzinfo=timezone.utc
            )


        def _any(value: Any) -> Any:
            return value


        def _table(value: object) -> dict[str, int]:
            if isinstance(value, dict):
                return {_str(name): _int(number) for name, number in value.items()}
            raise TypeError("an object was expected")


        def _each(read: Callable[[Any], _T]) -> Callable[[object], tuple[_T, ...]]:
            def elements(value: object) -> tuple[_T, ...]:
                if isinstance(value, list):
                    return tuple(read(element) for element in value)
                raise TypeError("an array was expected")

            return elements


        def _optional(read: Callable[[Any], _T], value: object) -> _T | None:
            return None if value is None else read(value)


        def _reply(read: Callable[[Any], _T], value: object) -> _T:
            """The reply as a model. What does not fit the catalogue is the daemon's mistake."""
            try:
                return read(value)
            except (LookupError, TypeError, ValueError, AttributeError):
                from .errors import ProtocolError

                raise ProtocolError(
                    "The daemon's answer cannot be understood.", executed=True
                ) from None


        def _one(**choices: str | UUID | None) -> dict[str, Any]:
            """The one of the choices that was made."""
            made = {name: str(value) for name, value in choices.items() if value is not None}
            if len(made) == 1:
                return made
            names = ["token" if name == "access_token" else name for name in choices]
            raise TypeError(f"pass exactly one of {' and '.join(names)}")


        def _given(**members: str | None) -> dict[str, Any]:
            """The members that were given."""
            return {name: value for name, value in members.items() if value is not None}
        """#
}
