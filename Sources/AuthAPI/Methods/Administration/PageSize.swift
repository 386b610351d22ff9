internal import StrictJSON

/// How many elements of a list come at once.
package enum PageSize: NumberBound {
    package static var range: ClosedRange<Int> { 1...200 }
    package static let standard = 50
}

/// What an operator looks for: long enough for any address.
package enum SearchBound: TextBound {
    package static var maximumCharacters: Int { 254 }
}

/// Long enough for any cursor.
package enum CursorBound: TextBound {
    package static var maximumCharacters: Int { 64 }
}

/// What the parameters of paged lists mean.
extension MemberMeaning {
    static let cursor: Self = "Where to go on: `next` of the page before, asked for with the same filters."
    static let pageSize: Self = "How many come at most; 50 when it is left out."
    static let next: Self = "The cursor of the next page. Absent on the last one."
}
