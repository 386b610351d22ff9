internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuth

/// Where settings come from: the command line, the environment, `--config FILE`, the defaults, in this order.
/// A secret may also be named by `NAME_FILE`, or be a file `NAME` in `$CREDENTIALS_DIRECTORY`.
///
/// A setting that is wrong is noted and has its default; `finish` says everything that was.
package final class SettingSource {
    /// What a setting came out as: for `mvp-auth check`.
    package struct Effective: Sendable {
        /// What the setting is for, in a word or two.
        package let section: String
        package let name: String
        /// The option of the command line that says the same, without its hyphens.
        package let flag: String?
        package let summary: String
        package let allowed: String
        package let shown: String
        package let origin: String
        /// What is used in effect; nil when it is what is shown.
        package fileprivate(set) var used: String?
        /// Why the value cannot be used.
        package let fault: String?
    }

    package private(set) var effective: [Effective] = []
    /// What is wrong, a sentence each.
    package private(set) var faults: [String] = []
    /// What looks wrong and may be meant for other software.
    package private(set) var warnings: [String] = []
    /// The settings that were asked for.
    package private(set) var names: [String] = []
    private var section = ""
    private let program: Program
    private let environment: [String: String]
    private let file: SettingsFile?

    package init(for program: Program = .daemon, environment: [String: String], configFile: String?) {
        self.program = program
        // Only ASCII names, so that the equality of strings is that of bytes.
        self.environment = environment.filter { $0.key.utf8.allSatisfy { $0 < 0x80 } && !$0.value.utf8.isEmpty }
        emptySecrets = Set(environment.filter { $0.value.utf8.isEmpty }.keys)
        file = configFile.map { SettingsFile(path: $0) }
        faults = file?.faults ?? []
    }

    /// Variables that are set to nothing: none, but for a secret a mistake to be reported.
    private let emptySecrets: Set<String>

    /// The value of a setting; its default when nothing or something wrong was said.
    ///
    /// - Parameter option: what the command line says.
    package func callAsFunction<Value>(_ setting: Setting<Value>, _ option: String? = nil) -> Value {
        names.append(setting.name)
        if setting.isSecret { names.append(setting.name + "_FILE") }
        do throws(SettingsError) {
            guard let found = try raw(setting, option) else {
                record(setting, setting.shownFallback, "default")
                return setting.fallback
            }
            let value = try parse(found, for: setting)
            record(setting, found.text, found.origin)
            return value
        } catch {
            note(error.sentences)
            record(setting, setting.shownFallback, "default", fault: error.description)
            return setting.fallback
        }
    }

    /// Says what the settings are for that are asked for next.
    package func begin(_ section: String) {
        self.section = section
    }

    /// A number of threads, 0 being one for each core: that is nil.
    func coreCount(_ name: String) -> Int? {
        let count = self(.integer(name, "0: one for each core.", 0...256, default: 0))
        clarify(name, "\(count == 0 ? Int64(Processors.count) : count)")
        return count == 0 ? nil : Int(count)
    }

    /// A variable of the environment that is no setting; nil when it is empty.
    package func variable(_ name: String) -> String? { environment[name] }

    /// Notes what is wrong with a setting beyond its text.
    package func note(_ sentences: [String]) {
        faults += sentences
    }

    /// To be called when every setting was asked for: what no program knows is noted, and whatever is wrong thrown.
    package func finish() throws(SettingsError) {
        judgeNames()
        guard faults.isEmpty else { throw SettingsError(faults) }
    }

    private struct Found {
        let text: String
        let origin: String
        /// How a sentence about the value begins.
        let name: String
        var place: (String) -> String = { $0 }
    }

    private func parse<Value>(_ found: Found, for setting: Setting<Value>) throws(SettingsError) -> Value {
        guard !found.text.unicodeScalars.contains("\u{FFFD}"), !found.text.utf8.contains(0) else {
            throw SettingsError(found.place("\(found.name) is not UTF-8 text."))
        }
        do {
            if let value = try setting.parse(found.text) { return value }
        } catch let error as SettingsError {
            throw SettingsError(error.sentences.map(found.place))
        } catch {
            let name = found.origin == "command line" ? "" : "\(found.name): "
            throw SettingsError(found.place(name + printable("\(error)")))
        }
        let shown = setting.isSecret ? "" : " is \"\(printable(found.text))\" and"
        throw SettingsError(found.place("\(found.name)\(shown) must be \(setting.allowed)."))
    }

    private func raw<Value>(_ setting: Setting<Value>, _ option: String?) throws(SettingsError) -> Found? {
        let name = setting.name
        if let option, let flag = setting.flag {
            return Found(text: option, origin: "command line", name: "--\(flag)")
        }
        let isEmptySecret = setting.isSecret && !setting.isAddress && emptySecrets.contains(name)
        if let text = isEmptySecret ? "" : environment[name] {
            return Found(text: text, origin: "environment", name: name)
        }
        let entry = file?.entry(name)
        if setting.isSecret {
            if let path = environment[name + "_FILE"] { return try contents(of: path, for: setting) }
            if let file, let named = file.entry(name + "_FILE"), !named.value.isEmpty {
                if let entry, !entry.value.isEmpty {
                    throw SettingsError(
                        file.sentence(named.line, "\(name)_FILE and, in line \(entry.line), \(name) are both set."))
                }
                return try contents(of: named.value, for: setting)
            }
            if let directory = environment["CREDENTIALS_DIRECTORY"] {
                let path = directory + "/" + name
                if access(path, F_OK) == 0 { return try contents(of: path, for: setting) }
            }
        }
        guard let file, let entry, !entry.value.isEmpty || (setting.isSecret && !setting.isAddress) else { return nil }
        return Found(text: entry.value, origin: "configuration file", name: name) { file.sentence(entry.line, $0) }
    }

    private func contents<Value>(of path: String, for setting: Setting<Value>) throws(SettingsError) -> Found {
        let text = try SecretFile.value(path, called: "\(setting.name)_FILE:")
        guard !text.isEmpty || !setting.isAddress else {
            throw SettingsError("\(setting.name)_FILE: \(printable(path)) is empty.")
        }
        return Found(text: text, origin: printable(path), name: setting.name)
    }

    private func record<Value>(_ setting: Setting<Value>, _ text: String, _ origin: String, fault: String? = nil) {
        effective.append(
            Effective(
                section: section, name: setting.name, flag: setting.flag, summary: setting.summary,
                allowed: setting.allowed,
                shown: shown(setting, text, isDefault: origin == "default"), origin: origin, fault: fault))
    }

    private func shown<Value>(_ setting: Setting<Value>, _ text: String, isDefault: Bool) -> String {
        if isDefault { return text == "nil" ? "(not set)" : printable(text) }
        if setting.isAddress { return printable(DatabaseAddress.shown(text)) }
        return setting.isSecret ? "<secret>" : printable(text)
    }

    /// Says what a setting means in effect, where that is not what was written.
    package func clarify(_ name: String, _ used: String) {
        guard let place = effective.firstIndex(where: { $0.name == name }), effective[place].shown != used else {
            return
        }
        effective[place].used = used
    }

    package func isWrong(_ name: String) -> Bool { effective.contains { $0.name == name && $0.fault != nil } }
}

extension SettingSource {
    /// In a file every name must be a setting. The environment is shared with other software: there an unknown name of
    /// ours is a warning, and a fault only where `AUTH_STRICT` is set.
    private func judgeNames() {
        for entry in file?.entries ?? [] where !isKnown(entry.name) {
            faults.append(file?.sentence(entry.line, sentence(onUnknown: entry.name)) ?? "")
        }
        let isStrict = (environment["AUTH_STRICT"] ?? file?.entry("AUTH_STRICT")?.value).flatMap(Setting<Bool>.truth)
        for name in environment.keys.sorted()
        where Program.mayOwn(name) && !isKnown(name) && program.owner(of: name) == nil {
            let text = "\(sentence(onUnknown: name)) It is set in the environment."
            if isStrict == true { faults.append(text) } else { warnings.append(text) }
        }
    }

    private func isKnown(_ name: String) -> Bool { names.contains { $0.utf8.elementsEqual(name.utf8) } }

    private func sentence(onUnknown name: String) -> String {
        if name == "AUTH_EMAIL_COMMAND" {
            return "There is no setting AUTH_EMAIL_COMMAND: mvp-auth-mail --sink command has MVP_AUTH_MAIL_COMMAND."
        }
        if let owner = program.owner(of: name) {
            return "\(name) is a setting of \(owner.rawValue), not of \(program.rawValue)."
        }
        // A name that is not like ours may be a line of something else, a key for instance: it is not shown.
        let isOurs = Program.mayOwn(name)
        let all = names + (program == .daemon ? [] : DaemonSettings.names)
        let nearest = NearestName.of(name, among: all, limit: isOurs ? nil : 3)
        guard isOurs || nearest != nil else {
            let isVariable = name.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
            return "\(isVariable ? name : "The name before the = sign") is no setting of \(program.rawValue)."
        }
        guard let nearest else { return "There is no setting \(name)." }
        let owner = names.contains(nearest) ? "" : " of \(Program.daemon.rawValue)"
        return "There is no setting \(name); the nearest is \(nearest)\(owner)."
    }
}
