// BundledModel
