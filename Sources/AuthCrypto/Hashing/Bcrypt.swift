internal import CXCrypt
internal import Glibc
internal import MVPAuth

/// bcrypt (Provos and Mazières, 1999) by libxcrypt. Reads 72 bytes and stops at a NUL: callers see to both.
public struct Bcrypt: Sendable {
    /// The logarithm of the rounds: 4 to 15.
    public let cost: Int

    public static let longestPassword = 72
    private static let costs = ForeignHash.bcryptCosts

    public init(cost: Int = 12) {
        precondition(Self.costs.contains(cost), "bcrypt costs range from 4 to 15")
        self.cost = cost
    }
}

extension Bcrypt: PasswordAlgorithm {
    func hash(_ password: [UInt8]) -> String? {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let random = salt(16).map { CChar(bitPattern: $0) }
        guard crypt_gensalt_rn("$2b$", UInt(cost), random, 16, &setting, Int32(setting.count)) != nil else {
            return nil
        }
        return Self.crypt(password[...], setting)
    }

    func canVerify(_ stored: String) -> Bool {
        ForeignHash.bcryptCost(of: stored).map(Self.costs.contains) ?? false
    }

    func matches(_ password: [UInt8], _ stored: String) -> Bool {
        guard let computed = Self.crypt(password.prefix(Self.longestPassword), stored.utf8CString.map { $0 }) else {
            return false
        }
        return constantTimeEqual(computed.utf8, stored.utf8)
    }

    func hasCost(of stored: String) -> Bool {
        ForeignHash.bcryptCost(of: stored) == cost
    }

    var decoy: String { "$2b$" + (cost < 10 ? "0\(cost)" : "\(cost)") + "$" + Self.decoyEnd }

    func decoy(of form: PasswordForm) -> String? {
        let decoy = form.text + Self.decoyEnd
        return canVerify(decoy) ? decoy : nil
    }

    private static let decoyEnd = "abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK"

    /// crypt(3) in memory of this call. The password and the work area are wiped.
    private static func crypt(_ password: ArraySlice<UInt8>, _ setting: [CChar]) -> String? {
        precondition(!password.contains(0), "a NUL would end the password")
        var phrase = [CChar](repeating: 0, count: password.count + 1)
        for (index, byte) in password.enumerated() { phrase[index] = CChar(bitPattern: byte) }
        let area = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<crypt_data>.size, alignment: MemoryLayout<crypt_data>.alignment)
        // SAFETY: crypt_rn asks for a zeroed crypt_data and returns a pointer into it, read before it is freed.
        memset(area, 0, MemoryLayout<crypt_data>.size)
        defer {
            explicit_bzero(area, MemoryLayout<crypt_data>.size)
            area.deallocate()
            phrase.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) }
        }
        guard let result = crypt_rn(phrase, setting, area, Int32(MemoryLayout<crypt_data>.size)) else { return nil }
        let text = String(cString: result)
        return text.utf8.first == UInt8(ascii: "*") ? nil : text
    }
}
