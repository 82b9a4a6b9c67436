import ArgumentParser
import Concurrency
import Files
import Pipeline

/// `saliencyd model list`: lists the models that have a name.
struct ModelListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the models that --model knows by name, with their properties.")

    @Flag(help: "As JSON.")
    var json = false

    private struct List: Encodable {
        var models: [InstalledModel]
        /// The cards of models that `model fetch` can install.
        var available: [ModelCard]
    }

    func run() async throws {
        let list = try await DedicatedThread.run(name: "model", onCancel: {}) {
            let models = ModelCatalogue().models()
            let names = Set(models.map(\.name))
            return List(models: models, available: PublishedModel.all.map(\.card).filter { !names.contains($0.name) })
        }
        print(json ? JSONLine.pretty(list) : Self.text(list))
    }

    private static func text(_ list: List) -> String {
        var blocks = list.models.map { model in
            ([model.name] + (model.card.map(lines) ?? []) + (model.path.map { [row("path", $0)] } ?? [])
                + (model.problem.map { [row("problem", $0)] } ?? [])).joined(separator: "\n")
        }
        if !list.available.isEmpty {
            let width = list.available.map(\.name.count).max() ?? 0
            let rows = list.available.map { card in
                "  \(card.name)\(String(repeating: " ", count: width - card.name.count))  \(card.summary)"
            }
            blocks.append((["Available with saliencyd model fetch NAME:"] + rows).joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func lines(_ card: ModelCard) -> [String] {
        var lines = ["  \(card.summary)"]
        lines.append(row("classes", card.classes?.joined(separator: ", ") ?? "\(card.classCount)"))
        lines.append(row("input", card.input))
        lines.append(row("trained on", card.trainingData))
        lines += card.quality.enumerated().map { row($0.offset == 0 ? "quality" : "", $0.element) }
        lines.append(row("limits", card.limits))
        lines.append(row("licence", card.license))
        if let source = card.source { lines.append(row("source", source)) }
        return lines
    }

    /// Wraps the text at 100 columns, aligned in one column.
    private static func row(_ title: String, _ text: String) -> String {
        let indent = String(repeating: " ", count: 14)
        var lines: [String] = []
        var line = "  \(title)\(String(repeating: " ", count: max(1, 12 - title.count)))"
        var isFirst = true
        for word in text.split(separator: " ") {
            if !isFirst, line.count + 1 + word.count > 100 {
                lines.append(line)
                line = indent
                isFirst = true
            }
            line += (isFirst ? "" : " ") + word
            isFirst = false
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
