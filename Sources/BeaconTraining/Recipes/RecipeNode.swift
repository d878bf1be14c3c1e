internal import Yams

/// A part of a recipe file, read key by key; unknown keys and wrong types are errors that name their place.
struct RecipeNode {
    private let node: Node
    /// As `stages[1].mix`.
    let place: String

    init(yaml: String) throws {
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw TrainingError(.invalidRecipe, "the recipe is empty")
            }
            self.init(node, place: "")
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw TrainingError(
                .invalidRecipe, "a mapping holds a key twice: \(keys.joined(separator: ", "))",
                context: ["line": String(context.mark.line)])
        } catch let error as YamlError {
            throw TrainingError(.invalidRecipe, "the recipe is not valid YAML: \(error)")
        }
    }

    private init(_ node: Node, place: String) {
        self.node = node
        self.place = place
    }

    func error(_ message: String) -> TrainingError {
        let line = node.mark.map { String($0.line) } ?? ""
        return TrainingError(
            .invalidRecipe, message,
            context: ["key": place.isEmpty ? "(top)" : place].merging(line.isEmpty ? [:] : ["line": line]) {
                $1
            })
    }

    /// Refuses keys that are not among `keys`.
    func allow(_ keys: String...) throws {
        guard let mapping = node.mapping else { throw error("expected keys and values") }
        for key in mapping.keys {
            guard let name = key.string, keys.contains(name) else {
                throw error(
                    "unknown key '\(key.string ?? "?")'; expected one of \(keys.joined(separator: ", "))")
            }
        }
    }

    subscript(key: String) -> RecipeNode? {
        guard let child = node.mapping?[key], child.null == nil || child.string != nil else { return nil }
        if child.tag == Tag(.null) { return nil }
        return RecipeNode(child, place: place.isEmpty ? key : "\(place).\(key)")
    }

    func required(_ key: String) throws -> RecipeNode {
        guard let found = self[key] else { throw error("'\(key)' is missing") }
        return found
    }

    func items() throws -> [RecipeNode] {
        guard let sequence = node.sequence else { throw error("expected a list") }
        return sequence.enumerated().map { RecipeNode($1, place: "\(place)[\($0)]") }
    }

    func string() throws -> String {
        guard let text = node.scalar?.string else { throw error("expected text") }
        return text
    }

    func integer(_ range: ClosedRange<Int>) throws -> Int {
        guard let value = node.int, range.contains(value) else {
            throw error(
                "found '\(node.scalar?.string ?? "…")', expected an integer from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    func number(_ range: ClosedRange<Double>) throws -> Double {
        guard let value = node.float ?? node.int.map(Double.init), range.contains(value) else {
            throw error(
                "found '\(node.scalar?.string ?? "…")', expected a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    func flag() throws -> Bool {
        guard let value = node.bool else { throw error("expected true or false") }
        return value
    }

    func choice<T: RawRepresentable & CaseIterable>(_ type: T.Type) throws -> T where T.RawValue == String {
        let text = try string()
        guard let value = T(rawValue: text) else {
            let names = T.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("found '\(text)', expected one of \(names)")
        }
        return value
    }

    func integers(_ range: ClosedRange<Int>) throws -> [Int] { try items().map { try $0.integer(range) } }
}
