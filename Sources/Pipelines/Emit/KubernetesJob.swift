/// A Kubernetes Indexed Job that runs a pipeline, one pod per shard.
///
/// Needs Kubernetes 1.29 or later for retries per index. The pods share the store, the sources and the model through
/// one volume claim.
public struct KubernetesJob: Sendable, Hashable {
    /// The number of shards.
    public var shards: Int
    /// The most pods at a time.
    public var parallel: Int
    /// The container image with `pharos` in it.
    public var image: String
    /// The volume claim that holds what the pipeline names.
    public var claim: String
    /// Where the claim is mounted.
    public var mountPath: String
    /// Processors of a pod.
    public var processors: Int
    /// Memory of a pod.
    public var memory: ByteSize
    /// How often a failed shard is tried again.
    public var retries: Int

    /// Creates a job for `shards` shards.
    /// - Throws: ``PipelinesError`` of code `usage` when there are none or too many.
    public init(shards: Int, image: String, claim: String, mountPath: String = "/data") throws(PipelinesError)
    {
        _ = try ShardAssignment(index: 0, count: shards)
        self.shards = shards
        self.parallel = shards
        self.image = image
        self.claim = claim
        self.mountPath = mountPath
        self.processors = 2
        self.memory = .gibibytes(4)
        self.retries = 3
    }

    /// Writes the job as YAML.
    /// - Throws: ``PipelinesError`` of code `usage` when a setting is empty or holds a space.
    public func text(_ command: JobCommand) throws(PipelinesError) -> String {
        try JobCommand.checkWord(image, "a container image")
        try JobCommand.checkWord(claim, "a volume claim")
        try JobCommand.checkWord(mountPath, "a mount path")
        guard mountPath.hasPrefix("/"), !mountPath.contains(":") else {
            throw PipelinesError(
                .usage, "expected a mount path from '/' on and without ':', found '\(mountPath.prefix(80))'")
        }
        let words = command.run(["--shard", "auto"]).map(Self.quoted).joined(separator: ", ")
        return """
            # Runs the Pharos pipeline \(command.name) in \(shards) shards. Afterwards join them on the same volume:
            #   \(JobCommand.shell(command.merge(shards)))
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: pharos-\(command.identifier)
            spec:
              completionMode: Indexed
              completions: \(shards)
              parallelism: \(max(1, min(parallel, shards)))
              backoffLimitPerIndex: \(max(0, retries))
              podFailurePolicy:
                rules:
                  - action: Ignore
                    onPodConditions:
                      - type: DisruptionTarget
                        status: "True"
                  # 75: interrupted, safe to run again.
                  - action: Ignore
                    onExitCodes:
                      operator: In
                      values: [75]
                  # Another attempt mends none of these.
                  - action: FailIndex
                    onExitCodes:
                      operator: In
                      values: [3, 12, 13, 64, 65, 78]
              template:
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 120
                  containers:
                    - name: pharos
                      image: \(Self.quoted(image))
                      command: [\(words)]
                      env:
                        - name: \(ShardEnvironment.countVariable)
                          value: "\(shards)"
                      resources:
                        requests:
                          cpu: "\(max(1, processors))"
                          memory: "\(max(1, memory.bytes >> 20))Mi"
                        limits:
                          memory: "\(max(1, memory.bytes >> 20))Mi"
                      volumeMounts:
                        - name: data
                          mountPath: \(Self.quoted(mountPath))
                  volumes:
                    - name: data
                      persistentVolumeClaim:
                        claimName: \(Self.quoted(claim))

            """
    }

    /// Quotes a text for YAML; a string of JSON is one of YAML too.
    private static func quoted(_ text: String) -> String { SchemaValue.string(text).json() }
}
