//! goaldeck is a terminal dashboard for goals and key results: one thread owns
//! all state, one queue feeds it, and everything that happens outside (disk,
//! providers, terminal) happens behind it as data. This page is the map.
//!
//! # The picture
//!
//! ```text
//!   main.rs      chooses a front, sets the exit code
//!   ───────────────────────────────────────────────────────────────────────────
//!   cli/         subcommands                         run/    the loop: pick, route,
//!                (same store, same effects)                  execute, draw; knows the time
//!   ───────────────────────────────────────────────────────────────────────────
//!   screens/     small views on a stack            │ providers/  one folder a system
//!     widgets/  theme.rs  keys/  actions.rs        │ disk/       durable memory, one writer
//!         │ Command     ▲ reads &Store             │ term/       input, frames, clipboard, editor
//!         ▼             │                          │     ▲ Effect          │ Outcome, Input
//!   store/       facts · outbox · drafts · marks · asked   └ only through run/ ◄┘
//!   ───────────────────────────────────────────────────────────────────────────
//!   model/       nouns, arithmetic, what may be asked and answered; no IO
//! ```
//!
//! Imports go downwards only and never across the bar; a test reads every
//! `crate::` in the sources and fails on any other edge.
//!
//! # Eight words
//!
//! - **Model** ([`model`]): nouns and arithmetic. No IO, no clock, no colour.
//! - **Store** ([`store`]): the one truth in memory, five parts and the rules
//!   between them: facts, outbox, drafts, marks, asked.
//! - **Action** ([`actions`]): what a person means, by name. The table also makes
//!   key hints, help, palette, menus and the matching command line.
//! - **Command** ([`store::effect::Command`]): what a front asks of the store.
//! - **Effect** ([`store::effect::Effect`]): what the world shall do, as data.
//! - **Outcome** ([`store::effect::Outcome`]): what the world answered.
//! - **Screen** ([`screens::Screen`]): a view's own small state, how it draws and
//!   what it answers. It keeps ids, never goals.
//! - **Port**: the outside behind a trait or a handle: [`providers::Provider`],
//!   [`model::workspace::Workspace`], [`disk::Disk`], [`term::Term`].
//!
//! # What happens on a key
//!
//! [`term::input`] makes an `Input` of it, [`keys::resolve`] an `Action` or text,
//! [`screens::stack`] gives it to the top screen, whose `Reply` has commands for
//! the store, effects for the world and where to go. [`run::program`] does these
//! in this order, [`run::world`] carries effects out, and what comes of them
//! enters the queue of [`run::interactive`] as an `Outcome`. The frame is drawn
//! last, and only if something changed; while a key repeats, no more often than a
//! slow line carries, and without details.
//!
//! # Code map
//!
//! | Folder | What to look for |
//! |---|---|
//! | [`model`] | `apply` (what a write does to goals, used by every provider of ours and by the overlay), `exchange` (what is asked of providers and answered), `entry` (outbox entries, drafts, marks), `progress`, `pace`, `forecast`, `why`, `figures` (the maths), `values` and `dates` (what people type), `text` (foreign text made safe), `past` (how a goal was at a moment, and what has to be kept of a change for that), `history` (series for charts, what happened when), `filter` (the filter language, with the exact meaning of every key), `view`, `nearest` (the name that was meant), `week`, `balance` (who waits for whom), `report` (a week ready to be told, a file a format), `handbook`, `portable` (files), `system` (the systems there are), `kept_here` (what lies here because a system has no place for it) |
//! | [`store`] | `questions` (asking accounts, taking in answers), `writes` (from a wish to its answer), `outbox` (when a write may leave, what an answer means), `overlay` (facts with pending writes laid over them), `account` and `glimpse` (how accounts are, what is being looked at), `waiting` (why an entry waits), `naming` (what we made takes the server's names), `grafts` (goals shown elsewhere than their provider has them), `search`, `queue`, `tree`, `inbox`, `find`, `report` (derived lists), `views` (filters over this store), `past` (what was read of how goals were), `as_of` (how everything was at a moment, as a store of its own), `diff` (what changed between two), `effort` (long work: counts, stop, go on), `news` (what is new for me), `reckoned` (figures kept up to date goal by goal), `reading` (all that fronts may read) |
//! | [`screens`] | one file or folder a screen; `goal_actions` (what can be done to a goal wherever it shows), `stack` (who has focus, what leaks), `frame` (tabs, status line, hints), `measure` (numbers to pictures), `trend` (series to charts), `filter_line` and `goal_views` (filters typed and chosen), `palette_arguments`, `mention` (names behind an @) |
//! | [`widgets`], [`theme`] | pieces that know no goal; the only place that names a colour, themes as data (`assets/themes.toml`) |
//! | [`keys`] | chords, keymaps (in `assets/`), resolving |
//! | [`term`] | the terminal's modes, input thread, writer thread, cells and moved rows as bytes (`pen`, `scroll`), editor, clipboard |
//! | [`disk`] | one SQLite file: schema, migrations, rescue, watching, who may send, `past` (how goals were before they changed, in the same transaction) |
//! | [`providers`] | `local`, `demo`, `fake`; `operately` (`ages`: operation names of both ages, `client`: calls and problems, `decode` and `fetch`: reading, `send` and `look`: writing once, `rich_text`, `news`); `clickup`, `quantive`, `achieveit` (smaller, of the same parts); `row_by_row` (check-ins of one call per key result), `clash` (whether somebody was faster), `notebook` (what was learned of a server); `http` (the one way over the network: sites, tokens, limits, writes taken down instead of sent), `cached` (what this machine keeps of a remote account), `beside` (what it keeps for good because the provider has no place for it; outermost), `barred` (an account that cannot be used) |
//! | [`run`] | `interactive` (the loop), `program` (store and screens as one machine), `headless` (the same without a screen), `remote` (accounts elsewhere), `systems` (each system's provider from its settings), `adding` (a new account), `glance` (the first look without a runtime), `assemble` and `front` (configuration to parts), `clock` (the only clock), `rhythm` (when to draw while a key is held down), `program/away` (the past day that is shown), `files` and `view_file` (what a person asks to be written), `looks` (themes as lists), `conversation` (the store without a screen that stays), `rehearse` (what a write would send) |
//! | [`cli`] | one file a family of subcommands; `plain` (the queue in words, line by line), `sheet` and `due_file` (check-ins as text and back) |
//! | [`config`] | the settings file and where things lie |
//!
//! # Invariants
//!
//! - `model`, `store`, `screens` never await, read a clock, a file, a variable or
//!   a random number. `now` is an argument; ids come from a source `run` seeds.
//! - Only outcomes write facts. A pending write lies over them, so taking it back
//!   is dropping its entry; screens read through the overlay and nothing else.
//! - `Send` is only ever emitted after the disk said that the entry is written as
//!   *sending*. A write of several steps has a trail: the provider's note about how
//!   far it got, on disk before the next step. What was in a risky step when the
//!   program died is *unknown*, everything else is sent again. Nothing is resent by
//!   a timer from *unknown*: it is looked for, twice, first.
//! - Of all programs on one store the one that holds the sender's lock sends to
//!   servers. An entry goes only to the site it was written for, as the person who
//!   wrote it. A state is written over only by who knows the one before it.
//! - What a provider declares as kept here never reaches it: it is carried out on
//!   this machine, without line, hold or lock, and laid over every answer.
//! - A token goes to its own site, in one header; it is never printed, and no
//!   request follows a redirect elsewhere.
//! - A past day is a store like any other, made of facts alone: no outbox, no drafts, no
//!   questions. Writes and deadlines go on in the present one beside it. What
//!   [`model::past::to_keep`] leaves out, [`model::past::at`] can tell.
//! - Every question has a ticket; what a write confirmed is newer than answers to
//!   questions asked before it.
//! - Foreign text reaches screen, stdout, log and clipboard only as
//!   [`model::text::Shown`], which only the cleaner makes.
//! - Deadlines are derived from the state ([`store::Store::next_wake`]); nothing
//!   polls, nothing redraws on a timer but a countdown and, where it is shown, the
//!   clock's minute.
//! - The terminal is asked nothing. It is given back on every way out but a lost
//!   line, which is not written to.
//! - There is no lock of ours around the store's state, no second queue, no callback in a
//!   message, no global, no `unsafe`.
//!
//! # How to add
//!
//! - **An action**: a line in [`actions`], a key in both keymaps of `assets/` (or
//!   a place in the palette-only list), an arm in the screen's `act`.
//! - **A screen**: a file in [`screens`], a [`screens::Place`], a line in
//!   `stack.rs`, a scope if it has keys of its own, snapshots at both sizes.
//! - **A provider**: a folder in [`providers`] that implements
//!   [`providers::Provider`] with honest abilities over [`providers::http`], a kind
//!   in [`model::system`], an arm in `run::systems`, recordings under
//!   `tests/recordings` or a contract under `tests/contracts`, and a stateful fake
//!   under `tests/it` that keeps to it.
//! - **A write**: a variant of [`model::exchange::Change`], its arm in
//!   [`model::apply`] with the write that takes it back.

pub mod actions;
pub mod cli;
pub mod config;
pub mod disk;
pub mod keys;
pub mod log;
pub mod model;
pub mod providers;
pub mod run;
pub mod screens;
pub mod store;
pub mod term;
pub mod theme;
pub mod widgets;
