package import MVPAuth
package import StrictJSON

/// A text that is one of a few.
package protocol NamedCase: RawRepresentable<String>, CaseIterable, Codable, Sendable, JSONShaped {}

extension NamedCase {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(rawValue: text) else {
            throw Malformed(mismatchReason: "must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = value
    }

    package static var jsonShape: JSONShape { .string(cases: allCases.map(\.rawValue)) }
    package static var shapePlaceholder: Self { allCases[allCases.startIndex] }
}

extension EmailMessage.Kind: NamedCase {}
