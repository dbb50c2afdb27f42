use std::collections::HashSet;

use super::*;
use crate::actions::{Group, PALETTE_ONLY};
use crate::keys::keymap_file;

const STYLES: [KeyStyle; 2] = [KeyStyle::Vim, KeyStyle::Plain];

fn chord(text: &str) -> Chord {
    text.parse().unwrap()
}

#[test]
fn shipped_keymaps_are_free_of_errors() {
    for style in STYLES {
        let file = keymap_file::read(style.text());
        assert_eq!(file.errors, vec![], "{style:?}");
        let (_, conflicts) = Keymap::assemble(style, true, &file.entries, &[]);
        assert_eq!(conflicts, vec![], "{style:?}");
    }
}

#[test]
fn every_action_has_a_key_in_every_scope_and_style_or_is_palette_only() {
    for style in STYLES {
        let keymap = Keymap::built_in(style);
        for info in ACTIONS {
            for scope in info.scopes {
                let has = !keymap.keys_in(*scope, info.action).is_empty();
                let palette_only = PALETTE_ONLY.contains(&info.action);
                // Commands of a form that need no Esc have keys in the form too.
                assert_eq!(
                    has,
                    !palette_only,
                    "{style:?} {} in {}",
                    info.id,
                    scope.id()
                );
            }
        }
    }
}

#[test]
fn plain_style_moves_without_letters() {
    let keymap = Keymap::built_in(KeyStyle::Plain);
    for info in ACTIONS.iter().filter(|info| info.group == Group::Move) {
        for chord in keymap.keys_of(info.action) {
            let letter = chord
                .presses()
                .iter()
                .any(|press| press.typed().is_some_and(char::is_alphabetic));
            assert!(!letter, "{}: {chord}", info.id);
        }
    }
}

#[test]
fn no_core_action_needs_a_key_that_multiplexers_or_layouts_take() {
    let taken = |press: &Press| {
        let Key::Char(c) = press.key else {
            return matches!(press.key, Key::F(_));
        };
        if press.ctrl {
            "absqz ".contains(c)
        } else {
            "[]{}\\|~".contains(c)
        }
    };
    for style in STYLES {
        let keymap = Keymap::built_in(style);
        for info in ACTIONS {
            // Ctrl-Z is what shells teach; the palette suspends as well.
            if info.action == Action::Suspend || PALETTE_ONLY.contains(&info.action) {
                continue;
            }
            let free = keymap
                .keys_of(info.action)
                .into_iter()
                .any(|c| !c.presses().iter().any(taken));
            assert!(free, "{style:?} {}", info.id);
        }
    }
}

#[test]
fn one_key_means_one_thing_on_every_screen() {
    let screens = [
        Scope::Program,
        Scope::Queue,
        Scope::Reading,
        Scope::Goals,
        Scope::Detail,
        Scope::Inbox,
        Scope::Outbox,
    ];
    for style in STYLES {
        let keymap = Keymap::built_in(style);
        let mut meaning: HashMap<Chord, Action> = HashMap::new();
        for scope in screens {
            for (action, chords) in keymap.bindings(scope) {
                for chord in chords {
                    let known = *meaning.entry(chord.clone()).or_insert(action);
                    assert_eq!(known, action, "{style:?} {chord} in {}", scope.id());
                }
            }
        }
    }
}

#[test]
fn own_keys_replace_shipped_ones() {
    let text = "theme = \"mono\"\n[keys]\nacknowledge = [\"A\", \"ctrl-a\"]\npost = \"esc s\"\n";
    let (keymap, errors) = Keymap::from_config(text);
    assert_eq!(errors, vec![]);
    assert_eq!(
        keymap.keys_in(Scope::Queue, Action::Acknowledge),
        [chord("A"), chord("ctrl-a")]
    );
    assert_eq!(
        keymap.keys_in(Scope::FormCommands, Action::Post),
        [chord("s")]
    );
    assert!(keymap.keys_in(Scope::Form, Action::Post).is_empty());
    assert_eq!(keymap.keys_of(Action::Post), [chord("esc s")]);
}

#[test]
fn the_example_of_the_manual_is_what_is_shipped() {
    let (keymap, errors) =
        Keymap::from_config("[keys]\nacknowledge = [\"a\"]\npost = [\"ctrl-s\", \"esc p\"]\n");
    assert_eq!(errors, vec![]);
    assert_eq!(keymap, Keymap::built_in(KeyStyle::Vim));
}

#[test]
fn style_and_layout_fallback_are_read() {
    let (keymap, errors) =
        Keymap::from_config("[keys]\nstyle = \"plain\"\nlayout_fallback = false");
    assert_eq!(errors, vec![]);
    assert_eq!(keymap.style(), KeyStyle::Plain);
    assert!(!keymap.layout_fallback());
    assert!(
        keymap
            .keys_in(Scope::Goals, Action::NextRow)
            .iter()
            .all(|c| c.to_string() != "j")
    );
}

#[test]
fn empty_list_takes_a_key_away() {
    let (keymap, errors) = Keymap::from_config("[keys]\nmute = []\n[keys.goals]\nreply = []");
    assert_eq!(errors, vec![]);
    assert!(keymap.keys_of(Action::Mute).is_empty());
    assert!(keymap.keys_in(Scope::Goals, Action::Reply).is_empty());
    assert_eq!(keymap.keys_in(Scope::Queue, Action::Reply), [chord("r")]);
}

#[test]
fn unknown_names_are_told_with_line_and_nearest_name() {
    let text = "hold = \"10s\"\n[keys]\nacknoledge = [\"a\"]\nlater = [\"ctrl-\"]\n\
        undo = 3\nstyle = \"emacs\"\n[keys.quue]\nreply = [\"r\"]\n[keys.inbox]\ncheck_in = [\"c\"]\n";
    let (keymap, errors) = Keymap::from_config(text);
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let expected = [
        "line 3: keys.acknoledge: there is no action of this name; the nearest is \"acknowledge\".",
        "line 4: keys.later: there is no key \"ctrl-\";",
        "line 5: keys.undo: keys are written as a list of texts",
        "line 6: keys.style: there is no style \"emacs\"; write \"vim\" or \"plain\".",
        "line 7: keys.quue: there is no scope of this name; the nearest is \"queue\".",
        "line 10: keys.check_in: this action means nothing in the scope \"inbox\".",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
    assert_eq!(
        keymap.keys_in(Scope::Queue, Action::Acknowledge),
        [chord("a")]
    );
}

#[test]
fn conflicts_are_told_and_the_shipped_key_stays() {
    for (text, line, words) in [
        (
            "[keys]\nlater = [\"a\"]",
            2,
            "\"a\" is already the key of acknowledge in queue",
        ),
        (
            "[keys]\n\nlater = [\n\"s\",\n\"f\"]",
            5,
            "already the key of find in program",
        ),
        (
            "[keys]\nfind = [\"a\"]",
            2,
            "already the key of acknowledge in queue",
        ),
        (
            "[keys]\nreply = [\"ctrl-l\"]",
            2,
            "already the key of redraw in always",
        ),
        (
            "[keys]\npin = [\"Q\"]\nsort_next = [\"Q\"]",
            2,
            "already the key of sort_next in goals",
        ),
    ] {
        let (keymap, errors) = Keymap::from_config(text);
        assert_eq!(errors.len(), 1, "{text} {errors:#?}");
        assert_eq!(errors[0].line, line, "{text}");
        assert!(errors[0].sentence.contains(words), "{}", errors[0]);
        assert_eq!(
            keymap.keys_in(Scope::Queue, Action::Acknowledge),
            [chord("a")]
        );
    }
}

#[test]
fn keys_can_change_places() {
    let (keymap, errors) = Keymap::from_config("[keys]\nlater = [\"a\"]\nacknowledge = [\"s\"]");
    assert_eq!(errors, vec![]);
    assert_eq!(keymap.keys_in(Scope::Queue, Action::Later), [chord("a")]);
}

#[test]
fn text_that_is_no_toml_leaves_the_shipped_keys() {
    let (keymap, errors) = Keymap::from_config("[keys]\nlater = [\"a\" \"b\"]\n");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].line, 2);
    assert_eq!(keymap, Keymap::built_in(KeyStyle::Vim));
    let (_, errors) = Keymap::from_config("keys = 3");
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn hints_show_keys_that_work_where_the_focus_is() {
    let keymap = Keymap::built_in(KeyStyle::Vim);
    let key = |action, scopes: &[Scope]| keymap.key_for(action, scopes);
    let some = |text: &str| Some(text.to_owned());
    let goals = [Scope::Goals, Scope::Program];
    assert_eq!(key(Action::NextRow, &goals), some("j"));
    assert_eq!(key(Action::Fold, &goals), some("h"));
    assert_eq!(key(Action::First, &goals), some("g g"));
    assert_eq!(key(Action::Help, &goals), some("?"));
    assert_eq!(key(Action::Quit, &goals), some("Ctrl-C Ctrl-C"));
    assert_eq!(
        key(Action::Acknowledge, &[Scope::Outbox, Scope::Program]),
        None
    );
    // After Esc a form's commands are letters, as a multiplexer may take Ctrl.
    let commands = [Scope::FormCommands, Scope::Form, Scope::Program];
    assert_eq!(key(Action::Post, &commands), some("p"));
    assert_eq!(key(Action::EditExternally, &commands), some("g"));
    assert_eq!(key(Action::BackToField, &commands), some("i"));
    // In a field, characters are text.
    let note = [Scope::TextArea, Scope::Form, Scope::Program];
    assert_eq!(key(Action::Post, &note), some("Ctrl-S"));
    assert_eq!(key(Action::KeepDraft, &note), some("Esc d"));
    assert_eq!(key(Action::Help, &note), some("Esc ?"));
    assert_eq!(key(Action::GoGoals, &note), None);
    // Enter is a new line in the note, and goes on in a value.
    assert_eq!(key(Action::NextField, &note), some("Tab"));
    assert_eq!(key(Action::PreviousField, &note), some("Shift-Tab"));
    assert_eq!(
        key(Action::PreviousField, &[Scope::TextField, Scope::Form]),
        some("Shift-Tab")
    );
    assert_eq!(key(Action::Post, &[Scope::FormCommands]), some("p"));
    assert_eq!(key(Action::KeepDraft, &[Scope::FormCommands]), some("d"));
    // A sheet is modal; only what is always there gets through.
    let confirm = [Scope::Confirm, Scope::Goals, Scope::Program];
    assert_eq!(key(Action::NextRow, &confirm), None);
    assert_eq!(key(Action::Redraw, &confirm), some("Ctrl-L"));
    // The menu's items keep their keys.
    let menu = [Scope::Menu, Scope::Goals, Scope::Program];
    assert_eq!(key(Action::Reply, &menu), some("r"));
    // An inner scope that takes the key hides the outer meaning.
    let find = [Scope::TextField, Scope::Find, Scope::Picker];
    assert_eq!(key(Action::NextKind, &find), some("Tab"));
    assert_eq!(key(Action::Complete, &find), None);
    assert_eq!(key(Action::Move, &goals), None);
}

#[test]
fn key_tables_name_every_key_once() {
    let keymap = Keymap::built_in(KeyStyle::Vim);
    assert_eq!(
        keymap.keys_of(Action::Post),
        [chord("ctrl-s"), chord("esc p")]
    );
    assert_eq!(keymap.keys_of(Action::Discard), [chord("esc x")]);
    assert_eq!(keymap.keys_of(Action::Help), [chord("?")]);
    assert_eq!(
        keymap.keys_of(Action::Back),
        [chord("esc"), chord("ctrl-c")]
    );
    assert_eq!(keymap.keys_of(Action::GoQueue), [chord("1")]);
    for info in ACTIONS {
        let chords = keymap.keys_of(info.action);
        let unique: HashSet<&Chord> = chords.iter().collect();
        assert_eq!(unique.len(), chords.len(), "{}", info.id);
    }
}
