import Synchronization

/// Counts what the service does, and prints the counts as Prometheus text.
final class ServiceMetrics: Sendable {
    private struct Request: Hashable, Sendable {
        var method: String
        var route: String
        var status: Int
    }

    private struct Histogram: Sendable {
        static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
        var counts = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var sum = 0.0

        mutating func add(_ value: Double) {
            for (index, bound) in Self.bounds.enumerated() where value <= bound { counts[index] += 1 }
            count += 1
            sum += value
        }

        func lines(_ name: String) -> String {
            var text = "# TYPE \(name) histogram\n"
            for (bound, count) in zip(Self.bounds, counts) {
                text += "\(name)_bucket{le=\"\(bound)\"} \(count)\n"
            }
            return text + "\(name)_bucket{le=\"+Inf\"} \(count)\n\(name)_sum \(sum)\n\(name)_count \(count)\n"
        }
    }

    private struct Counts: Sendable {
        var requests: [Request: Int] = [:]
        var requestSeconds = Histogram()
        var answers: [String: Int] = [:]
        var answerSeconds = Histogram()
        var firstTextSeconds = Histogram()
        var reusedTokens = 0
        var computedTokens = 0
        var answerTokens = 0
    }

    private let counts = Mutex(Counts())

    func noteRequest(method: String, route: String, status: Int, seconds: Double) {
        counts.withLock {
            let request = Request(method: Self.label(method), route: route, status: status)
            $0.requests[request, default: 0] += 1
            $0.requestSeconds.add(seconds)
        }
    }

    /// - Parameter result: `done`, or the code of what went wrong.
    func noteAnswer(_ result: String, seconds: Double) {
        counts.withLock {
            $0.answers[result, default: 0] += 1
            $0.answerSeconds.add(seconds)
        }
    }

    func noteFirstText(seconds: Double) { counts.withLock { $0.firstTextSeconds.add(seconds) } }

    func noteTokens(reused: Int, computed: Int, generated: Int) {
        counts.withLock {
            $0.reusedTokens += reused
            $0.computedTokens += computed
            $0.answerTokens += generated
        }
    }

    /// Seconds that a question took lately, for guesses at how long the queue is.
    var meanAnswerSeconds: Double {
        counts.withLock {
            $0.answerSeconds.count == 0 ? 1 : $0.answerSeconds.sum / Double($0.answerSeconds.count)
        }
    }

    /// - Parameter gauges: values of the moment, by name.
    func text(gauges: [(name: String, value: Int)]) -> String {
        let counts = counts.withLock { $0 }
        var text = "# TYPE pharos_http_requests_total counter\n"
        let requests = counts.requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, count) in requests {
            let labels =
                "method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\""
            text += "pharos_http_requests_total{\(labels)} \(count)\n"
        }
        text += counts.requestSeconds.lines("pharos_http_request_seconds")
        text += "# TYPE pharos_answers_total counter\n"
        for (result, count) in counts.answers.sorted(by: { $0.key < $1.key }) {
            text += "pharos_answers_total{result=\"\(result)\"} \(count)\n"
        }
        text += counts.answerSeconds.lines("pharos_answer_seconds")
        text += counts.firstTextSeconds.lines("pharos_answer_first_text_seconds")
        for (name, value) in [
            ("pharos_context_tokens_reused_total", counts.reusedTokens),
            ("pharos_context_tokens_computed_total", counts.computedTokens),
            ("pharos_answer_tokens_total", counts.answerTokens),
        ] {
            text += "# TYPE \(name) counter\n\(name) \(value)\n"
        }
        for (name, value) in gauges { text += "# TYPE \(name) gauge\n\(name) \(value)\n" }
        return text
    }

    /// Methods are the client's words; only known ones become labels.
    private static func label(_ method: String) -> String {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"].contains(method)
            ? method : "other"
    }
}
