extension Profile {
    /// MediaWiki's export: the last revision of each page.
    static let mediawiki: Profile = {
        var profile = Profile(name: "mediawiki", summary: "MediaWiki export, last revisions", format: .xml)
        profile.detection.roots = ["mediawiki"]
        profile.detection.namespaces = ["http://www.mediawiki.org/xml/export*"]
        profile.records = ["page"]
        profile.fields = [
            "id": "id", "title": "title", "namespace": "ns", "redirect": "redirect/@title",
            "revision": FieldMapping(["revision/id"], choose: .last),
            "model": FieldMapping(["revision/model"], choose: .last),
            "date": FieldMapping(["revision/timestamp"], choose: .last),
            "text": FieldMapping(["revision/text"], choose: .last, transform: .wikitext),
        ]
        return profile
    }()

    /// StackExchange's dumps: rows whose attributes hold escaped HTML; comments and history hold Markdown.
    static let stackexchange: Profile = {
        var profile = Profile(name: "stackexchange", summary: "StackExchange data dump rows", format: .xml)
        profile.detection.roots = ["posts", "comments", "users", "posthistory", "tags"]
        profile.records = ["row"]
        profile.fields = [
            "id": "@Id",
            "title": ["@Title", "@DisplayName", "@TagName"],
            "type": "@PostTypeId", "parent": "@ParentId", "post": "@PostId", "score": "@Score",
            "keywords": "@Tags",
            "date": "@CreationDate", "answer": "@AcceptedAnswerId", "owner": "@OwnerUserId",
            "text": FieldMapping(
                ["@Title", "@Body", "@Text", "@AboutMe"], transform: .html, plain: ["@Title", "@Text"]),
        ]
        return profile
    }()
}
