import Foundation
import Testing

@testable import MVPAuth

@Suite("Identifier")
struct IdentifierTests {
    @Test("is written as a lower-case UUID and read back")
    func roundTrip() {
        for _ in 0..<1000 {
            let id = UserID.random(from: SystemEntropy())
            #expect(UserID(id.description) == id)
        }
    }

    @Test("is spelled as others spell it, each digit in each place")
    func spelling() {
        for digit in 0..<16 as Range<UInt64> {
            for place in 0..<32 as Range<UInt64> {
                let word = digit << ((15 - place % 16) * 4)
                let id = UserID(high: place < 16 ? word : 0, low: place < 16 ? 0 : word)
                let uuid = withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) {
                    UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
                }
                #expect(id.description == uuid.uuidString.lowercased())
            }
        }
        #expect(UserID(high: .max, low: .max).description == "ffffffff-ffff-ffff-ffff-ffffffffffff")
        #expect(
            UserID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210).description
                == "01234567-89ab-cdef-fedc-ba9876543210")
        #expect(UserID(high: 0x0123_4567_89AB_CDEF, low: 9).hex == "0123456789abcdef0000000000000009")
    }

    @Test("is a version 4 UUID")
    func version() {
        let text = Array(UserID.random(from: SystemEntropy()).description)
        #expect(text[14] == "4")
        #expect("89ab".contains(text[19]))
    }

    @Test(
        "has one spelling",
        arguments: [
            "", "5F0C9D1E-3B7A-4C52-9E1D-8A4B6C2D7F10", "5f0c9d1e3b7a4c529e1d8a4b6c2d7f10",
            "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f1", "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f1g",
            "{5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10}", "5f0c9d1e-3b7a-4c52-9e1d_8a4b6c2d7f10",
        ])
    func refusal(text: String) {
        #expect(UserID(text) == nil)
    }
}
