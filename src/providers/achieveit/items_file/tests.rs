use proptest::prelude::*;

use super::*;

fn ids(text: &str) -> Vec<String> {
    let items = read(text.as_bytes()).unwrap();
    items.into_iter().map(|item| item.id).collect()
}

#[test]
fn columns_are_found_by_many_names_in_any_order() {
    let text = "Level,Indented Name,EXTERNAL_ID,#,Status,Unit,Baseline,Target,Assigned To\n\
                Goal,\"Grow, &amp; keep\",A-1,1,On Track,Percent,0.1,0.9,Ada Moreno\n\
                ,,,,,,,,\n\
                Milestone,Sites,A-2,1.1,,dollars,\"1,000\",$2000,\n";
    let items = read(text.as_bytes()).unwrap();
    let [grow, sites] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(
        (grow.id.as_str(), grow.name.as_str()),
        ("A-1", "Grow, & keep")
    );
    assert_eq!((grow.sequence.as_str(), grow.level.as_str()), ("1", "Goal"));
    assert_eq!((grow.word.as_str(), grow.unit.as_str()), ("On Track", "%"));
    assert_eq!((grow.baseline, grow.target), (Some(0.1), Some(0.9)));
    assert_eq!(grow.assigned, "Ada Moreno");
    assert_eq!(
        (sites.unit.as_str(), sites.baseline, sites.target),
        ("$", Some(1000.0), Some(2000.0))
    );
}

#[test]
fn separators_marks_and_encodings_are_told_by_the_file() {
    assert_eq!(ids("\u{feff}id;name\r\na;\"x;y\"\r\nb;z\r\n"), ["a", "b"]);
    assert_eq!(ids("internal id\tname\na\tx\n"), ["a"]);
    assert_eq!(ids("sep=;\nid;name\na;x\n"), ["a"]);
    assert_eq!(ids("\n\n\"a,b,c\";id\nx;7\n"), ["7"]);
    let wide = |of: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let text = "id\tname\nä\tö\n".encode_utf16().flat_map(of);
        let bytes: Vec<u8> = mark.into_iter().chain(text).collect();
        read(&bytes).unwrap().remove(0)
    };
    for item in [
        wide(u16::to_le_bytes, [0xff, 0xfe]),
        wide(u16::to_be_bytes, [0xfe, 0xff]),
        read(b"id,name\n\xe4,\xf6\n").unwrap().remove(0),
    ] {
        assert_eq!((item.id.as_str(), item.name.as_str()), ("ä", "ö"));
    }
}

#[test]
fn without_a_header_the_first_column_is_the_id() {
    assert_eq!(ids("a-1,Grow\na-2,Keep\n"), ["a-1", "a-2"]);
    // A header without a column of ids: still the first one.
    assert_eq!(ids("code,name\na-1,Grow\n"), ["a-1"]);
    assert_eq!(ids("code,title,id\nx,Grow,7\n"), ["7"]);
}

#[test]
fn percentages_may_be_written_as_such() {
    let items = read(b"id,target,baseline\na,90%,10%\n").unwrap();
    assert_eq!((items[0].target, items[0].baseline), (Some(0.9), Some(0.1)));
    assert_eq!(items[0].unit, "%");
}

#[test]
fn a_comma_is_read_as_where_the_file_comes_from() {
    let target = |text: &str| read(text.as_bytes()).unwrap()[0].target;
    assert_eq!(target("id;target\na;0,9\n"), Some(0.9));
    assert_eq!(target("id;target\na;1.234,5\n"), Some(1234.5));
    assert_eq!(target("id;target\na;0.9\n"), Some(0.9));
    assert_eq!(target("id,target\na,\"1,234.5\"\n"), Some(1234.5));
    assert_eq!(target("id,target\na,\"1,234\"\n"), Some(1234.0));
    assert_eq!(target("id\ttarget\na\tno\n"), None);
}

#[test]
fn a_workbook_is_asked_for_as_csv_and_an_empty_file_for_rows() {
    for bytes in [&b"PK\x03\x04rest"[..], &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]] {
        let fault = read(bytes).unwrap_err();
        assert_eq!(fault.remedy, "open it there and save it as CSV");
    }
    for text in ["", "\n\n", "id,name\n", "id,name\n,x\n", ";;;\n"] {
        assert_eq!(
            read(text.as_bytes()).unwrap_err().why,
            "items_file has no row with an id"
        );
    }
}

fn item(id: &str, sequence: &str, name: &str) -> Item {
    Item {
        id: id.to_owned(),
        sequence: sequence.to_owned(),
        name: name.to_owned(),
        ..Item::default()
    }
}

#[test]
fn the_files_ids_and_units_go_onto_the_items_they_mean() {
    let mut items = [
        item("guid-1", "1", "Grow"),
        item("guid-2", "1.1", "Sites"),
        item("guid-3", "2.1", "Sites"),
        item("guid-4", "3", "Keep  it"),
        item("guid-5", "4", "Other"),
    ];
    let mut rows = [
        item("guid-1", "9", "Renamed"),
        item("EXT-3", "2.1", "sites"),
        item("EXT-4", "", "keep it"),
        item("EXT-X", "", "Sites"),
    ];
    rows[0].unit = PERCENT.to_owned();
    let mut all: Vec<&mut Item> = items.iter_mut().collect();
    lay_over(&mut all, &rows);
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    // Two are called Sites, so only the numbered one is told apart.
    assert_eq!(ids, ["guid-1", "guid-2", "EXT-3", "EXT-4", "guid-5"]);
    assert_eq!(items[0].unit, PERCENT);
}

proptest! {
    #[test]
    fn any_bytes_are_a_file_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _read = read(&bytes);
    }

    #[test]
    fn any_table_is_a_file_or_a_fault(text in "(sep=;\n)?([a-z#;,\t\"\n ]|id|name|%){0,200}") {
        let _read = read(text.as_bytes());
    }
}
