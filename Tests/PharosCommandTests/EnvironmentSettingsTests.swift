import Pipelines
import Testing

@testable import PharosCommand

@Suite struct EnvironmentSettingsTests {
    @Test func aFlagWinsOverTheEnvironmentThatOverTheFile() throws {
        let settings = EnvironmentSettings(["PHAROS_THREADS": "3", "PHAROS_STORE": ""])
        #expect(try settings.resolve(flag: 4, .threads, file: 2, default: 1) == 4)
        #expect(try settings.resolve(flag: nil, .threads, file: 2, default: 1) == 3)
        #expect(try settings.resolve(flag: nil, .jobs, file: 2, default: 1) == 2)
        #expect(try settings.resolve(flag: nil, .jobs, default: 1) == 1)
        #expect(try settings.resolve(flag: nil, .store, file: nil as String?) == nil)
    }

    @Test func aBadVariableIsNamed() {
        let settings = EnvironmentSettings(["PHAROS_THREADS": "many", "PHAROS_JSON": "perhaps"])
        let errors: [PipelinesError?] = [
            #expect(throws: PipelinesError.self) { try settings.resolve(flag: nil, .threads, default: 1) },
            #expect(throws: PipelinesError.self) { try settings.flag(.json) },
        ]
        #expect(errors.map { $0?.code } == [.usage, .usage])
        #expect(
            errors.first??.message
                == "the environment variable PHAROS_THREADS holds 'many', expected threads that compute")
    }

    @Test func mistypedVariablesAreFound() {
        let settings = EnvironmentSettings(["PHAROS_STROE": "x", "PHAROS_STORE": "y", "PATH": "z"])
        #expect(
            settings.unknownVariables == [
                "unknown environment variable 'PHAROS_STROE'; did you mean 'PHAROS_STORE'?"
            ])
    }

    @Test(arguments: [("1", true), ("ON", true), ("no", false), ("", nil as Bool?)])
    func flagsAreRead(_ text: String, _ value: Bool?) throws {
        #expect(try EnvironmentSettings(["PHAROS_JSON": text]).flag(.json) == value)
    }
}
