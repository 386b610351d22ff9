/// Foreign text as one harmless line: what a terminal or a page would obey instead of showing it is replaced.
///
/// - Parameter replacement: what stands for such a character; a question mark, if nothing else is said.
package func printable(_ text: String, replacement: (Unicode.Scalar) -> String = { _ in "?" }) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var line = ""
    for scalar in text.unicodeScalars {
        if isControl(scalar) { line += replacement(scalar) } else { line.unicodeScalars.append(scalar) }
    }
    return line
}

/// Controls (C0, DEL, C1), ends of lines, and marks that turn the direction of the text around (UTS 36 §3.2).
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
}
