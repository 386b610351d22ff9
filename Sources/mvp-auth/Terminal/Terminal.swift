internal import Glibc

/// What stands at the other end of standard output and standard input.
enum Terminal {
    /// How many columns a line on standard output may have. Nil: it is no terminal, or does not say.
    static var width: Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Colours are for a terminal only, and for nobody who does not want them (no-color.org).
    static var isColoured: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
            && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
    }

    /// Whether somebody can be asked: a question goes to standard error, its answer comes from standard input.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// How many columns a text takes: marks that join a letter take none, East Asian letters and most symbols two
    /// (UAX 11).
    static func width(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width(of: $1) } }

    /// The beginning of a text that fits, with an ellipsis where something was cut off.
    static func cut(_ text: String, to width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        var kept = String.UnicodeScalarView()
        var rest = width - 1
        for scalar in text.unicodeScalars {
            rest -= self.width(of: scalar)
            if rest < 0 { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
