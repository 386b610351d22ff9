/// Foreign bytes as one harmless line for a log: printable ASCII as it is, all else as `\xNN`.
package func excerpt(_ bytes: some Sequence<UInt8>, limit: Int = 200) -> String {
    var text: [UInt8] = []
    for byte in bytes {
        let piece: [UInt8]
        switch byte {
        case UInt8(ascii: "\\"): piece = Array("\\\\".utf8)
        case 0x20...0x7e: piece = [byte]
        default: piece = Array("\\x".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 0xf)]
        }
        guard text.count + piece.count <= limit else { break }
        text += piece
    }
    return String(decoding: text, as: UTF8.self)
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
