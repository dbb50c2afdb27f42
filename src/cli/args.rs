//! The command line as data: every subcommand and flag, nothing that runs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Goals and key results, in the terminal.
#[derive(Debug, Parser)]
#[command(
    name = "goaldeck",
    version,
    about = "Goals and key results, in the terminal",
    long_about = "Goals and key results, in the terminal. Without a command the program opens; \
                  with its input or output not a terminal it prints the queue.",
    after_help = "GOAL is an id, a part of a name that only one goal has, or - to read it from stdin.\n\
                  Exit codes: 0 done or queued, 1 failed, 2 wrong usage, 3 not signed in, \
                  4 refused, 5 no network, 10 --check found something, 129 hang-up.",
    disable_help_subcommand = true,
    subcommand_required = false
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; nothing opens the program.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Only this account; "all" for every one
    #[arg(long, global = true, value_name = "NAME")]
    pub account: Option<String>,
    /// Act as this person of a local workspace
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub as_name: Option<String>,
    /// Print one JSON object (schema 1)
    #[arg(long, global = true)]
    pub json: bool,
    /// Words only, line by line, for screen readers and simple terminals
    #[arg(long, global = true)]
    pub plain: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Refuse every write
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Show how it was at the end of this day: 2026-10-31, "31 Oct", -2w, yesterday
    #[arg(long, global = true, value_name = "DATE", allow_hyphen_values = true)]
    pub as_of: Option<String>,
    /// Use no network; show what is kept here
    #[arg(long, global = true)]
    pub offline: bool,
    /// Configuration file to use
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder that holds the goals
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Wait so many seconds for an account's answer
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub timeout: Option<u64>,
    /// Show what a write would send and change; send and write nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Fail where a write cannot be sent now, instead of keeping it in the outbox
    #[arg(long, global = true)]
    pub no_queue: bool,
    /// Answer yes to every question
    #[arg(long, global = true)]
    pub yes: bool,
    /// Print errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// How much the log tells: off, error, warn, info, debug, trace
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Everything that can be done without the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What waits for you
    Queue(Queue),
    /// List, show and change goals
    #[command(subcommand, visible_alias = "goal")]
    Goals(Goals),
    /// Change the key results of a goal
    #[command(subcommand, visible_alias = "result")]
    Results(Results),
    /// Write a check-in
    #[command(visible_alias = "check-in")]
    Checkin(Checkin),
    /// Acknowledge check-ins
    Ack(Ack),
    /// Reply to a check-in, or remark on a goal
    Reply(Reply),
    /// Put a sign under a check-in
    React(React),
    /// Approve the plan of a goal in review, for everybody
    Approve(Verdict),
    /// Send the plan of a goal in review back to its owner
    Decline(Verdict),
    /// Ask people to approve the plan of a goal
    Review(Review),
    /// Make a plan in review a draft again
    Withdraw {
        /// Which goal
        goal: String,
    },
    /// Read the inbox
    #[command(subcommand)]
    Inbox(Inbox),
    /// Look after what is not sent
    #[command(subcommand)]
    Outbox(Outbox),
    /// What happened in a week
    Report(Report),
    /// Find goals, results, check-ins and people
    Find(Find),
    /// How a goal went: its check-ins and what was found changed, newest first
    History(History),
    /// Filters under a name
    #[command(subcommand, visible_alias = "view")]
    Views(Views),
    /// What changed between two days
    Diff(Diff),
    /// Open the web page of a goal in the browser; where there is none, print it
    Open {
        /// A goal, or a check-in by id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Print the web page of a goal; its id where it has none
    Link {
        /// A goal, or a check-in by id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// The templates of notes
    Templates(Templates),
    /// Who keeps goals here
    #[command(subcommand)]
    People(People),
    /// The accounts in the configuration
    #[command(subcommand, visible_alias = "accounts")]
    Account(Account),
    /// Read every account anew
    Sync,
    /// Make any call of a provider's own interface
    Api(Api),
    /// The configuration file
    #[command(subcommand)]
    Config(Config),
    /// Every key and what it does
    Keys,
    /// The themes and how they look here; with a name the roles of one
    Themes {
        /// Which theme
        name: Option<String>,
    },
    /// Open a made-up company; nothing is sent or kept
    Demo(Demo),
    /// Check terminal, files, store and accounts
    Doctor,
    /// Write everything as JSON Lines
    Export(Export),
    /// Read goals from JSON Lines or CSV; all of it or nothing
    Import(Import),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// How goaldeck works: the handbook behind the keys (? twice)
    Docs,
    /// Print the manual page of the program or of one command
    Man {
        /// Which command: `goals add`
        command: Vec<String>,
        /// Write all pages into this folder instead
        #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
        dir: Option<PathBuf>,
    },
}

/// `queue`
#[derive(Args, Debug, Default)]
pub struct Queue {
    /// One line with the numbers, for a status line
    #[arg(long)]
    pub line: bool,
    /// Exit with 10 if anything waits
    #[arg(long)]
    pub check: bool,
    /// Only what this lets through: words, or KEY:VALUE about the goals
    #[arg(
        long,
        value_name = "FILTER",
        default_value = "",
        conflicts_with = "line"
    )]
    pub filter: String,
}

/// `diff`
#[derive(Args, Debug)]
pub struct Diff {
    /// Only these goals
    pub goals: Vec<String>,
    /// The end of this day: 2026-10-31, "31 Oct", -2w, yesterday
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub since: String,
    /// Up to the end of this day instead of now
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub until: Option<String>,
}

/// `report`
#[derive(Args, Debug)]
pub struct Report {
    /// Which week: 2026-W47, W47, this, last, or a day in it
    #[arg(long, value_name = "WEEK", default_value = "this")]
    pub week: String,
    /// What it is written as
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    pub format: ReportFormat,
    /// A view of the configuration, or open, mine, to review, off track, changed, late, closed
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// Which goals: words, and key:value as in goals list
    #[arg(long, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// Write it to this file, readable by you alone
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Markdown
    #[default]
    Md,
    /// Sentences, one a line
    Txt,
    /// A row for every goal and key result
    Csv,
    /// One page with charts, to print or to send
    Html,
    /// One JSON object (schema 1)
    Json,
}

/// `goals`
#[derive(Debug, Subcommand)]
pub enum Goals {
    /// List goals
    List(GoalList),
    /// List goals as a tree
    Tree(GoalTree),
    /// Show everything about one goal
    Show {
        /// Which goal
        goal: String,
    },
    /// Make a goal
    Add(GoalAdd),
    /// Change a goal
    Edit(GoalEdit),
    /// Put a goal under another one
    #[command(group(ArgGroup::new("place").required(true).args(["under", "top"])))]
    Move {
        /// Which goal
        goal: String,
        /// The goal to put it under
        #[arg(long, value_name = "GOAL", visible_alias = "parent")]
        under: Option<String>,
        /// Put it at the top
        #[arg(long)]
        top: bool,
    },
    /// Show a goal under another one of any account; kept here, nothing is sent
    #[command(group(ArgGroup::new("spot").required(true).args(["under", "top"])))]
    Graft {
        /// Which goal
        goal: String,
        /// The goal to show it under
        #[arg(long, value_name = "GOAL")]
        under: Option<String>,
        /// Show it at the top
        #[arg(long)]
        top: bool,
    },
    /// Show a goal where its provider has it again
    Ungraft {
        /// Which goal
        goal: String,
    },
    /// Close a goal
    Close(GoalClose),
    /// Open a closed goal again
    Reopen {
        /// Which goal
        goal: String,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Delete a goal with its results and check-ins; its children move up
    Delete {
        /// Which goal
        goal: String,
    },
}

/// Which goals to list, and how.
#[derive(Args, Debug, Default)]
pub struct GoalList {
    /// Words of name, note or people, and KEY:VALUE like status:off owner:me due:<30d
    #[arg(
        long,
        value_name = "FILTER",
        default_value = "",
        allow_hyphen_values = true
    )]
    pub filter: String,
    /// A view of the configuration, or open, mine, to review, off track, changed, late, closed
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// Closed goals too; a filter that asks for them has them anyway
    #[arg(long)]
    pub closed: bool,
    /// Order; the view's, else by attention
    #[arg(long, value_name = "BY")]
    pub sort: Option<SortBy>,
}

/// `goals tree`
#[derive(Args, Debug)]
pub struct GoalTree {
    /// Which goals
    #[command(flatten)]
    pub list: GoalList,
    /// At most so many levels
    #[arg(long, value_name = "N")]
    pub depth: Option<u8>,
}

/// Orders of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// What needs attention most
    #[default]
    Attention,
    /// What ends first
    Due,
    /// By name
    Name,
    /// Least progress first
    Progress,
    /// As the provider has it
    Provider,
}

/// What a goal says of itself; "none" clears a field.
#[derive(Args, Debug, Default)]
pub struct GoalFields {
    /// The goal above it
    #[arg(long, value_name = "GOAL")]
    pub parent: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub champion: Option<String>,
    /// Who acknowledges its check-ins
    #[arg(long, value_name = "NAME")]
    pub reviewer: Option<String>,
    /// First day: 2026-10-01, "1 Oct", today, +6w
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub start: Option<String>,
    /// Last day: 2026-12-31, "31 Dec", 2026/q4, +6w
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub due: Option<String>,
    /// When check-ins are asked for: weekly:fri, biweekly:mon, monthly:1, quarterly:1, none
    #[arg(long, value_name = "WHEN")]
    pub cadence: Option<String>,
    /// Share in its parent's progress, 0 or more
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// What it is about, in Markdown
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// A word for the filter; more than once for more
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
}

/// `goals add`
#[derive(Args, Debug)]
pub struct GoalAdd {
    /// Its name
    pub name: String,
    /// What it says of itself
    #[command(flatten)]
    pub fields: GoalFields,
    /// Meant to be hard: 0.6–0.7 is as hoped
    #[arg(long)]
    pub aspirational: bool,
}

/// `goals edit`
#[derive(Args, Debug)]
pub struct GoalEdit {
    /// Which goal
    pub goal: String,
    /// A new name
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// What changes
    #[command(flatten)]
    pub fields: GoalFields,
    /// Meant to be hard (true) or not (false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub aspirational: Option<bool>,
    /// Let it rest
    #[arg(long, conflicts_with = "resume")]
    pub pause: bool,
    /// Work on it again
    #[arg(long)]
    pub resume: bool,
}

/// `goals close`
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("outcome").required(true).args(["achieved", "missed"])))]
pub struct GoalClose {
    /// Which goal
    pub goal: String,
    /// It was met
    #[arg(long)]
    pub achieved: bool,
    /// It was not met
    #[arg(long)]
    pub missed: bool,
    /// Score from 0 to 1; its progress if not given
    #[arg(long, value_name = "NUMBER")]
    pub score: Option<String>,
    /// Looking back
    #[command(flatten)]
    pub note: Note,
}

/// Where a note comes from.
#[derive(Args, Debug, Default)]
pub struct Note {
    /// The note, in Markdown
    #[arg(long, value_name = "TEXT", conflicts_with = "note_file")]
    pub note: Option<String>,
    /// Read the note from a file; - for stdin
    #[arg(long, value_name = "FILE")]
    pub note_file: Option<PathBuf>,
    /// Write the note in your editor
    #[arg(long)]
    pub edit: bool,
}

/// `results`
#[derive(Debug, Subcommand)]
pub enum Results {
    /// Add a key result to a goal
    Add(ResultAdd),
    /// Change a key result
    Edit(ResultEdit),
    /// Set values without a check-in
    Set {
        /// Which goal
        goal: String,
        /// NAME=VALUE, as in check-ins
        #[arg(required = true, value_name = "NAME=VALUE")]
        values: Vec<String>,
    },
    /// Remove a key result
    #[command(visible_alias = "delete")]
    Remove {
        /// Which goal
        goal: String,
        /// Which key result: its id or a part of its name
        result: String,
    },
}

/// What a key result measures.
#[derive(Args, Debug, Default)]
pub struct Measure {
    /// What is measured; guessed from the other flags if not given
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindName>,
    /// The value when the period began
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub start: Option<String>,
    /// The value to reach
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub target: Option<String>,
    /// Unit after the value: %, EUR, minutes
    #[arg(long, value_name = "TEXT")]
    pub unit: Option<String>,
    /// Share in the goal's progress; 0 is shown but not counted
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// Lower is better, where start and target are equal
    #[arg(long)]
    pub lower: bool,
    /// Guardrail: the limit to keep
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub limit: Option<String>,
    /// Guardrail: where nothing is left
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub critical: Option<String>,
    /// Guardrail: stay above the limit, not below
    #[arg(long)]
    pub above: bool,
    /// Checklist or milestones: what is to be done, separated by ; (milestones may end in *WEIGHT)
    #[arg(long, value_name = "A;B;C")]
    pub items: Option<String>,
    /// Zones: from here on 0.3
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub commit: Option<String>,
    /// Zones: from here on 1.0 (--target is 0.7)
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub stretch: Option<String>,
    /// What it reads now
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub current: Option<String>,
}

/// Kinds of key results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindName {
    /// From start to target
    Number,
    /// The same in percent
    Percent,
    /// The same in money
    Currency,
    /// Done or not
    #[value(name = "yes_no", alias = "yes-no", alias = "yesno")]
    YesNo,
    /// Done items of all items
    Checklist,
    /// Weighted steps
    Milestones,
    /// Commit, target and stretch
    Zones,
    /// Watched, without a target
    Baseline,
    /// A limit to keep
    Guardrail,
}

/// `results add`
#[derive(Args, Debug)]
pub struct ResultAdd {
    /// Which goal
    pub goal: String,
    /// Its name
    pub name: String,
    /// What it measures
    #[command(flatten)]
    pub measure: Measure,
}

/// `results edit`
#[derive(Args, Debug)]
pub struct ResultEdit {
    /// Which goal
    pub goal: String,
    /// Which key result: its id or a part of its name
    pub result: String,
    /// A new name
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// What changes
    #[command(flatten)]
    pub measure: Measure,
}

/// `checkin`
#[derive(Args, Debug)]
pub struct Checkin {
    /// Which goal
    #[arg(required_unless_present_any = ["due", "from_file", "template"], conflicts_with_all = ["due", "from_file", "template"])]
    pub goal: Option<String>,
    /// All check-ins of yours that are due, as one file: with --edit or --template
    #[arg(long, conflicts_with_all = ["status", "values", "note", "note_file", "confidence", "move_due", "amend", "tell", "at", "key"])]
    pub due: bool,
    /// Read check-ins from such a file; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["edit", "template", "status", "values", "note", "note_file", "confidence", "move_due", "amend", "tell", "at", "key"])]
    pub from_file: Option<PathBuf>,
    /// Print the file of all check-ins that are due
    #[arg(long, conflicts_with = "edit")]
    pub template: bool,
    /// on_track, at_risk or off_track; the last one if not given
    #[arg(long, value_name = "STATUS")]
    pub status: Option<String>,
    /// A value: "Sign-ups=162", Setup=-1 (one less), Setup==-5, "Hire a lead=yes"
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// The note
    #[command(flatten)]
    pub note: Note,
    /// How sure you are, 0–10
    #[arg(long, value_name = "0-10")]
    pub confidence: Option<String>,
    /// Move the due date
    #[arg(long, value_name = "DAY")]
    pub move_due: Option<String>,
    /// Change your last check-in on it instead of writing a new one
    #[arg(long, conflicts_with_all = ["tell", "draft", "at", "move_due", "confidence"])]
    pub amend: bool,
    /// Who is told: responsible, everyone, nobody, or names with commas
    #[arg(long, value_name = "WHO")]
    pub tell: Option<String>,
    /// Keep it as a draft for the program
    #[arg(long)]
    pub draft: bool,
    /// Post it then: "Fri 17:00", +2h; a moment that has passed is when it was written
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The same key is written once, however often you ask
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// `ack`
#[derive(Args, Debug)]
pub struct Ack {
    /// Check-ins by id, or goals whose check-ins wait for you
    #[arg(value_name = "ID", required_unless_present = "filter")]
    pub ids: Vec<String>,
    /// All that wait for you on goals that this lets through
    #[arg(
        long,
        value_name = "FILTER",
        conflicts_with = "ids",
        allow_hyphen_values = true
    )]
    pub filter: Option<String>,
    /// Of these, only what you have seen in the program
    #[arg(long, requires = "filter")]
    pub seen: bool,
}

/// `reply`
#[derive(Args, Debug)]
pub struct Reply {
    /// A check-in by id, or a goal: its last check-in
    #[arg(value_name = "ID")]
    pub id: String,
    /// Remark on the goal itself
    #[arg(long)]
    pub on_goal: bool,
    /// What to say
    #[command(flatten)]
    pub note: Note,
}

/// `react`
#[derive(Args, Debug)]
pub struct React {
    /// A check-in by id, or a goal: its last check-in
    #[arg(value_name = "ID")]
    pub id: String,
    /// The sign: +1, heart, …
    #[arg(default_value = "+1", allow_hyphen_values = true)]
    pub sign: String,
    /// Take it away
    #[arg(long)]
    pub remove: bool,
}

/// `approve`, `decline`
#[derive(Args, Debug)]
pub struct Verdict {
    /// Which goal
    pub goal: String,
    /// What is said with it
    #[command(flatten)]
    pub note: Note,
}

/// `review`
#[derive(Args, Debug)]
pub struct Review {
    /// Which goal
    pub goal: String,
    /// Who is asked; more than once for more
    #[arg(long = "reviewer", value_name = "NAME", required = true)]
    pub reviewers: Vec<String>,
}

/// `inbox`
#[derive(Debug, Subcommand)]
pub enum Inbox {
    /// List what happened
    List(InboxList),
    /// Mark lines read
    Read(Lines),
    /// Remove lines from the inbox
    Done(Lines),
}

/// `inbox list`
#[derive(Args, Debug)]
pub struct InboxList {
    /// Only unread lines
    #[arg(long)]
    pub unread: bool,
    /// Only one reason: mention, comment, check-in, due, ack, changed, assigned
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    /// Only lines that this lets through: words, or KEY:VALUE about their goals
    #[arg(
        long,
        value_name = "FILTER",
        default_value = "",
        allow_hyphen_values = true
    )]
    pub filter: String,
}

/// Lines of the inbox.
#[derive(Args, Debug)]
pub struct Lines {
    /// Which, by id
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub ids: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
}

/// `outbox`
#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// List what is not sent, drafts, and what was sent last
    List,
    /// Send entries again, now
    Retry {
        /// Which, by id
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Drop entries that were not sent
    Drop {
        /// Which, by id
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Mark entries that may have been sent as sent: you found them there
    Settle {
        /// Which, by id
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Take entries that were not sent back as the drafts they were
    Draft {
        /// Which, by id
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Send everything that waits, now
    Flush,
    /// Write the check-ins that wait for AchieveIt as the file its import takes;
    /// sends and changes nothing
    Export {
        /// As a CSV file: the form there is
        #[arg(long, required = true)]
        csv: bool,
        /// Where to; - and nothing is the standard output
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// `history`
#[derive(Args, Debug)]
pub struct History {
    /// Which goal
    pub goal: String,
    /// Only what happened from this day on
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
}

/// `views`
#[derive(Debug, Subcommand)]
pub enum Views {
    /// List views and what they let through
    List,
    /// Show one view
    Show {
        /// Its name
        name: String,
    },
    /// Write a view down in the configuration, in place of one of that name
    Save {
        /// Its name
        name: String,
        /// What it lets through
        #[arg(
            long,
            value_name = "FILTER",
            default_value = "",
            allow_hyphen_values = true
        )]
        filter: String,
        /// Its order
        #[arg(long, value_name = "BY", default_value = "attention")]
        sort: SortBy,
    },
    /// Take a view out of the configuration
    Delete {
        /// Its name
        name: String,
    },
}

/// `find`
#[derive(Args, Debug)]
pub struct Find {
    /// A few letters
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// Only these things
    #[arg(long, value_name = "WHAT")]
    pub only: Option<FindOnly>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
}

/// `templates`
#[derive(Args, Debug)]
pub struct Templates {
    /// Print the text of this one
    pub name: Option<String>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindOnly {
    /// Goals
    Goals,
    /// Key results
    Results,
    /// Notes of check-ins
    Checkins,
    /// People
    People,
}

/// `people`
#[derive(Debug, Subcommand)]
pub enum People {
    /// List people
    List,
    /// Add a person to a local workspace
    Add {
        /// Full name
        name: String,
        /// What follows @ in a mention
        #[arg(long, value_name = "WORD")]
        handle: Option<String>,
    },
}

/// `account`
#[derive(Debug, Subcommand)]
pub enum Account {
    /// List accounts and how they are doing
    List,
    /// Add an account, after trying it
    Add(Box<AccountAdd>),
    /// Show one account: how it is, its settings, what it does and what is kept here
    Show {
        /// Which
        name: String,
    },
    /// Try accounts: who is signed in, and what the token may do
    Test {
        /// Which; all if not given
        name: Option<String>,
    },
    /// Put an account first: new goals go there
    Use {
        /// Which
        name: String,
    },
    /// Forget an account; at its server nothing is deleted
    Remove {
        /// Which
        name: String,
    },
}

/// `account add`
#[derive(Args, Debug)]
#[command(
    group(ArgGroup::new("token").args(["token_env", "token_command", "token_file", "token_keyring"])),
    after_help = "Without a --token-… flag the token is asked for and kept in a file that only you \
                  can read. A token is never given as an argument: others could see it there."
)]
pub struct AccountAdd {
    /// A word for it: work
    #[arg(long, value_name = "WORD")]
    pub name: String,
    /// Which system
    #[arg(long, value_name = "SYSTEM")]
    pub provider: System,
    /// Where its server is
    #[arg(
        long,
        value_name = "URL",
        help = "Where its server is: https://app.operately.com; the others have a usual one"
    )]
    pub url: Option<String>,
    /// `ClickUp`: the Workspace, where the token is for several
    #[arg(
        long,
        value_name = "ID",
        help = "ClickUp: the Workspace, where the token is for several"
    )]
    pub workspace: Option<String>,
    /// Quantive: the account; it stands beside the token
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Who you are there, where the token does not say: an id, an address or a name
    #[arg(long, value_name = "WHO")]
    pub me: Option<String>,
    /// `AchieveIt`: a plan to read; more than once for more
    #[arg(
        long = "plan",
        value_name = "ID",
        help = "AchieveIt: a plan to read; more than once for more"
    )]
    pub plans: Vec<String>,
    /// `AchieveIt`: the CSV file of external ids, where plans cannot be read
    #[arg(
        long,
        value_name = "FILE",
        help = "AchieveIt: the CSV file of external ids, where plans cannot be read"
    )]
    pub items_file: Option<PathBuf>,
    /// `ClickUp`: how the token is sent
    #[arg(long, value_name = "HOW", help = "ClickUp: how the token is sent")]
    pub auth_scheme: Option<Scheme>,
    /// `ClickUp`: how percentages come
    #[arg(long, value_name = "HOW", help = "ClickUp: how percentages come")]
    pub percent_scale: Option<Scale>,
    /// `ClickUp`: read completed goals too
    #[arg(long, help = "ClickUp: read completed goals too")]
    pub completed: bool,
    /// Quantive: how bodies are wrapped
    #[arg(long, value_name = "HOW")]
    pub body_style: Option<Style>,
    /// Quantive: days after its last check-in in which a key result is due
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=366))]
    pub due_after: Option<u32>,
    /// The environment variable that holds the token
    #[arg(long, value_name = "NAME")]
    pub token_env: Option<String>,
    /// A command whose first line is the token: "pass show operately"
    #[arg(long, value_name = "COMMAND")]
    pub token_command: Option<String>,
    /// A file with the token, readable by you alone; - reads it from stdin now
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The token lies in the system's keyring
    #[arg(long)]
    pub token_keyring: bool,
    /// More certificate authorities to trust, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allow http:// to another machine: the token goes in the clear
    #[arg(long)]
    pub insecure: bool,
    /// Do not try it first
    #[arg(long)]
    pub no_test: bool,
}

/// Systems that keep goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum System {
    /// A workspace on this machine
    Local,
    /// Operately, cloud or self-hosted
    Operately,
    /// Quantive Results, formerly Gtmhub
    #[value(alias = "gtmhub")]
    Quantive,
    /// ClickUp's goals
    #[value(name = "clickup")]
    ClickUp,
    /// AchieveIt
    #[value(name = "achieveit")]
    AchieveIt,
}

/// How a ClickUp token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheme {
    /// As the token wants it
    Auto,
    /// Behind the word Bearer
    Bearer,
    /// Bare
    Raw,
}

/// How ClickUp's percentages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// As the answers tell
    Auto,
    /// 0 to 100
    Percent,
    /// 0 to 1
    Fraction,
}

/// How Quantive wants its bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// As they are
    Bare,
    /// Under the parameter's name
    Wrapped,
}

/// `api`
#[derive(Args, Debug)]
#[command(
    after_help = "The call has the account's address, token and limits. A path that does not \
                        begin with /api/ is one of the provider's own: goals/get, get_goal.\n\
                        -f and -F go into the query of GET, else into a JSON object; \"key[]\" makes a list."
)]
pub struct Api {
    /// GET, POST, …
    #[arg(value_name = "METHOD")]
    pub method: String,
    /// Which call
    #[arg(value_name = "PATH")]
    pub path: String,
    /// A text: -f name=Ana
    #[arg(short = 'f', long = "field", value_name = "KEY=TEXT")]
    pub fields: Vec<String>,
    /// Any JSON: -F done=true
    #[arg(short = 'F', long = "json-field", value_name = "KEY=JSON")]
    pub json_fields: Vec<String>,
    /// Send this file as it is; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fields", "json_fields"])]
    pub input: Option<PathBuf>,
    /// Print status and headers too
    #[arg(short = 'i', long)]
    pub include: bool,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Print where it is
    Path,
    /// Read it and say what is wrong
    Check,
    /// Open it in your editor and check it afterwards
    Edit,
}

/// `demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// Pretend it is this moment: 2026-11-20T10:42
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Make a workspace with so many goals, to measure with
    #[arg(long, value_name = "N", requires = "dir", conflicts_with = "now")]
    pub goals: Option<usize>,
    /// Where to make it; the folder must be new or empty
    #[arg(long, value_name = "DIR", requires = "goals")]
    pub dir: Option<PathBuf>,
}

/// `export`
#[derive(Args, Debug)]
pub struct Export {
    /// Where to write; stdout if not given
    pub file: Option<PathBuf>,
}

/// `import`
#[derive(Args, Debug)]
pub struct Import {
    /// What to read; - for stdin
    pub file: PathBuf,
    /// jsonl or csv; by the file's ending if not given
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
}

/// Formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON Lines, as export writes them
    #[value(alias = "json", alias = "ndjson")]
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
