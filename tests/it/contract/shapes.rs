//! How schemas and references are read.

use serde_json::{Value, json};

use super::document::{self, Format, percent_decoded};
use super::schema::Schema;

fn wrong(openapi: &Value, value: &Value) -> Vec<String> {
    Schema::of("a test", openapi).violations(value, false, "it")
}

#[test]
fn the_older_words_mean_what_they_meant() {
    let above = json!({"type": "number", "minimum": 0, "exclusiveMinimum": true});
    assert_eq!(wrong(&above, &json!(0)).len(), 1);
    assert!(wrong(&above, &json!(0.1)).is_empty());
    let from = json!({"type": "number", "maximum": 0, "exclusiveMaximum": false});
    assert!(wrong(&from, &json!(0)).is_empty());
    assert_eq!(wrong(&from, &json!(1)).len(), 1);
    let newer = json!({"type": "number", "exclusiveMaximum": 0});
    assert_eq!(wrong(&newer, &json!(0)).len(), 1);

    let word = json!({"type": "string", "enum": ["a"], "nullable": true});
    assert!(wrong(&word, &Value::Null).is_empty());
    assert!(wrong(&word, &json!("a")).is_empty());
    assert!(wrong(&word, &json!("b"))[0].starts_with("it: \"b\" is not one of"));
    let never = json!({"type": "string", "nullable": false});
    assert_eq!(wrong(&never, &Value::Null).len(), 1);
}

#[test]
fn widths_and_forms_are_looked_at() {
    for width in ["format", "contentEncoding"] {
        let narrow = json!({"type": "integer", width: "int32"});
        assert!(wrong(&narrow, &json!(2_147_483_647)).is_empty(), "{width}");
        assert_eq!(
            wrong(&narrow, &json!(2_147_483_648_i64)).len(),
            1,
            "{width}"
        );
    }
    let day = json!({"type": "string", "format": "date"});
    assert!(wrong(&day, &json!("2028-02-29")).is_empty());
    assert_eq!(wrong(&day, &json!("2026-02-29")).len(), 1);
}

#[test]
#[should_panic(expected = "the keyword patternProperties is not known here")]
fn a_keyword_that_would_be_skipped_is_an_error() {
    Schema::of(
        "a test",
        &json!({"type": "object", "patternProperties": {}}),
    );
}

#[test]
#[should_panic(expected = "the format duration is not known here")]
fn a_format_that_would_be_skipped_is_an_error() {
    Schema::of("a test", &json!({"type": "string", "format": "duration"}));
}

fn read(text: &str) -> Value {
    document::read("a test", text, Format::Yaml)
}

#[test]
fn a_reference_is_replaced_by_what_it_points_at() {
    let read = read("a: {$ref: '#/b/x~1%7Bid%7D'}\nb: {'x/{id}': [{$ref: '#/c'}]}\nc: 1\n");
    assert_eq!(read["a"], json!([1]));
}

#[test]
#[should_panic(expected = "#/a holds itself")]
fn a_reference_to_what_it_stands_in_is_an_error() {
    read("a: {b: {$ref: '#/a'}}\n");
}

#[test]
#[should_panic(expected = "other.yaml#/a leads out of the file")]
fn a_reference_to_another_file_is_an_error() {
    read("a: {$ref: 'other.yaml#/a'}\n");
}

#[test]
fn percent_signs_are_decoded_whole_or_not_at_all() {
    let decoded = |text| percent_decoded(text);
    assert_eq!(decoded("a%20b%2Fc+d").as_deref(), Some("a b/c+d"));
    assert_eq!(decoded("%C3%BC").as_deref(), Some("ü"));
    for bad in ["%", "%4", "%zz", "%+1", "%FF", "a%"] {
        assert_eq!(decoded(bad), None, "{bad}");
    }
}
