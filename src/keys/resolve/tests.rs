use proptest::prelude::*;

use super::*;
use crate::keys::keymap::KeyStyle;

const GOALS: &[Scope] = &[Scope::Goals, Scope::Program];
const NOTE: &[Scope] = &[Scope::TextArea, Scope::Form, Scope::Program];
const VALUE: &[Scope] = &[Scope::TextField, Scope::Form, Scope::Program];

fn vim() -> Resolver {
    Resolver::new(Keymap::built_in(KeyStyle::Vim))
}

fn with(text: &str) -> Resolver {
    let (keymap, errors) = Keymap::from_config(text);
    assert_eq!(errors, vec![]);
    Resolver::new(keymap)
}

fn press(text: &str) -> Press {
    text.parse().unwrap()
}

/// Presses the keys one after another and returns the last meaning.
fn keys(resolver: &mut Resolver, keys: &str, scopes: &[Scope]) -> Resolved {
    keys.split(' ')
        .map(|key| resolver.press(press(key), scopes))
        .last()
        .unwrap()
}

fn action(action: Action) -> Resolved {
    Resolved::Action(action)
}

#[test]
fn screens_and_program_understand_their_keys() {
    let r = &mut vim();
    for (key, meaning) in [
        ("j", Action::NextRow),
        ("down", Action::NextRow),
        ("G", Action::Last),
        ("1", Action::GoQueue),
        ("?", Action::Help),
        ("ctrl-l", Action::Redraw),
        ("u", Action::Undo),
        ("esc", Action::Back),
    ] {
        assert_eq!(keys(r, key, GOALS), action(meaning), "{key}");
    }
    assert_eq!(keys(r, "Q", GOALS), Resolved::Nothing("Q".parse().unwrap()));
}

#[test]
fn characters_are_text_in_a_field_and_commands_outside() {
    let r = &mut vim();
    for c in ['j', '1', '?', ' ', 'q', 'ж', '漢', ':'] {
        assert_eq!(r.press(Press::char(c), VALUE), Resolved::Text(c));
        assert_eq!(r.press(Press::char(c), NOTE), Resolved::Text(c));
    }
    assert_eq!(keys(r, "enter", VALUE), action(Action::NextField));
    assert_eq!(keys(r, "enter", NOTE), Resolved::Edit(TextEdit::NewLine));
    assert_eq!(keys(r, "up", VALUE), action(Action::PreviousField));
    assert_eq!(keys(r, "up", NOTE), Resolved::Edit(TextEdit::Up));
    assert_eq!(keys(r, "tab", NOTE), action(Action::NextField));
    assert_eq!(keys(r, "ctrl-s", NOTE), action(Action::Post));
    assert_eq!(
        keys(r, "ctrl-u", NOTE),
        Resolved::Edit(TextEdit::DeleteToLineStart)
    );
    assert_eq!(keys(r, "esc", NOTE), action(Action::FormCommands));
    assert_eq!(keys(r, "ctrl-z", NOTE), action(Action::Suspend));
}

#[test]
fn form_commands_are_letters_behind_esc() {
    let r = &mut vim();
    let scopes = &[Scope::FormCommands];
    for (key, meaning) in [
        ("p", Action::Post),
        ("d", Action::KeepDraft),
        ("x", Action::Discard),
        ("g", Action::EditExternally),
        ("v", Action::Preview),
        ("l", Action::InsertLast),
        ("t", Action::Template),
        ("i", Action::BackToField),
        ("enter", Action::BackToField),
        ("esc", Action::BackToField),
        ("ctrl-s", Action::Post),
    ] {
        assert_eq!(keys(r, key, scopes), action(meaning), "{key}");
    }
    // The tab row's digits do not lead out of a form.
    assert_eq!(
        keys(r, "2", scopes),
        Resolved::Nothing("2".parse().unwrap())
    );
}

#[test]
fn esc_and_letter_in_one_packet_still_post() {
    let r = &mut vim();
    assert_eq!(keys(r, "alt-p", NOTE), action(Action::Post));
    assert_eq!(keys(r, "alt-x", VALUE), action(Action::Discard));
    assert_eq!(keys(r, "alt-b", NOTE), Resolved::Edit(TextEdit::WordLeft));
}

#[test]
fn status_row_takes_digits_and_leads_nowhere_else() {
    let r = &mut vim();
    let scopes = &[Scope::StatusField, Scope::Form, Scope::Program];
    assert_eq!(keys(r, "1", scopes), action(Action::ChooseOnTrack));
    assert_eq!(keys(r, "3", scopes), action(Action::ChooseOffTrack));
    assert_eq!(
        keys(r, "4", scopes),
        Resolved::Nothing("4".parse().unwrap())
    );
    assert_eq!(keys(r, "down", scopes), action(Action::NextField));
}

#[test]
fn yes_no_values_leave_enter_and_esc_to_the_form() {
    let r = &mut vim();
    let scopes = &[Scope::ToggleField, Scope::Form, Scope::Program];
    assert_eq!(keys(r, "y", scopes), action(Action::Yes));
    assert_eq!(keys(r, "n", scopes), action(Action::No));
    assert_eq!(keys(r, "space", scopes), action(Action::Toggle));
    assert_eq!(keys(r, "enter", scopes), action(Action::NextField));
    assert_eq!(keys(r, "esc", scopes), action(Action::FormCommands));
}

#[test]
fn enter_alone_means_no_in_a_question() {
    let r = &mut vim();
    let scopes = &[Scope::Confirm, Scope::Goals, Scope::Program];
    for key in ["enter", "esc", "n"] {
        assert_eq!(keys(r, key, scopes), action(Action::No), "{key}");
    }
    assert_eq!(keys(r, "y", scopes), action(Action::Yes));
    assert_eq!(
        keys(r, "q", scopes),
        Resolved::Nothing("q".parse().unwrap())
    );
    assert_eq!(keys(r, "ctrl-l", scopes), action(Action::Redraw));
}

#[test]
fn numbered_sheets_take_digits_as_text() {
    let r = &mut vim();
    let scopes = &[Scope::Choices, Scope::Queue, Scope::Program];
    assert_eq!(keys(r, "2", scopes), Resolved::Text('2'));
    assert_eq!(keys(r, "j", scopes), action(Action::NextRow));
    assert_eq!(keys(r, "enter", scopes), action(Action::Accept));
    assert_eq!(
        keys(r, "a", scopes),
        Resolved::Nothing("a".parse().unwrap())
    );
}

#[test]
fn picker_keeps_its_keys_to_itself() {
    let r = &mut vim();
    let palette = &[
        Scope::TextField,
        Scope::Picker,
        Scope::Goals,
        Scope::Program,
    ];
    assert_eq!(keys(r, "j", palette), Resolved::Text('j'));
    assert_eq!(keys(r, "down", palette), action(Action::NextRow));
    assert_eq!(keys(r, "tab", palette), action(Action::Complete));
    assert_eq!(keys(r, "ctrl-c", palette), action(Action::Back));
    assert_eq!(keys(r, "left", palette), Resolved::Edit(TextEdit::Left));
    let find = &[Scope::TextField, Scope::Find, Scope::Picker];
    assert_eq!(keys(r, "tab", find), action(Action::NextKind));
    assert_eq!(keys(r, "enter", find), action(Action::Accept));
}

#[test]
fn chord_waits_and_shows_what_may_follow() {
    let r = &mut vim();
    let pending = keys(r, "g", GOALS);
    assert_eq!(
        pending,
        Resolved::Pending(vec![("g".parse().unwrap(), Action::First)])
    );
    assert_eq!(r.pending(), [press("g")]);
    assert!(!r.waits());
    assert_eq!(keys(r, "g", GOALS), action(Action::First));
    assert!(r.pending().is_empty());
}

#[test]
fn esc_gives_a_chord_up_and_another_key_is_not_lost() {
    let r = &mut vim();
    assert_eq!(keys(r, "g esc", GOALS), Resolved::Cancelled);
    assert_eq!(keys(r, "g j", GOALS), action(Action::NextRow));
    assert!(matches!(keys(r, "ctrl-c", NOTE), Resolved::Pending(_)));
    assert_eq!(keys(r, "a", NOTE), Resolved::Text('a'));
    assert_eq!(keys(r, "ctrl-c ctrl-c", NOTE), action(Action::Quit));
}

#[test]
fn chord_does_not_outlive_its_screen() {
    let r = &mut vim();
    keys(r, "g", GOALS);
    assert!(matches!(
        keys(r, "g", &[Scope::Detail, Scope::Program]),
        Resolved::Pending(_)
    ));
    r.reset();
    assert!(r.pending().is_empty());
}

#[test]
fn shorter_binding_acts_when_no_key_follows() {
    let r = &mut with("[keys]\nfind = [\"g\"]");
    assert!(matches!(keys(r, "g", GOALS), Resolved::Pending(_)));
    assert!(r.waits());
    assert_eq!(r.expire(), Some(Action::Find));
    assert_eq!(r.expire(), None);
    assert_eq!(keys(r, "g g", GOALS), action(Action::First));
    assert_eq!(keys(r, "g j", GOALS), action(Action::Find));
    assert_eq!(r.left_over(), Some(press("j")));
    assert_eq!(r.left_over(), None);
}

#[test]
fn letters_of_other_layouts_are_read_by_their_key() {
    let r = &mut vim();
    for (key, meaning) in [
        ("о", Action::NextRow),
        ("П", Action::Last),
        ("ф", Action::Acknowledge),
        ("ξ", Action::NextRow),
        ("ח", Action::NextRow),
    ] {
        assert_eq!(keys(r, key, GOALS), action(meaning), "{key}");
    }
    assert_eq!(keys(r, "п п", GOALS), action(Action::First));
    assert_eq!(keys(r, "alt-и", NOTE), Resolved::Edit(TextEdit::WordLeft));
    assert_eq!(keys(r, "о", NOTE), Resolved::Text('о'));
    let off = &mut with("[keys]\nlayout_fallback = false");
    assert!(matches!(keys(off, "о", GOALS), Resolved::Nothing(_)));
    let own = &mut with("[keys]\nfind = [\"о\"]");
    assert_eq!(keys(own, "о", GOALS), action(Action::Find));
}

#[test]
fn shift_that_makes_no_difference_is_ignored() {
    let r = &mut vim();
    assert_eq!(keys(r, "shift-down", GOALS), action(Action::NextRow));
    assert_eq!(keys(r, "shift-tab", GOALS), action(Action::PreviousPane));
    assert_eq!(keys(r, "shift-left", NOTE), Resolved::Edit(TextEdit::Left));
    let plain = &mut with("[keys]\nstyle = \"plain\"");
    assert_eq!(keys(plain, "shift-down", GOALS), action(Action::ScrollDown));
}

#[test]
fn always_is_reached_even_if_a_screen_names_no_scope() {
    let r = &mut vim();
    assert_eq!(keys(r, "ctrl-c ctrl-c", &[]), action(Action::Quit));
    assert_eq!(
        keys(r, "q", &[Scope::TooSmall, Scope::Goals, Scope::Program]),
        action(Action::Leave)
    );
}

#[test]
fn hints_never_lie() {
    let chains: [&[Scope]; 14] = [
        GOALS,
        NOTE,
        VALUE,
        &[Scope::Queue, Scope::Program],
        &[Scope::Inbox, Scope::Program],
        &[Scope::Menu, Scope::Goals, Scope::Program],
        &[Scope::StatusField, Scope::Form, Scope::Program],
        &[Scope::TextField, Scope::Find, Scope::Picker, Scope::Program],
        &[
            Scope::TextField,
            Scope::FilterLine,
            Scope::Goals,
            Scope::Program,
        ],
        &[Scope::Choices, Scope::Queue, Scope::Program],
        &[Scope::FormCommands, Scope::Form],
        &[Scope::Help],
        &[Scope::Log],
        &[Scope::Confirm],
    ];
    for style in [KeyStyle::Vim, KeyStyle::Plain] {
        let mut r = Resolver::new(Keymap::built_in(style));
        for info in crate::actions::ACTIONS {
            for chain in chains {
                let Some(chord) = r.keymap().chord_for(info.action, chain) else {
                    continue;
                };
                r.reset();
                let mut scopes = chain;
                let mut last = None;
                for press in chord.presses() {
                    let meaning = r.press(*press, scopes);
                    if meaning == action(Action::FormCommands) {
                        scopes = &[Scope::FormCommands];
                    }
                    last = Some(meaning);
                }
                assert_eq!(last, Some(action(info.action)), "{chord} in {chain:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_press_falls_over(c: char, ctrl: bool, alt: bool, shift: bool) {
        let mut r = Resolver::new(Keymap::built_in(KeyStyle::Vim));
        for scopes in [GOALS, NOTE, VALUE] {
            r.press(Press { key: Key::Char(c), ctrl, alt, shift }, scopes);
        }
    }
}
