/// How many unacknowledged deliveries a subscriber may ask for.
package enum Prefetch: NumberBound {
    package static var range: ClosedRange<Int> { 1...100 }
    package static let standard = 10
}

/// In milliseconds.
package enum AckTimeout: NumberBound {
    package static var range: ClosedRange<Int> { 1000...600_000 }
    package static let standard = 30_000
}

/// In milliseconds, up to a day.
package enum RetryDelay: NumberBound {
    package static var range: ClosedRange<Int> { 0...86_400_000 }
}

package enum HookReason: TextBound {
    package static var maximumCharacters: Int { 200 }
}
