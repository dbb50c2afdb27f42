//! Both directions of rich text, on what servers stored and on the worst there is.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::widgets::markdown;

fn doc(content: Value) -> Value {
    json!({"type": "doc", "content": content})
}

fn para(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

fn set(words: &str, marks: &[&str]) -> Value {
    let marks: Vec<Value> = marks.iter().map(|mark| json!({"type": mark})).collect();
    json!({"type": "text", "text": words, "marks": marks})
}

fn nobody() -> Mentions {
    Mentions::default()
}

/// What is shown of a text, row by row.
fn shown(text: &str) -> Vec<String> {
    markdown::render(text, 10_000)
        .iter()
        .map(|row| row.text().to_string())
        .collect()
}

fn back(document: &Value) -> Value {
    to_document(&to_markdown(document), &nobody())
}

#[test]
fn a_document_becomes_markdown() {
    let document = doc(json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [text("Why")]},
        para(json!([
            text("We win by being "), set("boring", &["bold"]), text(" and "),
            set("reliable", &["italic"]), text(", not "), set("fast", &["strike"]),
            text(". Run "), set("make", &["code"]), {"type": "hardBreak"},
            {"type": "text", "text": "docs", "marks": [{"type": "link", "attrs":
                {"href": "https://example.test/strategy?a=1&b=2", "target": "_blank"}}]},
        ])),
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [para(json!([text("one")])),
                {"type": "orderedList", "attrs": {"start": 3}, "content": [
                    {"type": "listItem", "content": [para(json!([text("three")]))]},
                    {"type": "listItem", "content": [para(json!([text("four")])),
                        {"type": "bulletList", "content": [{"type": "listItem",
                            "content": [para(json!([text("deep")]))]}]}]},
                ]}]},
            {"type": "listItem", "content": [para(json!([text("two")]))]},
        ]},
        {"type": "blockquote", "content": [para(json!([text("Hope")])), para(json!([text("no")]))]},
        {"type": "horizontalRule"},
        {"type": "codeBlock", "attrs": {"language": "sql"}, "content": [text("SELECT 1;\n\n-- `x`")]},
        {"type": "paragraph"},
    ]));
    let expected = "## Why\n\nWe win by being **boring** and *reliable*, not ~~fast~~. Run `make`\n\
        [docs](https://example.test/strategy?a=1&b=2)\n\n- one\n\n  3. three\n  4. four\n     - deep\n- two\n\n\
        > Hope\n>\n> no\n\n---\n\n```sql\nSELECT 1;\n\n-- `x`\n```";
    assert_eq!(to_markdown(&document), expected);
    assert_eq!(to_markdown(&back(&document)), expected);
    assert_eq!(to_markdown(&json!(document.to_string())), expected);
    assert_eq!(to_markdown(&json!({"message": document})), expected);
    let wrapped = json!({"message": {"message": document.to_string()}}).to_string();
    assert_eq!(to_markdown(&json!(wrapped)), expected);
}

#[test]
fn markdown_becomes_only_what_the_editor_knows() {
    let markdown = "# A *b*\n\n#### deep\n\none  \ntwo\nthree **`x`**\n\n- [ ] to do\n- [x] done\n- # head\n-\n\n3) a\n\n\
        ```rs\nfn\n```\n\n![pic](https://e.test/p.png) <b>bold</b>\n\n***\n\n> q";
    let expected = doc(json!([
        {"type": "heading", "attrs": {"level": 1}, "content": [text("A "), set("b", &["italic"])]},
        {"type": "heading", "attrs": {"level": 3}, "content": [text("deep")]},
        para(json!([text("one"), {"type": "hardBreak"}, text("two"), {"type": "hardBreak"},
            text("three "), set("x", &["code"])])),
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [para(json!([text("[ ] to do")]))]},
            {"type": "listItem", "content": [para(json!([text("[x] done")]))]},
            {"type": "listItem", "content": [{"type": "paragraph"},
                {"type": "heading", "attrs": {"level": 1}, "content": [text("head")]}]},
            {"type": "listItem", "content": [{"type": "paragraph"}]},
        ]},
        {"type": "orderedList", "attrs": {"start": 3}, "content": [
            {"type": "listItem", "content": [para(json!([text("a")]))]}]},
        {"type": "codeBlock", "attrs": {"language": "rs"}, "content": [text("fn")]},
        para(json!([
            {"type": "text", "text": "pic", "marks": [{"type": "link", "attrs": {"href": "https://e.test/p.png"}}]},
            text(" <b>bold</b>")])),
        {"type": "horizontalRule"},
        {"type": "blockquote", "content": [para(json!([text("q")]))]},
    ]));
    assert_eq!(to_document(markdown, &nobody()), expected);
    assert_eq!(to_document("", &nobody()), doc(json!([])));
    assert_eq!(
        to_doc_string("", &nobody()),
        r#"{"type":"doc","content":[]}"#
    );
}

#[test]
fn signs_in_words_stay_words() {
    for words in [
        "*",
        "**",
        "_",
        "__init__",
        "snake_case",
        "2 * 3 * 4",
        "*a*",
        "_a_ b",
        "`",
        "``a``",
        "# no heading",
        "#1 thing",
        "####### seven",
        "1. no item",
        "2026. was good",
        "1) no",
        "- no item",
        "+ no item",
        "* no",
        "---",
        "***",
        "___",
        "- - -",
        "===",
        "> no quote",
        "~~~",
        "~5",
        "~~no~~",
        "~a~",
        "[a](b)",
        "[a]: b",
        "[ ] box",
        "![a](b)",
        "!",
        "a!",
        "<b>",
        "<https://e.test>",
        "a < b",
        "&amp;",
        "&#27;",
        "R&D; yes",
        "R&D",
        "\\",
        "\\*",
        "a\\",
        "|a|b|",
        "    four",
        "\tTab",
        "a  b",
        "https://e.test/a_b_c",
        "@Ana_Silva*",
        "$x$",
        ":smile:",
        "[^1]",
        "{#id}",
        "<!-- -->",
        "a #",
        "a ##",
        "e\u{301}",
        "\u{1b}[31mred\u{1b}[0m",
        "\u{202e}x",
        "a\rb",
        "漢*字*",
        "\u{a0}x",
        "12345678901. x",
    ] {
        for document in [
            doc(json!([para(json!([text(words)]))])),
            doc(json!([para(
                json!([text("a"), {"type": "hardBreak"}, text(words)])
            )])),
            doc(json!([{"type": "heading", "attrs": {"level": 3}, "content": [text(words)]}])),
            doc(json!([{"type": "blockquote", "content": [para(json!([text(words)]))]}])),
            doc(json!([para(json!([
                set(words.trim(), &["bold"]),
                text(words)
            ]))])),
            doc(json!([{"type": "bulletList", "content": [
                {"type": "listItem", "content": [para(json!([text(words)]))]}]}])),
            doc(json!([para(json!([
                {"type": "text", "text": words, "marks": [{"type": "link", "attrs": {"href": "https://e.test"}}]}
            ]))])),
        ] {
            let markdown = to_markdown(&document);
            assert!(
                read::blocks(&document) == from_markdown::blocks(&markdown),
                "{words:?} as {markdown:?} is read as {:?}",
                from_markdown::blocks(&markdown),
            );
        }
    }
    assert_eq!(
        to_markdown(&json!("snake_case 2 * 3, R&D #1 a < b")),
        "snake_case 2 * 3, R&D #1 a < b"
    );
}

#[test]
fn marks_that_touch_are_kept_apart() {
    for pieces in [
        json!([set("a", &["bold"]), set("b", &["italic"])]),
        json!([
            set("a", &["bold", "italic"]),
            set("b", &["italic"]),
            set("c", &["bold"])
        ]),
        json!([text("x"), set("\"a\"", &["bold"]), text("y")]),
        json!([text("x"), set("(", &["italic"]), text("y")]),
        json!([text("a"), set("b", &["italic"]), text("c")]),
        json!([
            set("a ", &["bold"]),
            set("b", &["bold", "italic"]),
            set(" c", &["bold"])
        ]),
        json!([text("wow!"), {"type": "text", "text": "a]", "marks":
            [{"type": "bold"}, {"type": "link", "attrs": {"href": "https://e.test/(a"}}]}]),
        json!([set("x", &["bold"]), {"type": "text", "text": "a", "marks":
            [{"type": "bold"}, {"type": "link", "attrs": {"href": "a b"}}]},
            {"type": "text", "text": "b", "marks": [{"type": "link", "attrs": {"href": "a b"}}]}]),
        json!([set("`", &["code"]), text("`"), set("``x", &["code"])]),
        json!([
            set("a", &["strike"]),
            text("~"),
            set("b", &["strike", "bold"])
        ]),
    ] {
        let document = doc(json!([para(pieces)]));
        let markdown = to_markdown(&document);
        assert_eq!(
            from_markdown::blocks(&markdown),
            read::blocks(&document),
            "{markdown}"
        );
    }
}

#[test]
fn links_keep_their_address() {
    for address in [
        "https://e.test/a_b?x=1&copy=2",
        "https://e.test/a?b&amp;c",
        "a b",
        "(",
        "<x>",
        "a\\b",
        "#",
        "mailto:ana@e.test",
        "/relative",
        "javascript:alert(1)",
        "https://e.test/\u{1b}",
        "a\nb",
    ] {
        for words in ["w", address] {
            let document = doc(json!([para(
                json!([{"type": "text", "text": words.replace('\n', " "),
                "marks": [{"type": "link", "attrs": {"href": address}}]}])
            )]));
            let markdown = to_markdown(&document);
            assert_eq!(
                from_markdown::blocks(&markdown),
                read::blocks(&document),
                "{markdown}"
            );
        }
    }
    let same = doc(json!([para(
        json!([{"type": "text", "text": "https://e.test",
        "marks": [{"type": "link", "attrs": {"href": "https://e.test"}}]}])
    )]));
    assert_eq!(to_markdown(&same), "<https://e.test>");
}

#[test]
fn what_markdown_has_not_keeps_its_words() {
    let document = doc(json!([
        para(json!([
            {"type": "mention", "attrs": {"id": "ana-CAVZfWwddDX7hHu1Lc2qqg", "label": "Ana Silva"}},
            text(" see "),
            {"type": "blob", "attrs": {"src": "/blobs/1", "title": "plan.pdf", "filetype": "application/pdf"}},
            {"type": "text", "text": " under", "marks": [{"type": "underline"}]},
            {"type": "text", "text": " bright", "marks": [{"type": "highlight", "attrs": {"highlight": "bgYellow"}}]},
            {"type": "sparkle", "attrs": {"label": " new"}},
            {"type": "wrapper", "content": [text(" in")]},
        ])),
        {"type": "blob", "attrs": {"src": "/blobs/2", "alt": "logo"}},
        {"type": "callout", "content": [para(json!([text("boxed")])), {"type": "odd"}]},
        {"type": "table", "content": [{"type": "row", "content": [{"type": "cell", "content": [text("x")]}]}]},
    ]));
    assert_eq!(
        to_markdown(&document),
        "@Ana Silva see [plan.pdf](/blobs/1) under bright new in\n\n[logo](/blobs/2)\n\nboxed\n\nx"
    );
    assert_eq!(
        mentioned(&document),
        vec![ShortId::parse("CAVZfWwddDX7hHu1Lc2qqg").unwrap()]
    );
}

#[test]
fn names_become_mentions() {
    let mentions: Mentions = [
        ("Ana", "ana-1a"),
        ("Ana Silva", "ana-silva-2b"),
        ("Re\u{301}mi", "remi-3c"),
        ("Zed [31mred", "zed-4d"),
    ]
    .into_iter()
    .collect();
    let kinds = |markdown: &str| -> Vec<String> {
        let document = to_document(markdown, &mentions);
        let Some(pieces) = document.pointer("/content/0/content") else {
            return Vec::new();
        };
        pieces
            .as_array()
            .unwrap()
            .iter()
            .map(|node| match node["type"].as_str() {
                Some("mention") => format!("<{}>", node["attrs"]["id"].as_str().unwrap()),
                _ => node["text"].as_str().unwrap().to_owned(),
            })
            .collect()
    };
    assert_eq!(
        kinds("@Ana Silva, @Ana!"),
        ["<ana-silva-2b>", ", ", "<ana-1a>", "!"]
    );
    assert_eq!(kinds("@Ana Silva@Ana"), ["<ana-silva-2b>", "<ana-1a>"]);
    assert_eq!(kinds("@Anabel mail@Ana @Bo"), ["@Anabel mail@Ana @Bo"]);
    assert_eq!(kinds("`@Ana`"), ["@Ana"]);
    assert_eq!(kinds("hi @R\u{e9}mi"), ["hi ", "<remi-3c>"]);
    assert_eq!(kinds("@Re\u{301}mi"), ["<remi-3c>"]);
    assert_eq!(kinds("**@Ana** x"), ["<ana-1a>", " x"]);
    assert_eq!(kinds("@Zed \\[31mred"), ["<zed-4d>"]);
    // A letter with an accent that stands apart is another name.
    assert_eq!(kinds("@Ana\u{301}"), ["@Ana\u{301}"]);
    let document = to_document("@Zed \\[31mred @Ana Silva", &mentions);
    assert_eq!(to_document(&to_markdown(&document), &mentions), document);
}

#[test]
fn broken_documents_give_their_text() {
    for (value, expected) in [
        (json!(null), ""),
        (json!(""), ""),
        (json!("null"), ""),
        (json!("plain *words*"), "plain \\*words\\*"),
        (json!("one\n\ntwo"), "one\n\ntwo"),
        (json!("123"), "123"),
        (json!(12), ""),
        (json!(true), ""),
        (json!({}), ""),
        (json!([]), ""),
        (json!([para(json!([text("bare")]))]), "bare"),
        (json!({"message": null}), ""),
        (json!({"type": "doc"}), ""),
        (json!({"type": "doc", "content": "words"}), ""),
        (
            json!({"type": "doc", "content": [null, 3, "loose", [], {"text": "typeless"}]}),
            "loosetypeless",
        ),
        (
            json!({"type": "doc", "content": {"type": "paragraph", "content": [text("no list")]}}),
            "no list",
        ),
        (
            json!({"type": "doc", "content": [{"type": "text", "text": ""}]}),
            "",
        ),
        (
            json!({"type": "doc", "content": [{"type": "heading", "attrs": {"level": "x"}, "content": [text("h")]}]}),
            "# h",
        ),
        (
            json!({"type": "doc", "content": [{"type": "heading", "attrs": {"level": 9}}]}),
            "###",
        ),
        (
            json!({"type": "doc", "content": [{"type": "orderedList", "attrs": {"start": -4}, "content": [text("a"), null]}]}),
            "1. a\n2.",
        ),
        (
            json!({"type": "doc", "content": [{"type": "bulletList"}, {"type": "blockquote"}]}),
            ">",
        ),
        (
            json!(r#"{"type":"doc","content":[{"type":"text","text":"cut \"o"#),
            "",
        ),
        (
            json!(r#"{"type":"doc","content":[{"type":"text","text":"cut off"},{"type":"te"#),
            "cut off",
        ),
    ] {
        assert_eq!(to_markdown(&value), expected, "{value}");
    }
}

#[test]
fn endless_nesting_ends_in_its_text() {
    for kind in [
        "blockquote",
        "bulletList",
        "listItem",
        "paragraph",
        "unheard",
    ] {
        // As a value: as deep as a parser lets through.
        let mut nested = para(json!([text("core")]));
        for _ in 0..500 {
            nested = json!({"type": kind, "content": [nested]});
        }
        assert!(
            plain(&doc(json!([nested.clone()]))).contains("core"),
            "{kind}"
        );
        let markdown = to_markdown(&nested);
        assert!(markdown.contains("core"), "{kind}");
        // What is sent can be parsed by everybody.
        let sent = to_doc_string(&markdown, &nobody());
        assert!(serde_json::from_str::<Value>(&sent).is_ok(), "{kind}");
        // As a string it does not parse.
        let text = format!(
            "{}{{\"type\":\"text\",\"text\":\"core\"}}{}",
            format!("{{\"type\":\"{kind}\",\"content\":[").repeat(5000),
            "]}".repeat(5000)
        );
        assert_eq!(to_markdown(&json!(text)), "core");
    }
    for sign in ["> ", "- ", "1. "] {
        let sent = to_doc_string(&format!("{}core", sign.repeat(3000)), &nobody());
        assert!(plain(&json!(sent)).contains("core"));
        assert!(serde_json::from_str::<Value>(&sent).is_ok());
    }
}

#[test]
fn long_lines_of_signs_keep_their_words() {
    for sign in [
        "#", "# ", ".", "1.", "*", "* ", "**a", "_a_", "`", "[", "](", "~~", "&a", "<a", "\\", "-",
        "> ", "@",
    ] {
        let line = sign.repeat(8_000 / sign.len());
        for marks in [
            json!([]),
            json!([{"type": "bold"}]),
            json!([{"type": "link", "attrs": {"href": "x:y"}}]),
        ] {
            let piece = json!({"type": "text", "text": line, "marks": marks});
            let document = doc(json!([para(json!([piece]))]));
            assert!(plain(&back(&document)).starts_with(line.trim()), "{sign}");
        }
    }
    let pieces: Vec<Value> = (0..6_000)
        .map(|place| match place % 3 {
            0 => set("a", &["bold"]),
            1 => set("b", &["bold", "italic"]),
            _ => json!({"type": "text", "text": "c", "marks": [{"type": "bold"},
                {"type": "link", "attrs": {"href": "x:y"}}]}),
        })
        .collect();
    let document = doc(json!([para(json!(pieces))]));
    assert_eq!(words(&back(&document)), "abc".repeat(2_000));
}

#[test]
fn the_same_text_survives_the_server() {
    let markdown = "# Done\n\nCafe\u{301} **bold** [a](https://e.test?a=1&b=2)\r\n- one\n- two\n\n> q\n\n1. x\n\n```\ncode\n```\n\n---";
    let sent = to_document(markdown, &nobody());
    // Another order of keys, other escapes, other attributes, wrapped, composed.
    fn stored(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut pairs: Vec<(String, Value)> = map
                    .iter()
                    .map(|(key, value)| (key.clone(), stored(value)))
                    .collect();
                pairs.sort_by(|a, b| b.0.cmp(&a.0));
                Value::Object(pairs.into_iter().collect())
            }
            Value::Array(all) => all.iter().map(stored).collect(),
            other => other.clone(),
        }
    }
    let text = stored(&sent)
        .to_string()
        .replace("Cafe\u{301}", "Caf\\u00e9")
        .replace(
            "{\"href\":",
            "{\"class\":null,\"rel\":\"noopener\",\"target\":\"_blank\",\"href\":",
        );
    assert!(text.contains("noopener") && text.contains("u00e9"));
    assert!(same_text(&sent, &json!(text)));
    assert!(same_text(
        &sent,
        &json!(json!({"message": stored(&sent)}).to_string())
    ));
    assert_eq!(
        plain(&sent),
        "# Done\nCafé bold a (https://e.test?a=1&b=2)\n- one\n- two\n> q\n1. x\n```\ncode\n```\n---"
    );
    assert_eq!(words(&sent), "Done\nCafé bold a\none\ntwo\nq\nx\ncode");
}

#[test]
fn two_notes_differ() {
    let notes = [
        "",
        "a",
        "a b",
        "a  b",
        "A",
        "a\n\nb",
        "a b\n\nc",
        "- a",
        "# a",
        "1. a",
        "2. a",
        "> a",
        "```\na\n```",
        "a.",
        "a\n\n---",
        "- a\n- b",
        "- a\n  - b",
        "[a](https://x.test)",
        "[a](https://y.test)",
        "@a",
    ];
    for (place, one) in notes.iter().enumerate() {
        for other in notes.iter().skip(place + 1) {
            let (one, other) = (to_document(one, &nobody()), to_document(other, &nobody()));
            assert!(!same_text(&one, &other), "{one} {other}");
        }
    }
}

fn elsewhere() -> Value {
    doc(json!([
        {"type": "paragraph"},
        para(json!([{"type": "text", "text": "bright", "marks": [{"type": "highlight", "attrs": {"highlight": "bgRed"}}]}])),
        {"type": "paragraph"},
        {"type": "bulletList", "attrs": {"odd": 1}, "content": [
            {"type": "listItem", "content": [para(json!([text("one")]))]}]},
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [para(json!([text("two")]))]}]},
        para(json!([
            {"type": "mention", "attrs": {"id": "ana-1a", "label": "Ana Silva", "mentionSuggestionChar": "@"}},
            text(" see "),
            {"type": "blob", "attrs": {"id": "b1", "src": "/blobs/1", "title": "plan_a.pdf", "filesize": 9}}])),
        {"type": "callout", "content": [para(json!([text("boxed")])), para(json!([text("twice")]))]},
    ]))
}

#[test]
fn an_edit_keeps_what_it_did_not_touch() {
    let original = elsewhere();
    let old = to_markdown(&original);
    assert_eq!(
        old,
        "bright\n\n- one\n\n* two\n\n@Ana Silva see [plan_a.pdf](/blobs/1)\n\nboxed\n\ntwice"
    );
    let all = original["content"].as_array().unwrap();
    assert_eq!(keep(&original, &old, &old, &nobody()), original);
    assert_eq!(
        keep(&json!(original.to_string()), &old, &old, &nobody()),
        original
    );

    // A changed block in the middle.
    let after = keep(&original, &old, &old.replace("see", "read"), &nobody());
    let mut wanted = all.clone();
    wanted[5]["content"][1]["text"] = json!(" read ");
    assert_eq!(
        after,
        doc(json!(wanted)),
        "mention and file stay in a changed block"
    );

    // An added, a removed and a moved block.
    let after = keep(&original, &old, &format!("new\n\n{old}\n\nend"), &nobody());
    let mut wanted = all.clone();
    wanted.remove(0);
    wanted.insert(0, para(json!([text("new")])));
    wanted.push(para(json!([text("end")])));
    assert_eq!(after, doc(json!(wanted)));
    let after = keep(&original, &old, &old.replace("- one\n\n", ""), &nobody());
    let mut wanted = all.clone();
    wanted.remove(3);
    assert_eq!(after, doc(json!(wanted)));

    // Half of an unknown node is a changed node.
    let after = keep(&original, &old, &old.replace("\n\ntwice", ""), &nobody());
    let mut wanted = all.clone();
    wanted[6] = para(json!([text("boxed")]));
    assert_eq!(after, doc(json!(wanted)));

    assert_eq!(keep(&original, &old, "", &nobody()), doc(json!([])));
    assert_eq!(
        keep(&json!(null), "", "x", &nobody()),
        doc(json!([para(json!([text("x")]))]))
    );
    let bo = [("Bo", "bo-2")].into_iter().collect();
    let after = keep(&original, &old, &format!("{old} @Bo"), &bo);
    assert_eq!(after["content"][7]["content"][1]["attrs"]["id"], "bo-2");
}

/// Every document in the recordings that are here.
fn recorded() -> Vec<Value> {
    fn search(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) if map.get("type").is_some_and(|kind| kind == "doc") => {
                found.push(value.clone());
            }
            Value::Object(map) => map.values().for_each(|value| search(value, found)),
            Value::Array(all) => all.iter().for_each(|value| search(value, found)),
            Value::String(text) if text.contains("\"doc\"") => {
                if let Ok(inner) = serde_json::from_str::<Value>(text) {
                    search(&inner, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in crate::providers::operately::tests::recordings() {
        search(&file["response"]["body"], &mut found);
    }
    found
}

#[test]
fn every_recorded_text_comes_back() {
    let all = recorded();
    assert!(all.len() > 100, "{} documents", all.len());
    for document in all {
        let markdown = to_markdown(&document);
        let mentions = {
            let mut mentions = nobody();
            read::each(std::slice::from_ref(&document), |node| {
                if read::is_kind(node, "mention") {
                    mentions.put(&read::label(node), node.clone());
                }
            });
            mentions
        };
        let again = to_document(&markdown, &mentions);
        assert!(same_text(&document, &again), "{document}\n{again}");
        assert_eq!(mentioned(&document), mentioned(&again), "{document}");
        assert_eq!(read::blocks(&document), read::blocks(&again));
        assert_eq!(keep(&document, &markdown, &markdown, &nobody()), document);
    }
}

/// Words with all that could mean something.
const WORDS: &str = "[-a-c*_`#>~!&;<=+.)(\\[\\]\\\\0-2 \t:@x漢é\u{301}\u{1b}\r\u{a0}|\"]{0,12}";

fn pieces() -> impl Strategy<Value = Value> {
    let mark = prop_oneof![
        Just(json!({"type": "bold"})),
        Just(json!({"type": "italic"})),
        Just(json!({"type": "strike"})),
        Just(json!({"type": "code"})),
        Just(json!({"type": "underline"})),
        "[a(< &;]{0,4}".prop_map(|to| json!({"type": "link", "attrs": {"href": to}})),
    ];
    let words = (WORDS, prop::collection::vec(mark, 0..3))
        .prop_map(|(words, marks)| json!({"type": "text", "text": words, "marks": marks}));
    let piece = prop_oneof![
        8 => words,
        1 => Just(json!({"type": "hardBreak"})),
        1 => "[A-C*_ ]{0,5}".prop_map(|name| json!({"type": "mention", "attrs": {"id": "a-b", "label": name}})),
    ];
    prop::collection::vec(piece, 0..6).prop_map(Value::Array)
}

fn node() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        5 => pieces().prop_map(para),
        1 => (0..5, pieces()).prop_map(|(level, content)| {
            json!({"type": "heading", "attrs": {"level": level}, "content": content})
        }),
        1 => "[a`~\n #-]{0,12}".prop_map(|code| {
            json!({"type": "codeBlock", "attrs": {"language": null}, "content": [text(&code)]})
        }),
        1 => Just(json!({"type": "horizontalRule"})),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let item = prop::collection::vec(inner.clone(), 0..3)
            .prop_map(|content| json!({"type": "listItem", "content": content}));
        let items = prop::collection::vec(item, 1..4);
        prop_oneof![
            items
                .clone()
                .prop_map(|items| json!({"type": "bulletList", "content": items})),
            (0..20_u64, items).prop_map(|(start, items)| {
                json!({"type": "orderedList", "attrs": {"start": start}, "content": items})
            }),
            prop::collection::vec(inner, 0..4)
                .prop_map(|content| json!({"type": "blockquote", "content": content})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn words_survive_the_way_there_and_back(content in prop::collection::vec(node(), 0..5)) {
        let document = doc(json!(content));
        let markdown = to_markdown(&document);
        let again = to_document(&markdown, &nobody());
        prop_assert_eq!(words(&document), words(&again), "{}", markdown);
        // What was written once is written the same for ever.
        prop_assert_eq!(to_markdown(&again), markdown);
        let stored = json!({"message": again.to_string()});
        prop_assert!(same_text(&again, &stored));
    }

    #[test]
    fn a_line_survives_with_its_marks(content in pieces()) {
        // Code with `]:` in it that is a link and opens a note defines a link in Markdown.
        prop_assume!(!content.to_string().contains("]:"));
        let document = doc(json!([para(content)]));
        let markdown = to_markdown(&document);
        prop_assert_eq!(plain(&document), plain(&back(&document)), "{}", markdown);
    }

    #[test]
    fn any_markdown_is_shown_the_same_after_the_server(
        note in "([-a-c#*_`>.)(1-3 \n\\[\\]~&;<!x\\\\]|\n\n|- |1\\. |> |\\*\\*|\\[ \\] |```\n|    ){0,40}"
    ) {
        // Documents have no box: an item that begins with its letters is one.
        let note = note.replace("\\[", "[");
        let document = to_document(&note, &nobody());
        let markdown = to_markdown(&document);
        prop_assert_eq!(&to_document(&markdown, &nobody()), &document, "{}", markdown);
        // A box takes the place of its sign, but not in every odd place where it can
        // stand; an empty line of code has a bar or not.
        let signs: &[char] = if note.contains("[ ]") {
            &['•', '│', ' ', '1', '2', '3', '.', ')']
        } else {
            &['│', ' ']
        };
        let squeezed = |text: &str| -> String { shown(text).concat().replace(signs, "") };
        prop_assert_eq!(squeezed(&note), squeezed(&markdown), "{}", markdown);
    }

    #[test]
    fn an_edit_means_what_it_says(
        content in prop::collection::vec(node(), 0..6),
        other in prop::collection::vec(node(), 0..3),
        cut in 0_usize..6,
    ) {
        prop_assume!(!doc(json!(content)).to_string().contains("]:"));
        prop_assume!(!json!(other).to_string().contains("]:"));
        let original = doc(json!(content));
        let old = to_markdown(&original);
        let mut changed = content.clone();
        changed.splice(cut.min(changed.len()).., other);
        let new = to_markdown(&doc(json!(changed)));
        let kept = keep(&original, &old, &new, &nobody());
        prop_assert_eq!(plain(&kept), plain(&to_document(&new, &nobody())));
    }

    #[test]
    fn nothing_breaks_it(json in "[\\[\\]{}\":,a-z0-9]{0,60}", note in "\\PC{0,80}") {
        let value: Value = serde_json::from_str(&json).unwrap_or(json!(json));
        let _ = (to_markdown(&value), plain(&value), mentioned(&value));
        let _ = to_doc_string(&note, &nobody());
        let _ = keep(&value, &note, &json, &nobody());
    }
}
