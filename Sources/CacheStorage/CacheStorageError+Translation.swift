import FileAccess
import GRDB
import Safetensors
import SystemPackage
import Zstandard

extension CacheStorageError {
    /// Runs `body` and turns the errors of the modules below into this module's, naming `path`.
    static func translating<Result>(_ path: FilePath? = nil, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileAccessError {
            throw CacheStorageError(error)
        } catch let error as ZstandardError {
            let code: Code = error.code == .library ? .inputOutput : .damaged
            throw CacheStorageError(code, error.description, path: path)
        } catch let error as SafetensorsError {
            throw CacheStorageError(.damaged, error.description, path: error.path ?? path)
        } catch let error as DatabaseError {
            throw CacheStorageError(error, path: path)
        } catch is RowDecodingError {
            throw CacheStorageError(
                .catalog, "a row of the catalog is damaged; run 'pharos repair' to rebuild it", path: path)
        }
    }

    init(_ error: FileAccessError) {
        let code: Code =
            switch error.code {
            case .missing: .missing
            case .notPermitted: .notPermitted
            case .noSpace: .noSpace
            case .locked: .locked
            case .size, .malformed, .wrongKind: .damaged
            case .inputOutput: .inputOutput
            }
        self.init(code, error.message, path: error.path)
    }

    init(_ error: DatabaseError, path: FilePath?) {
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL:
            self.init(
                .noSpace, "no space is left for the catalog (\(detail)); make room, then run again",
                path: path)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.notPermitted, "the catalog cannot be written: \(detail)", path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.locked, "the catalog is in use: \(detail)", path: path)
        case .SQLITE_IOERR: self.init(.inputOutput, "the catalog: \(detail)", path: path)
        default:
            self.init(
                .catalog, "the catalog cannot be used (\(detail)); run 'pharos repair' to rebuild it",
                path: path)
        }
    }
}
