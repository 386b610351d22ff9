internal import Glibc

/// Fills memory with zeroes that the optimiser does not leave out, though nobody reads them: what lay there may have
/// been a password or a token, and memory that is given back keeps what was in it.
package func overwrite(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress, memory.count > 0 else { return }
    explicit_bzero(start, memory.count)
}

/// The same for an array, by its only holder: of an array that is shared this makes a copy, and overwrites that.
package func overwrite(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { overwrite($0) }
}
