// PharosCommand
