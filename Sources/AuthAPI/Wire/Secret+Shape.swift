public import MVPAuth
package import StrictJSON

extension Secret: JSONShaped {
    package static var jsonShape: JSONShape { .string(format: "password") }
    package static var shapePlaceholder: Self { Secret("") }
}
