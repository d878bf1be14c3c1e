extension RecordType {
    static let papers = [
        RecordType(
            "invoice", .code, before: ["invoice ", "order ", "contract ", "claim "],
            [
                .init(
                    ["total", "amount due"], .money, ["{e} comes to {v}.", "The sum billed on {e} is {v}."],
                    ["How much is billed on {e}?", "What does {e} come to?"]),
                .init(["due date"], .date, ["{e} must be paid by {v}."], ["By when must {e} be paid?"]),
                .init(["customer"], .person, ["{e} was sent to {v}."], ["To whom was {e} sent?"]),
                .init(
                    ["purchase order"], .digits(5...6), ["{e} refers to order {v}."],
                    ["To which order does {e} refer?"]),
                .init(
                    ["tax rate"], .percentage, ["{e} includes a tax of {v}."],
                    ["How much tax does {e} include?"]),
            ]),
        RecordType(
            "incident", .digits(3...5), before: ["incident ", "ticket ", "case "],
            [
                .init(
                    ["severity"], .choice(["low", "medium", "high", "critical"]), ["{e} was rated {v}."],
                    ["How was {e} rated?"]),
                .init(["start time"], .time, ["{e} began at {v}."], ["When did {e} begin?"]),
                .init(
                    ["duration"], .amount(2...240, ["minutes"]), ["{e} lasted {v}."],
                    ["How long did {e} last?"]
                ),
                .init(
                    ["cause", "root cause"], .choice(causes),
                    ["{e} was caused by {v}.", "{v} brought about {e}."], ["What caused {e}?"]),
                .init(
                    ["owner"], .person, ["{e} was handled by {v}.", "{v} closed {e}."], ["Who handled {e}?"]),
                .init(["affected site"], .place, ["{e} affected {v}."], ["Which site did {e} affect?"]),
            ]),
        RecordType(
            "meeting",
            .word([" meeting", " review", " workshop", " hearing", " briefing", " concert", " fair"]),
            before: ["the "],
            [
                .init(
                    ["date"], .date, ["{e} took place on {v}.", "{e} will be held on {v}."],
                    ["On which date did {e} take place?", "When was {e} held?"]),
                .init(["room"], .room, ["{e} was held in room {v}."], ["In which room was {e} held?"]),
                .init(
                    ["chair"], .person, ["{e} was chaired by {v}.", "{v} opened {e}."], ["Who chaired {e}?"]),
                .init(
                    ["number of attendees"], .digits(1...3), ["{v} people attended {e}."],
                    ["How many people attended {e}?"]),
                .init(
                    ["start", "starting time"], .time, ["{e} starts at {v}."],
                    ["At what time does {e} start?"]),
            ]),
        RecordType(
            "book",
            .word([
                " Garden\"", " Letters\"", " Engine\"", " Winter\"", " Map\"", " Island\"", " Clock\"", "\"",
            ]), before: ["\"The "],
            [
                .init(
                    ["author"], .person, ["{e} was written by {v}.", "{v} wrote {e}."], ["Who wrote {e}?"]),
                .init(["publication year"], .year, ["{e} appeared in {v}."], ["When did {e} appear?"]),
                .init(
                    ["page count"], .digits(3...3), ["{e} runs to {v} pages."],
                    ["How many pages does {e} have?"]),
                .init(["shelf mark"], .code, ["{e} is kept at shelf {v}."], ["At which shelf is {e} kept?"]),
                .init(
                    ["publisher"], .word([" Press", " House", " and Co"]), ["{e} was published by {v}."],
                    ["Who published {e}?"]),
            ]),
        RecordType(
            "rule", .digits(1...3), before: ["section ", "article ", "clause ", "rule "],
            [
                .init(
                    ["limit"], .amount(1...400, ["days"]), ["{e} sets a limit of {v}."],
                    ["What limit does {e} set?"]),
                .init(
                    ["penalty", "fine"], .money,
                    ["Anyone who breaks {e} pays {v}.", "{e} carries a fine of {v}."],
                    ["What does anyone who breaks {e} pay?", "What fine does {e} carry?"]),
                .init(
                    ["effective date"], .date, ["{e} has been in force since {v}."],
                    ["Since when has {e} been in force?"]),
                .init(
                    ["responsible office"], .word([" Board", " Agency", " Council"]),
                    ["{e} is enforced by the {v}."], ["Who enforces {e}?"]),
            ]),
        RecordType(
            "experiment", .word([" trial", " study", " survey", " project", " experiment"]), before: ["the "],
            [
                .init(
                    ["budget", "cost"], .money, ["{e} was given {v}.", "{e} cost {v} in all."],
                    ["How much did {e} cost?"]),
                .init(
                    ["number of participants", "sample size"], .digits(2...4),
                    ["{e} enrolled {v} volunteers."], ["How many volunteers did {e} enroll?"]),
                .init(
                    ["success rate"], .percentage, ["{e} succeeded in {v} of the cases."],
                    ["In what share of the cases did {e} succeed?"]),
                .init(
                    ["lead scientist", "coordinator"], .person, ["{e} is directed by {v}."],
                    ["Who directs {e}?"]),
                .init(["end date"], .date, ["{e} ends on {v}."], ["When does {e} end?"]),
                .init(
                    ["password", "passphrase"], .word(["", "77", "-key"]),
                    ["The files of {e} open with the password {v}."],
                    ["Which password opens the files of {e}?"]),
            ]),
    ]
}
