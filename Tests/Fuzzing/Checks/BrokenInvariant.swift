/// Something that must hold for every input, and did not for this one.
package struct BrokenInvariant: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

package func require(_ condition: Bool, _ invariant: @autoclosure () -> String) throws(BrokenInvariant) {
    if !condition { throw BrokenInvariant(description: invariant()) }
}

/// Bytes as they stand in an explanation.
package func shown(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self).debugDescription
}
