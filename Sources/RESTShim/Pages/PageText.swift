/// A text that people read on the pages behind the links of emails. An operator's own is the file `NAME.txt`.
enum PageText: String, CaseIterable, Sendable {
    case language
    case direction
    case wait

    case verifyHeading = "verify-heading"
    case verifyText = "verify-text"
    case verifyTextUnknown = "verify-text-unknown"
    case verifyButton = "verify-button"
    case verifyDoneHeading = "verify-done-heading"
    case verifyDoneText = "verify-done-text"
    case verifyAlreadyHeading = "verify-already-heading"
    case verifyAlreadyText = "verify-already-text"

    case resetHeading = "reset-heading"
    case resetText = "reset-text"
    case resetAccountLabel = "reset-account-label"
    case resetPasswordLabel = "reset-password-label"
    case resetRules = "reset-rules"
    case resetRulesCommon = "reset-rules-common"
    case resetShow = "reset-show"
    case resetHide = "reset-hide"
    case resetButton = "reset-button"
    case resetDoneHeading = "reset-done-heading"
    case resetDoneText = "reset-done-text"

    case passwordShort = "password-short"
    case passwordLong = "password-long"
    case passwordCommon = "password-common"
    case passwordAddress = "password-address"
    case passwordRefused = "password-refused"

    case digitsHeading = "digits-heading"
    case digitsText = "digits-text"
    case digitsLabel = "digits-label"
    case digitsReason = "digits-reason"
    case digitsWrong = "digits-wrong"

    case linkHeading = "link-heading"
    case linkText = "link-text"
    case inactiveHeading = "inactive-heading"
    case inactiveText = "inactive-text"
    case requestHeading = "request-heading"
    case requestText = "request-text"
    case later

    /// What there is to read when nobody wrote anything else.
    var standard: String {
        switch self {
        case .language: "en"
        case .direction: "ltr"
        case .wait: "One moment…"
        case .verifyHeading: "Confirm your email address"
        case .verifyText: "The link says that it is for {{email}}. Press the button to confirm this address."
        case .verifyTextUnknown: "Press the button to confirm the address that the message came to."
        case .verifyButton: "Confirm this address"
        case .verifyDoneHeading: "Your address is confirmed"
        case .verifyDoneText: "{{email}} is confirmed. You can close this page."
        case .verifyAlreadyHeading: "Your address was confirmed before"
        case .verifyAlreadyText: "There is nothing more to do. You can close this page."
        case .resetHeading: "Choose a new password"
        case .resetText: "With the new password every session ends: you will have to sign in again on all your devices."
        case .resetAccountLabel: "Account, as the link says"
        case .resetPasswordLabel: "New password"
        case .resetRules:
            """
            At least {{minimum}} characters, at most {{maximum}}; several words are good. Not your email address or a \
            part of it.
            """
        case .resetRulesCommon: "None of the most common passwords."
        case .resetShow: "Show password"
        case .resetHide: "Hide password"
        case .resetButton: "Set the new password"
        case .resetDoneHeading: "Your password was changed"
        case .resetDoneText:
            "The new password is in force, and every session has ended. You can close this page and sign in with it."
        case .passwordShort: "This password is too short. It needs at least {{minimum}} characters."
        case .passwordLong: "This password is too long. It may have at most {{maximum}} characters."
        case .passwordCommon:
            "This is one of the most common passwords, which are tried first. Please choose another one."
        case .passwordAddress: "This password is your email address or a part of it. Please choose another one."
        case .passwordRefused: "This password cannot be used. Please choose another one."
        case .digitsHeading: "One more step"
        case .digitsText:
            "Some programs that look through emails press buttons too, so we would like to know that it is you."
        case .digitsLabel: "Type these four digits: {{digits}}"
        case .digitsReason: "It shows that a person is here, and not a program that tries links."
        case .digitsWrong: "Please type the four digits that are shown now."
        case .linkHeading: "This link does not work"
        case .linkText:
            """
            It may have expired, have been used, or have lost a part on its way. Ask for a new email, and open the newest \
            one.
            """
        case .inactiveHeading: "This account is switched off"
        case .inactiveText: "Nothing was changed. Those who run the service can tell you more."
        case .requestHeading: "That did not work"
        case .requestText: "Please open the link in the email again."
        case .later: "The service did not answer. Please try again in a moment."
        }
    }

    /// What may stand in it.
    var placeholders: [PagePlaceholder] {
        switch self {
        case .verifyText, .verifyDoneText: [.email]
        case .resetRules, .passwordShort, .passwordLong: [.minimum, .maximum]
        case .digitsLabel: [.digits]
        default: []
        }
    }
}
