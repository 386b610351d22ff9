/// The hand-written part of `_generated.py`: how values are read from the wire and put into params.
enum PythonReaders {
    static let text = #"""
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


        def _given(**members: str | bool | None) -> dict[str, Any]:
            """The members that were given."""
            return {name: value for name, value in members.items() if value is not None}
        """#
}
