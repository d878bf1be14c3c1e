import ArgumentParser
import CacheStorage
import SystemPackage

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key file for an encrypted store.",
        discussion: """
            The file holds 32 random bytes in hexadecimal and may be read by its owner alone. Whoever loses it loses \
            the store: there is no other way in. A store is encrypted when it is created with a key, by the \
            pipeline's encryption: { key-file: … }, by --key-file or by PHAROS_KEY_FILE; every later command needs \
            the same key.

            Example: pharos key ~/.config/pharos/harbour.key
            """)

    @Argument(help: "The file to write; it must not exist.")
    var file: String

    func run() async throws {
        try StoreKey.create(FilePath(file))
        try StandardStream.output.write("wrote a new key to \(file); keep a copy where the store is not\n")
    }
}
