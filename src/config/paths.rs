//! Which directories are ours: configuration, data, state. Creates nothing.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::Environment;

/// What the platform proposes: on Linux the XDG directories, elsewhere the
/// usual ones of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// For configuration.
    pub config: PathBuf,
    /// For data.
    pub data: PathBuf,
    /// For logs and locks; none where the platform has no such place.
    pub state: Option<PathBuf>,
}

impl Platform {
    /// The proposal for this process; none when no home directory is known.
    pub fn of_process() -> Option<Self> {
        let dirs = ProjectDirs::from("", "", "goaldeck")?;
        Some(Self {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_dir().to_owned(),
            state: dirs.state_dir().map(ToOwned::to_owned),
        })
    }
}

/// What flags say about places; they beat the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--config FILE`
    pub config_file: Option<PathBuf>,
    /// `--data-dir DIR`
    pub data_dir: Option<PathBuf>,
}

/// The directories of one running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file; it need not exist.
    pub config_file: PathBuf,
    /// Where the store lies.
    pub data: PathBuf,
    /// Where logs lie.
    pub state: PathBuf,
}

impl Paths {
    /// Flags beat `GOALDECK_CONFIG_DIR` and `GOALDECK_DATA_DIR`, which beat the
    /// platform. A data directory chosen by hand also holds the state, so that
    /// a trial run leaves nothing elsewhere.
    ///
    /// # Errors
    /// A sentence that says what to set when there is no place for the data.
    pub fn find(
        flags: &Flags,
        environment: &Environment,
        platform: Option<&Platform>,
    ) -> Result<Self, String> {
        let named = |name| environment.get(name).map(PathBuf::from);
        let chosen = flags
            .data_dir
            .clone()
            .or_else(|| named("GOALDECK_DATA_DIR"));
        let data = chosen
            .clone()
            .or_else(|| platform.map(|platform| platform.data.clone()))
            .ok_or(
                "There is no place for your goals because no home directory is known. \
                 Set GOALDECK_DATA_DIR or give --data-dir.",
            )?;
        let state = match (&chosen, platform) {
            (None, Some(platform)) => platform.state.clone(),
            _ => None,
        };
        let config_dir = named("GOALDECK_CONFIG_DIR")
            .or_else(|| platform.map(|platform| platform.config.clone()))
            .unwrap_or_else(|| data.clone());
        Ok(Self {
            config_file: flags
                .config_file
                .clone()
                .unwrap_or_else(|| config_dir.join("config.toml")),
            state: state.unwrap_or_else(|| data.clone()),
            data,
        })
    }

    /// The directory of the configuration file.
    pub fn config_dir(&self) -> PathBuf {
        self.config_file
            .parent()
            .map(ToOwned::to_owned)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform() -> Platform {
        Platform {
            config: "/h/.config/goaldeck".into(),
            data: "/h/.local/share/goaldeck".into(),
            state: Some("/h/.local/state/goaldeck".into()),
        }
    }

    #[test]
    fn platform_places_hold_without_a_word_from_anybody() {
        let paths = Paths::find(
            &Flags::default(),
            &Environment::default(),
            Some(&platform()),
        )
        .unwrap();
        assert_eq!(
            paths.config_file,
            PathBuf::from("/h/.config/goaldeck/config.toml")
        );
        assert_eq!(paths.data, PathBuf::from("/h/.local/share/goaldeck"));
        assert_eq!(paths.state, PathBuf::from("/h/.local/state/goaldeck"));
    }

    #[test]
    fn environment_beats_the_platform_and_flags_beat_both() {
        let environment =
            Environment::of([("GOALDECK_CONFIG_DIR", "/c"), ("GOALDECK_DATA_DIR", "/d")]);
        let paths = Paths::find(&Flags::default(), &environment, Some(&platform())).unwrap();
        assert_eq!(paths.config_file, PathBuf::from("/c/config.toml"));
        assert_eq!(paths.config_dir(), PathBuf::from("/c"));
        assert_eq!((paths.data, paths.state), ("/d".into(), "/d".into()));
        let flags = Flags {
            config_file: Some("/f/mine.toml".into()),
            data_dir: Some("/e".into()),
        };
        let paths = Paths::find(&flags, &environment, Some(&platform())).unwrap();
        assert_eq!(paths.config_file, PathBuf::from("/f/mine.toml"));
        assert_eq!(paths.data, PathBuf::from("/e"));
    }

    #[test]
    fn without_a_home_the_sentence_names_what_to_set() {
        let empty = Environment::of([("GOALDECK_DATA_DIR", "")]);
        let why = Paths::find(&Flags::default(), &empty, None).unwrap_err();
        assert!(why.contains("GOALDECK_DATA_DIR") && why.contains("--data-dir"));
        let flags = Flags {
            data_dir: Some("/e".into()),
            ..Flags::default()
        };
        let paths = Paths::find(&flags, &empty, None).unwrap();
        assert_eq!(paths.config_file, PathBuf::from("/e/config.toml"));
    }
}
