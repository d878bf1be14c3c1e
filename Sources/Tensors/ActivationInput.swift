internal import CKernels

/// Rows of activations in the form that the weights multiply with, prepared once and used by several maps.
///
/// What the form is depends on the weights: fp32, bf16, or int8 with scales. The first product after `prepare` makes
/// it, once for q, k and v together instead of three times, and normalises or gates on the way where asked.
public final class ActivationInput {
    public let columns: Int
    /// Rows prepared last.
    public private(set) var rows = 0
    private var source: Source
    private var forms: [Form] = []

    public init(columns: Int) {
        precondition(columns > 0)
        self.columns = columns
        source = .matrix(Matrix(rows: 1, columns: columns))
    }

    /// Prepares the first `rows` rows of `matrix`, which must stay unchanged until the products are done.
    public func prepare(_ matrix: Matrix, rows: Int, using context: ComputeContext) {
        precondition(matrix.columns == columns && rows >= 0 && rows <= matrix.rows)
        replace(with: .matrix(matrix), rows: rows)
    }

    /// Prepares `x / sqrt(mean(x²) + epsilon) · weight` of the first `rows` rows, without storing it as a matrix.
    public func prepare(
        normalizing matrix: Matrix, rows: Int, weight: [Float], epsilon: Float, using context: ComputeContext
    ) {
        precondition(matrix.columns == columns && weight.count == columns && rows >= 0 && rows <= matrix.rows)
        replace(with: .normalized(matrix, weight: weight, epsilon: epsilon), rows: rows)
    }

    /// Prepares `silu(gate) · up` of the first `rows` rows, without storing it as a matrix.
    public func prepare(gating gate: Matrix, _ up: Matrix, rows: Int, using context: ComputeContext) {
        precondition(gate.columns == columns && up.columns == columns)
        precondition(rows >= 0 && rows <= min(gate.rows, up.rows))
        replace(with: .gated(gate, up), rows: rows)
    }

    /// Prepares `silu(x Gᵀ + g) · (x Uᵀ + u)` of the rows of `input` for `next`, piece by piece while each is in the cache.
    ///
    /// What `prepare(gating:_:rows:using:)` makes of both products, without storing them; only `next`, or weights
    /// of its format and group size, can be multiplied with it.
    public func prepare(
        multiplying input: ActivationInput, gate: LinearWeights, up: LinearWeights, for next: LinearWeights,
        using context: ComputeContext
    ) {
        precondition(gate.inputs == input.columns && up.inputs == input.columns)
        precondition(gate.outputs == columns && up.outputs == columns && next.inputs == columns)
        precondition(gate.format == up.format && gate.groupSize == up.groupSize)
        replace(with: .made, rows: input.rows)
        guard rows > 0 else { return }
        let form = form(pharos_input_type(context.kernels, next.format.type), next.groupSize)
        form.makeRoom(rows: rows)
        form.isCurrent = true
        var engine = context.engine
        var activations = input.prepared(for: gate, using: context)
        var target = form.view
        gate.withView { gate in
            up.withView { up in
                pharos_multiply_gated(
                    &engine, gate, up, &activations, rows, form.type, form.groupSize, &target)
            }
        }
    }

    private func replace(with source: Source, rows: Int) {
        self.source = source
        self.rows = rows
        for form in forms { form.isCurrent = false }
    }

    /// The rows for some weights; made when first asked for.
    func prepared(for weights: LinearWeights, using context: ComputeContext) -> pharos_activations {
        let form = form(pharos_input_type(context.kernels, weights.format.type), weights.groupSize)
        if !form.isCurrent {
            form.makeRoom(rows: rows)
            make(form, using: context)
            form.isCurrent = true
        }
        return form.view
    }

    private func form(_ type: pharos_type, _ groupSize: Int) -> Form {
        if let known = forms.first(where: {
            $0.type == type && (type != PHAROS_INT8 || $0.groupSize == groupSize)
        }) {
            return known
        }
        let new = Form(type: type, groupSize: groupSize, columns: columns)
        forms.append(new)
        return new
    }

    private func make(_ form: Form, using context: ComputeContext) {
        guard rows > 0 else { return }
        var engine = context.engine
        var view = form.view
        let type = form.type
        switch source {
        case .made:
            preconditionFailure("the rows were prepared for weights of another format")
        case .matrix(let matrix):
            pharos_prepare(
                &engine, type, columns, form.groupSize, matrix.pointer(row: 0), columns, rows, &view)
        case .normalized(let matrix, let weight, let epsilon):
            pharos_rms_norm_prepare(
                &engine, type, form.groupSize, matrix.pointer(row: 0), columns, rows, columns, weight,
                epsilon, &view)
        case .gated(let gate, let up):
            pharos_silu_multiply_prepare(
                &engine, type, form.groupSize, gate.pointer(row: 0), up.pointer(row: 0), rows, columns, &view)
        }
    }
}

extension ActivationInput {
    private enum Source {
        case matrix(Matrix)
        case normalized(Matrix, weight: [Float], epsilon: Float)
        case gated(Matrix, Matrix)
        /// In one form, by what came before.
        case made
    }

    /// The rows in one format.
    private final class Form {
        let type: pharos_type
        let groupSize: Int
        let columns: Int
        var isCurrent = false
        private var capacity = 0
        private var values = AlignedBuffer(size: 0)
        private var scales = AlignedBuffer(size: 0)
        private var sums = AlignedBuffer(size: 0)

        init(type: pharos_type, groupSize: Int, columns: Int) {
            self.type = type
            self.groupSize = groupSize
            self.columns = columns
        }

        func makeRoom(rows: Int) {
            guard rows > capacity else { return }
            capacity = max(rows, min(capacity * 2, capacity + 256))
            values = AlignedBuffer(size: pharos_activations_size(type, capacity, columns))
            guard type == PHAROS_INT8 else { return }
            let groups = QuantizedRows.groups(columns, groupSize)
            scales = AlignedBuffer(floats: capacity * groups)
            sums = AlignedBuffer(floats: capacity * groups)
        }

        var view: pharos_activations {
            pharos_activations(
                values: values.base, capacity: capacity, scales: scales.floats,
                sums: sums.base.assumingMemoryBound(to: Int32.self))
        }
    }
}
