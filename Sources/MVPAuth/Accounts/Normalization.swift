@_spi(_Unicode) import Swift

/// Unicode Normalization Form C: one spelling for canonically equivalent text (NIST SP 800-63B-4 §3.1.1.2).
///
/// Idempotent. Not NFKC: compatibility mappings turn other characters into ASCII letters and `@`.
@inline(never)
package func nfc(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text._nfc { scalars.append(scalar) }
    return String(scalars)
}
