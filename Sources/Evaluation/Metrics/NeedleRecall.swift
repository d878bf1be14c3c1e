/// How much of a needle an output gives back.
public enum NeedleRecall {
    /// ROUGE-L recall of `prediction` against the needle.
    ///
    /// - Returns: 0 to 1; 0 where one side is empty.
    public static func score(_ prediction: String, needle: String) -> Double {
        RougeL(prediction, against: WordSplitting.trimmed(needle))?.recall ?? 0
    }

    /// The score of an output by the published protocol: of its first line, rounded to two places.
    public static func published(_ output: String, needle: String) -> Double {
        Rounding.places(score(WordSplitting.firstLine(output), needle: needle), 2)
    }
}
