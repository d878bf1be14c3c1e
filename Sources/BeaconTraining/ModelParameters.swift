/// The values of a model's parameters, in the order of a `ParameterTable`.
///
/// A class because the optimizer changes megabytes in place; one training run owns it.
public final class ModelParameters: @unchecked Sendable {
    public let table: ParameterTable
    let storage: FloatStorage

    /// Zeros.
    public init(_ table: ParameterTable) {
        self.table = table
        storage = FloatStorage(count: table.count)
    }

    /// The values of one parameter, row-major, or nil where the model has none of that name.
    public subscript(name: String) -> [Float]? {
        table[name].map { storage.values($0.range) }
    }

    /// The first parameter with a value that is infinite or no number.
    var firstNotFinite: String? {
        table.entries.first { entry in !storage.values(entry.range).allSatisfy(\.isFinite) }?.name
    }

    /// Replaces the values of one parameter.
    ///
    /// - Throws: `TrainingError` where the model has no such parameter or the number of values differs.
    public func set(_ name: String, to values: [Float]) throws {
        guard let entry = table[name] else {
            throw TrainingError(
                .missingTensor, "the model has no parameter of this name", context: ["tensor": name])
        }
        guard values.count == entry.count else {
            throw TrainingError(
                .wrongShape, "found \(values.count) values, expected shape \(entry.shape)",
                context: ["tensor": name])
        }
        storage.set(values, at: entry.offset)
    }
}
