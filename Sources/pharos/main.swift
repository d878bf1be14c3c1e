import PharosCommand

await Pharos.start()
