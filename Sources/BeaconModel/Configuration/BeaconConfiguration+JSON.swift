extension BeaconConfiguration {
    /// Reads the `beacon_*` keys; missing ones take the reference's defaults, unknown ones are ignored.
    init(json: ConfigurationObject) throws {
        let window = try json.optionalInteger("beacon_window", in: 1...(1 << 24)) ?? 1024
        let stride = try json.optionalInteger("beacon_stride", in: 1...(1 << 24)) ?? window
        guard stride == window else {
            throw json.error(
                "beacon_stride \(stride) differs from beacon_window \(window); only equal ones are defined")
        }
        func choice<T: RawRepresentable>(_ key: String, default value: T) throws -> T
        where T.RawValue == String {
            guard let text = try json.optionalString(key) else { return value }
            guard let result = T(rawValue: text) else { throw json.error("\(key) is '\(text)'") }
            return result
        }
        let initial = try json.optionalString("beacon_embed_init") ?? "eos"
        guard initial == "eos" || initial == "bos" else {
            throw json.error("beacon_embed_init is '\(initial)'; expected eos or bos")
        }
        let letters = try json.optionalStrings("beacon_param") ?? []
        let projections = try letters.map { letter in
            guard let projection = BeaconProjection(rawValue: letter) else {
                throw json.error("beacon_param holds '\(letter)'; expected letters of q, k, v, o")
            }
            return projection
        }
        try self.init(
            windowSize: window,
            ratios: try json.optionalIntegers("beacon_ratio") ?? [2, 4, 8, 16, 32],
            ratioRule: try RatioRule(
                checkpoint: try json.optionalString("beacon_ratio_mix") ?? "step-random"),
            projections: Set(projections),
            placement: try choice("beacon_pos", default: .interleave),
            attention: try choice("beacon_attn", default: .fullCoverage),
            attendPrevious: try json.optionalFlag("beacon_attend_prev") ?? true,
            sinkSize: try json.optionalInteger("beacon_sink_size", in: 0...(1 << 24)) ?? 0,
            embeddingFromEndOfText: initial == "eos",
            questionWindow: try json.optionalInteger("beacon_question_window", in: 1...(1 << 24)))
    }
}

extension RotaryScaling {
    init(json: ConfigurationObject) throws {
        let parameters = try json.optionalObject("rope_parameters")
        guard let scaling = try parameters ?? json.optionalObject("rope_scaling") else {
            self = .none
            return
        }
        let type =
            try scaling.optionalString("rope_type") ?? scaling.optionalString("type")
            ?? (parameters != nil ? "default" : scaling.string("rope_type"))
        func factor() throws -> Double {
            let factor = try scaling.number("factor")
            guard factor >= 1, factor <= 1e6 else {
                throw scaling.error("rope_scaling factor is \(factor); expected 1 to 1000000")
            }
            return factor
        }
        switch type {
        case "default": self = .none
        case "linear": self = .linear(factor: try factor())
        case "dynamic": self = .dynamic(factor: try factor())
        case "yarn":
            // The reference's formula, which knows the older key alone; another result would be silently wrong.
            guard try scaling.optionalString("type") != nil else {
                throw scaling.error(
                    "rope_type is 'yarn'; of YaRN only the older form is supported, with the key 'type'")
            }
            self = .yarn(factor: try factor())
        case "llama3":
            self = .llama3(
                factor: try factor(),
                originalLength: try scaling.integer("original_max_position_embeddings", in: 1...(1 << 30)),
                lowFrequency: try scaling.number("low_freq_factor"),
                highFrequency: try scaling.number("high_freq_factor"))
        default:
            throw scaling.error(
                "rope_scaling type is '\(type)'; expected linear, dynamic, yarn or llama3")
        }
    }
}
