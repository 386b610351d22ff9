/// How long something lasts, in words.
package enum DurationWords {
    private struct Units {
        let minute: (one: String, many: String)
        let hour: (one: String, many: String)
        let day: (one: String, many: String)
    }

    private static let units: [String: Units] = [
        "en": Units(minute: ("minute", "minutes"), hour: ("hour", "hours"), day: ("day", "days")),
        "de": Units(minute: ("Minute", "Minuten"), hour: ("Stunde", "Stunden"), day: ("Tag", "Tage")),
        "es": Units(minute: ("minuto", "minutos"), hour: ("hora", "horas"), day: ("día", "días")),
        "fr": Units(minute: ("minute", "minutes"), hour: ("heure", "heures"), day: ("jour", "jours")),
        "it": Units(minute: ("minuto", "minuti"), hour: ("ora", "ore"), day: ("giorno", "giorni")),
        "nl": Units(minute: ("minuut", "minuten"), hour: ("uur", "uur"), day: ("dag", "dagen")),
        "pt": Units(minute: ("minuto", "minutos"), hour: ("hora", "horas"), day: ("dia", "dias")),
    ]

    /// In the largest unit that says it without promising more than a few minutes too much; English where the language
    /// is not known.
    package static func text(seconds: Int64, language: String) -> String {
        let known = language.utf8.split(separator: UInt8(ascii: "-")).first.map { String(Substring($0)) } ?? "en"
        let units = units[known] ?? units["en"]!
        let minutes = max(1, (seconds + 30) / 60)
        // A message is on its way for a moment: 59 minutes of an hour are an hour.
        let hours = (minutes + 2) / 60
        if hours < 1 || hours == 1 && minutes > 62 { return words(minutes, units.minute) }
        if hours < 48 { return words(hours, units.hour) }
        return words(hours / 24, units.day)
    }

    private static func words(_ count: Int64, _ unit: (one: String, many: String)) -> String {
        "\(count) \(count == 1 ? unit.one : unit.many)"
    }
}
