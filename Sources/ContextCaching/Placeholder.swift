// ContextCaching
