/// An error in the shape that clients of the OpenAI interface expect.
struct ErrorReply: Encodable {
    struct Body: Encodable {
        var code: String
        var message: String
        var type: String
        var param: String?

        private enum CodingKeys: String, CodingKey { case code, message, type, param }

        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: CodingKeys.self)
            try keys.encode(code, forKey: .code)
            try keys.encode(message, forKey: .message)
            try keys.encode(type, forKey: .type)
            try keys.encode(param, forKey: .param)
        }
    }

    var error: Body

    init(_ error: ServiceError) {
        self.error = Body(
            code: error.code, message: error.message, type: error.kind.rawValue, param: error.parameter)
    }
}
