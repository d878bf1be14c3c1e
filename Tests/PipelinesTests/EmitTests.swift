import SystemPackage
import Testing

@testable import Pipelines

@Suite struct EmitTests {
    private func command(_ path: FilePath = "/data/samples.yaml") throws -> JobCommand {
        try JobCommand(name: "samples", program: "/usr/bin/pharos", pipeline: path)
    }

    private func schedule(_ cron: String) throws -> ScheduleSettings {
        ScheduleSettings(cron: try CronExpression(cron))
    }

    @Test func unitsRunThePipelineByItsSchedule() throws {
        var schedule = try schedule("30 2 1,15 * 1-5")
        schedule.zone = "Europe/Berlin"
        schedule.jitter = .seconds(300)
        schedule.retries = 2
        schedule.timeout = .seconds(7_200)
        let units = SystemdUnits(try command("/data/100% \"new\" $x.yaml"), schedule: schedule)
        #expect(units.name == "pharos-samples")
        #expect(units.service.contains(#"ExecStart=/usr/bin/pharos run "/data/100%% \"new\" $$x.yaml""#))
        #expect(units.service.contains("Restart=on-failure\nRestartSec=60000ms\nRuntimeMaxSec=7200000ms\n"))
        #expect(
            units.timer.contains(
                """
                OnCalendar=*-*-01,15 02:30:00 Europe/Berlin
                OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 02:30:00 Europe/Berlin

                """))
        #expect(units.timer.contains("RandomizedDelaySec=300000ms\nUnit=pharos-samples.service\n"))
        #expect(units.timer.hasSuffix("[Install]\nWantedBy=timers.target\n"))
    }

    @Test(arguments: [
        ("@daily", ["*-*-* 00:00:00"]), ("*/20 1-3 * * *", ["*-*-* 01,02,03:00,20,40:00"]),
        ("* * * 6 0", ["Sun *-06-* *:*:00"]), ("0 0 */10 * 1", ["Mon *-*-01,11,21,31 00:00:00"]),
    ])
    func calendarsSayTheSameAsCron(_ cron: String, _ calendar: [String]) throws {
        #expect(SystemdUnits.calendar(try CronExpression(cron)) == calendar)
    }

    @Test func aCrontabLineEscapesPercentSigns() throws {
        var schedule = try schedule("5 4 * * *")
        schedule.timeout = .seconds(90)
        let text = try CronLine.text(try command("/data/100% it's.yaml"), schedule: schedule)
        #expect(text.split(separator: "\n").dropLast().allSatisfy { $0.hasPrefix("#") })
        #expect(
            text.hasSuffix(
                #"5 4 * * * timeout --signal=TERM --kill-after=120 90 /usr/bin/pharos run '/data/100\% it'\''s.yaml'"#
                    + "\n"))
    }

    /// cron compares these names as they are written.
    @Test func aCrontabHasTheNamesThatCronKnows() throws {
        let text = try CronLine.text(command(), schedule: schedule("@DAILY"))
        #expect(text.contains("\n@daily /usr/bin/pharos"))
    }

    @Test func aSlurmScriptSubmitsArrayAndMerge() throws {
        var script = try SlurmScript(shards: 4)
        script.parallel = 2
        script.processors = 8
        script.memory = .gibibytes(16)
        script.timeLimit = .seconds(5_400)
        script.partition = "batch"
        let text = try script.text(command("/data/a b.yaml"))
        for line in [
            "#SBATCH --array=0-3%2", "#SBATCH --requeue", "#SBATCH --signal=B:TERM@60",
            "#SBATCH --cpus-per-task=8",
            "#SBATCH --mem=16384M", "#SBATCH --time=90", "#SBATCH --partition=batch",
            "/usr/bin/pharos run '/data/a b.yaml' --shard \"$SLURM_ARRAY_TASK_ID/4\" &",
            "exec /usr/bin/pharos merge '/data/a b.yaml' --expect 4",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        #expect(text.contains("--dependency=\"afterany:$array\""))
        #expect(!text.contains("\n\n\n"))
    }

    @Test func aKubernetesJobIsIndexed() throws {
        var job = try KubernetesJob(shards: 6, image: "registry.example/pharos:1", claim: "corpus")
        job.parallel = 3
        let text = try job.text(command())
        #expect(text.contains("  completionMode: Indexed\n  completions: 6\n  parallelism: 3\n"))
        #expect(
            text.contains(#"command: ["/usr/bin/pharos", "run", "/data/samples.yaml", "--shard", "auto"]"#))
        #expect(text.contains("- name: PHAROS_SHARD_COUNT\n              value: \"6\"\n"))
    }

    @Test func parallelRunsAllShardsAndMerges() throws {
        #expect(
            try ParallelCommand.text(command(), shards: 4, jobs: 2)
                == "seq 0 3 | parallel -q --jobs 2 -I '{shard}' --joblog pharos-samples.joblog /usr/bin/pharos run "
                + "/data/samples.yaml --shard '{shard}/4'; /usr/bin/pharos merge /data/samples.yaml --expect 4\n"
        )
    }

    @Test func whatCannotStandInAJobFileIsRefused() throws {
        let command = try command()
        #expect(throws: PipelinesError.self) { try JobCommand(name: "a", pipeline: "/a\nb.yaml") }
        #expect(throws: PipelinesError.self) { try SlurmScript(shards: 0) }
        #expect(throws: PipelinesError.self) {
            var script = try SlurmScript(shards: 1)
            script.account = "x\n#SBATCH --uid=0"
            return try script.text(command)
        }
        #expect(throws: PipelinesError.self) {
            try KubernetesJob(shards: 1, image: "a b", claim: "c").text(command)
        }
        #expect(throws: PipelinesError.self) { try ParallelCommand.text(command, shards: 2, jobs: 0) }
        // A job may start in any directory.
        #expect(throws: PipelinesError.self) { try JobCommand(name: "a", pipeline: "a.yaml") }
        #expect(throws: PipelinesError.self) {
            try JobCommand(name: "a", program: "bin/pharos", pipeline: "/a.yaml")
        }
        for mount in ["data", "/a:b"] {
            #expect(throws: PipelinesError.self) {
                try KubernetesJob(shards: 1, image: "a", claim: "c", mountPath: mount).text(command)
            }
        }
        // GNU parallel would run what stands between, and replace the other.
        for path: FilePath in ["/data/{=system('id')=}.yaml", "/data/{%}.yaml"] {
            #expect(throws: PipelinesError.self) { try ParallelCommand.text(self.command(path), shards: 2) }
        }
        #expect(throws: PipelinesError.self) {
            try CronLine.text(self.command("/data/a\\\\%.yaml"), schedule: schedule("@daily"))
        }
    }

    @Test(arguments: [("Harbour Manuals_2", "harbour-manuals-2"), ("--", "pipeline"), ("Ä", "pipeline")])
    func namesBecomeIdentifiers(_ name: String, _ identifier: String) throws {
        #expect(try JobCommand(name: name, pipeline: "/p").identifier == identifier)
    }
}
