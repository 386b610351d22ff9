/// The messages as they are when nobody wrote others: plain, in English, with colours that follow the reader's own.
package enum BuiltInTemplates {
    private struct Words {
        let subject: String
        let title: String
        let sentence: String
        /// What the link says; nil where there is none.
        var button: String?
        let note: String
    }

    /// The events that there are words for.
    package static let events = all.map(\.event)

    package static func template(for event: String) -> MessageTemplate? { templates[event] }

    private static let all: [(event: String, words: Words)] = [
        (
            "verification_email",
            Words(
                subject: "Confirm your email address for {{app}}", title: "Confirm your email address",
                sentence: "Somebody, presumably you, gave {{email}} as their address at {{app}}.",
                button: "Confirm this address",
                note: "The link works for {{expires_in}}. If it was not you, ignore this message.")
        ),
        (
            "password_reset_email",
            Words(
                subject: "Choose a new password for {{app}}", title: "Choose a new password",
                sentence: "Somebody, presumably you, asked for a new password for {{email}} at {{app}}.",
                button: "Choose a new password",
                note:
                    "The link works once, for {{expires_in}}. If it was not you, ignore this message: your password stays as it is."
            )
        ),
        (
            "password_changed",
            Words(
                subject: "Your password for {{app}} was changed", title: "Your password was changed",
                sentence: "The password of {{email}} at {{app}} was changed.",
                note: "If it was not you, choose a new password now, and tell those who run {{app}}.")
        ),
        (
            "sessions_ended",
            Words(
                subject: "You were signed out of {{app}}", title: "You were signed out",
                sentence: "Sessions of {{email}} at {{app}} were ended, because somebody else may have used one.",
                note: "Sign in again. If something looks strange there, choose a new password.")
        ),
        (
            "test_email",
            Words(
                subject: "A test message of {{app}}", title: "It works",
                sentence: "This message was sent to {{email}} to see whether messages of {{app}} arrive.",
                note: "There is nothing to do.")
        ),
    ]

    private static let templates: [String: MessageTemplate] = Dictionary(
        uniqueKeysWithValues: all.map { event, words in
            do throws(TemplateText.Fault) {
                return (
                    event,
                    MessageTemplate(
                        subject: try TemplateText(words.subject, .subject), text: try TemplateText(text(words), .text),
                        html: try TemplateText(html(words), .html))
                )
            } catch {
                preconditionFailure("the built-in template of \(event) \(error.reason)")
            }
        })

    private static func text(_ words: Words) -> String {
        ([words.sentence] + (words.button.map { ["\($0):", "{{link}}"] } ?? []) + [words.note])
            .joined(separator: "\n\n") + "\n"
    }

    /// Styles at the elements, as some readers drop the sheet; the sheet has the colours for the dark.
    private static func html(_ words: Words) -> String {
        let font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
        let button = words.button.map {
            """
            <p style="margin:24px 0"><a class="button" href="{{link}}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">\($0)</a></p>
            <p class="quiet" style="margin:0 0 16px;font-size:14px;color:#52525b;word-break:break-all">{{link}}</p>

            """
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>\(words.title)</title>
            <style>
            :root { color-scheme: light dark; }
            @media (prefers-color-scheme: dark) {
              body, .page { background: #18181b !important; }
              .card { background: #27272a !important; border-color: #3f3f46 !important; color: #f4f4f5 !important; }
              .quiet { color: #a1a1aa !important; }
              .button { background: #3b82f6 !important; color: #ffffff !important; }
            }
            </style>
            </head>
            <body style="margin:0;background:#f4f4f5">
            <div class="page" style="padding:24px 12px;background:#f4f4f5">
            <div class="card" style="max-width:520px;margin:0 auto;padding:28px;border:1px solid #e4e4e7;border-radius:12px;background:#ffffff;color:#18181b;\(font);font-size:16px;line-height:1.5">
            <h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">\(words.title)</h1>
            <p style="margin:0 0 16px">\(words.sentence)</p>
            \(button ?? "")<p class="quiet" style="margin:0;font-size:14px;color:#52525b">\(words.note)</p>
            </div>
            </div>
            </body>
            </html>

            """
    }
}
