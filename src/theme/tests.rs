//! What themes must keep to: readable, and told apart with few colours or none.

use ratatui::style::Modifier;

use super::*;

/// Themes that say what is behind their text.
const MEASURED: [ThemeName; 4] = [
    ThemeName::Dark,
    ThemeName::Light,
    ThemeName::BlueOrange,
    ThemeName::Contrast,
];

#[test]
fn mono_names_no_colour() {
    let theme = Theme::new(ThemeName::Mono);
    for role in Role::ALL {
        let style = theme.style(role);
        assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
    }
}

#[test]
fn auto_keeps_the_terminals_background_and_text_colour() {
    let theme = Theme::new(ThemeName::Auto);
    assert_eq!(theme.style(Role::Text), Style::new());
    for role in Role::ALL {
        let style = theme.style(role);
        assert_eq!(style.bg, None, "{role:?}");
        assert!(
            !matches!(style.fg, Some(Color::White | Color::Black | Color::Gray)),
            "{role:?}"
        );
        assert_eq!(theme.contrast(role), None, "it is the terminal's own");
    }
}

#[test]
fn statuses_have_the_colours_people_expect() {
    let style = |status| Theme::new(ThemeName::Auto).style(Role::from(ShownStatus::Said(status)));
    assert_eq!(style(Status::OnTrack).fg, Some(Color::Green));
    assert_eq!(style(Status::AtRisk).fg, Some(Color::Yellow));
    assert!(style(Status::AtRisk).add_modifier.contains(Modifier::BOLD));
    assert_eq!(style(Status::OffTrack).fg, Some(Color::Red));
    assert!(style(Status::Paused).add_modifier.contains(Modifier::DIM));
    let late = Role::from(ShownStatus::Outdated(Status::OnTrack));
    assert_eq!(Theme::default().style(late).fg, Some(Color::Magenta));
}

#[test]
fn roles_stand_in_one_order_and_are_found_by_name() {
    for (place, role) in Role::ALL.into_iter().enumerate() {
        assert_eq!(role as usize, place, "{role:?}");
        assert_eq!(Role::parse(role.code()), Some(role));
    }
}

#[test]
fn the_asset_holds_every_shipped_theme_and_each_says_what_it_is_for() {
    let themes = Themes::shipped();
    assert_eq!(themes.names(), ThemeName::ALL.map(ThemeName::code));
    for name in themes.names() {
        assert!(!themes.about(name).is_empty(), "{name}");
        assert_eq!(ThemeName::parse(name).map(ThemeName::code), Some(name));
    }
    assert_eq!(ThemeName::parse("neon"), None);
    assert_eq!(themes.theme("neon"), None);
}

#[test]
fn every_role_of_a_measured_theme_can_be_read() {
    for name in MEASURED {
        let theme = Theme::new(name);
        for role in Role::ALL {
            let contrast = theme.contrast(role).expect("colours that are known");
            assert!(contrast >= 4.5, "{} {role:?} {contrast:.2}", name.code());
            let dim = theme.style(role).add_modifier.contains(Modifier::DIM);
            assert!(!dim, "{} {role:?}: dim takes contrast away", name.code());
        }
    }
    let (role, contrast) = Theme::new(ThemeName::Contrast).faintest().unwrap();
    assert!(contrast >= 7.0, "{role:?} {contrast}");
}

#[test]
fn a_focused_row_can_be_read_whatever_stands_in_it() {
    // The style of the focus is laid over the row's own: what it leaves is kept.
    for name in MEASURED {
        let theme = Theme::new(name);
        let focus = theme.style(Role::Focus);
        assert_eq!((focus.fg, focus.bg), (None, None), "{}", name.code());
        assert!(focus.add_modifier.contains(Modifier::REVERSED));
    }
}

/// How people without the green cones see a colour (Machado and others, 2009, full
/// strength), as linear light.
fn without_green(colour: Color) -> [f64; 3] {
    let seen = colour::light(colour)
        .expect("a known colour")
        .map(colour::linear);
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ]
    .map(|row| row.iter().zip(seen).map(|(one, other)| one * other).sum())
}

/// How far apart two colours are in the eye (CIE 1976); 2 can just be told apart.
fn apart(one: [f64; 3], other: [f64; 3]) -> f64 {
    let lab = |[red, green, blue]: [f64; 3]| {
        let bent = |part: f64| {
            if part > 0.008_856 {
                part.cbrt()
            } else {
                7.787 * part + 16.0 / 116.0
            }
        };
        let x = bent((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
        let y = bent(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = bent((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    let (one, other) = (lab(one), lab(other));
    one.iter()
        .zip(other)
        .map(|(one, other)| (one - other).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[test]
fn blue_orange_is_told_apart_without_green_cones() {
    let seen = |theme: &Theme, role| without_green(theme.style(role).fg.unwrap());
    let theme = Theme::new(ThemeName::BlueOrange);
    let three = [Role::OnTrack, Role::AtRisk, Role::OffTrack];
    for (place, one) in three.into_iter().enumerate() {
        for other in three.into_iter().skip(place + 1) {
            let apart = apart(seen(&theme, one), seen(&theme, other));
            assert!(apart > 30.0, "{one:?} {other:?} {apart}");
        }
    }
    let off = theme.style(Role::OffTrack);
    assert!(off.add_modifier.contains(Modifier::REVERSED));
    // The measure is worth something: green and red of the dark theme are alike.
    let dark = Theme::new(ThemeName::Dark);
    let alike = apart(seen(&dark, Role::OnTrack), seen(&dark, Role::OffTrack));
    assert!(alike < 15.0, "{alike}");
}

#[test]
fn sixteen_colours_and_none_stand_in() {
    let few = Themes::shipped().within(Some(Depth::Sixteen));
    for name in few.names() {
        let theme = few.theme(name).unwrap();
        assert_eq!(theme.name(), name);
        for role in Role::ALL {
            let style = theme.style(role);
            for colour in [style.fg, style.bg].into_iter().flatten() {
                let many = matches!(colour, Color::Indexed(_) | Color::Rgb(..));
                assert!(!many, "{name} {role:?} {colour:?}");
            }
        }
    }
    let styles = |themes: &Themes, name: &str| themes.theme(name).unwrap().styles;
    assert_eq!(styles(&few, "dark"), styles(&few, "auto"));
    assert_ne!(styles(&few, "blue-orange"), styles(&few, "auto"));
    let none = Themes::shipped().within(None);
    for name in none.names() {
        assert_eq!(styles(&none, name), styles(&none, "mono"), "{name}");
    }
}

fn own(name: &str, lines: &[(&str, &str)]) -> Sketch {
    let mut sketch = Sketch::new(name);
    for (key, value) in lines {
        assert_eq!(sketch.set(key, value), Ok(()), "{key}");
    }
    sketch
}

#[test]
fn an_own_theme_stands_on_the_one_it_names() {
    let themes = Themes::shipped().within(Some(Depth::True)).with([
        own(
            "mine",
            &[("base", "light"), ("at_risk", "#ff8700 on black bold")],
        ),
        own("dark", &[("dim", "250")]),
        own("round", &[("base", "about-face")]),
        own("about-face", &[("base", "round"), ("good", "blue")]),
        own("lost", &[("base", "nowhere")]),
    ]);
    let of = |name: &str, role| themes.theme(name).unwrap().style(role);
    let light = Theme::new(ThemeName::Light);
    assert_eq!(of("mine", Role::Text), light.style(Role::Text));
    let at_risk = of("mine", Role::AtRisk);
    assert_eq!(at_risk.fg, Some(Color::Rgb(255, 135, 0)));
    assert_eq!(at_risk.bg, Some(Color::Black));
    assert_eq!(at_risk.add_modifier, Modifier::BOLD);
    // One of a shipped name changes the shipped one.
    assert_eq!(of("dark", Role::Dim).fg, Some(Color::Indexed(250)));
    let dark = Theme::new(ThemeName::Dark);
    assert_eq!(of("dark", Role::Good), dark.style(Role::Good));
    // What stands on it takes part.
    assert_eq!(of("blue-orange", Role::Dim).fg, Some(Color::Indexed(250)));
    // A circle ends, and what stands on nothing stands on the ground.
    assert_eq!(of("round", Role::Good).fg, Some(Color::Blue));
    assert_eq!(of("lost", Role::Good).fg, Some(Color::Green));
    assert!(themes.is_own("mine") && themes.is_own("dark") && !themes.is_own("light"));
    assert_eq!(
        themes
            .names()
            .iter()
            .filter(|name| **name == "dark")
            .count(),
        1
    );
}

#[test]
fn wrong_lines_say_what_is_wrong_with_them() {
    let mut sketch = Sketch::new("mine");
    for (key, value, wrong) in [
        ("of_track", "red", Wrong::Key),
        ("off_track", "rde bold", Wrong::Word("rde".into())),
        ("off_track", "red on", Wrong::Colours),
        ("off_track", "red blue", Wrong::Colours),
        ("off_track", "red on 16 on 17", Wrong::Colours),
        ("off_track", "300", Wrong::Word("300".into())),
        ("background", "dusk", Wrong::Word("dusk".into())),
    ] {
        assert_eq!(sketch.set(key, value), Err(wrong), "{key} = {value}");
    }
    assert_eq!(sketch, Sketch::new("mine"), "nothing of it counts");
}
