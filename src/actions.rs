//! THE TABLE: everything a person can mean, by name, with its title, help
//! sentence, groups and scopes. Keymaps, hints, help, palette, action menu,
//! read-only mode and the command-line twin all read it. Imports nothing of
//! ours, knows no key and carries nothing out.

use std::fmt;

/// A place that gives keys a meaning. A focused thing names its scopes from the
/// inside out: `[TextField, Form, Program]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Reached from everywhere, through every sheet; always the outermost.
    Always,
    /// The program: what every tab and page understands.
    Program,
    /// The list of what waits.
    Queue,
    /// One queue item on the whole screen.
    Reading,
    /// The tree of goals.
    Goals,
    /// The pane or page with one goal's details.
    Detail,
    /// How one goal went; put before `Detail`.
    History,
    /// The list of news.
    Inbox,
    /// The list of what is to be sent.
    Outbox,
    /// The week as text.
    Report,
    /// A form with fields: check-in, reply, goal.
    Form,
    /// A form after Esc: its commands as single letters.
    FormCommands,
    /// The status row of a form.
    StatusField,
    /// A box to tick, or a yes/no value.
    ToggleField,
    /// One line of text.
    TextField,
    /// Several lines of text.
    TextArea,
    /// A field with a list under it: palette, person, parent.
    Picker,
    /// The field and list that search everything; put before `Picker`.
    Find,
    /// The line where a filter is typed.
    FilterLine,
    /// A sheet with numbered lines, chosen by digit or by cursor.
    Choices,
    /// The sheet of the first start, numbered as well.
    FirstRun,
    /// A question answered by yes or no.
    Confirm,
    /// The menu of what can be done to one item; its items keep their own keys.
    Menu,
    /// The list of keys.
    Help,
    /// The list of messages.
    Log,
    /// The list of accounts.
    Accounts,
    /// The one line shown when the terminal is too small.
    TooSmall,
}

/// How much of what a scope does not know goes on to the scopes outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Everything.
    All,
    /// Everything but characters, which are text here.
    NoCharacters,
    /// Only [`Scope::Always`]: the sheet is modal.
    AlwaysOnly,
}

/// Which characters a scope takes as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// None: characters are keys.
    Nothing,
    /// Digits, after its own bindings: they choose a numbered line.
    Digits,
    /// All, and the keys that edit one line.
    Line,
    /// All, and the keys that edit several lines: Enter and vertical arrows too.
    Lines,
}

impl Scope {
    /// Every scope, outermost first.
    pub const ALL: [Scope; 27] = [
        Scope::Always,
        Scope::Program,
        Scope::Queue,
        Scope::Reading,
        Scope::Goals,
        Scope::Detail,
        Scope::History,
        Scope::Inbox,
        Scope::Outbox,
        Scope::Report,
        Scope::Form,
        Scope::FormCommands,
        Scope::StatusField,
        Scope::ToggleField,
        Scope::TextField,
        Scope::TextArea,
        Scope::Picker,
        Scope::Find,
        Scope::FilterLine,
        Scope::Choices,
        Scope::FirstRun,
        Scope::Confirm,
        Scope::Menu,
        Scope::Help,
        Scope::Log,
        Scope::Accounts,
        Scope::TooSmall,
    ];

    /// Its name in keymaps and help: `form_commands`.
    pub const fn id(self) -> &'static str {
        match self {
            Scope::Always => "always",
            Scope::Program => "program",
            Scope::Queue => "queue",
            Scope::Reading => "reading",
            Scope::Goals => "goals",
            Scope::Detail => "detail",
            Scope::History => "history",
            Scope::Inbox => "inbox",
            Scope::Outbox => "outbox",
            Scope::Report => "report",
            Scope::Form => "form",
            Scope::FormCommands => "form_commands",
            Scope::StatusField => "status_field",
            Scope::ToggleField => "toggle_field",
            Scope::TextField => "text_field",
            Scope::TextArea => "text_area",
            Scope::Picker => "picker",
            Scope::Find => "find",
            Scope::FilterLine => "filter_line",
            Scope::Choices => "choices",
            Scope::FirstRun => "first_run",
            Scope::Confirm => "confirm",
            Scope::Menu => "menu",
            Scope::Help => "help",
            Scope::Log => "log",
            Scope::Accounts => "accounts",
            Scope::TooSmall => "too_small",
        }
    }

    /// The scope with this name in a keymap.
    pub fn parse(id: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.id() == id)
    }

    /// What goes on to the scopes outside.
    pub const fn leak(self) -> Leak {
        match self {
            Scope::TextField | Scope::TextArea => Leak::NoCharacters,
            Scope::Always
            | Scope::Program
            | Scope::Queue
            | Scope::Reading
            | Scope::Goals
            | Scope::Detail
            | Scope::History
            | Scope::Inbox
            | Scope::Outbox
            | Scope::Report
            | Scope::StatusField
            | Scope::ToggleField
            | Scope::Find
            | Scope::Menu => Leak::All,
            // A form is modal too: a digit in its status row must not lead away.
            Scope::Form
            | Scope::FormCommands
            | Scope::Picker
            | Scope::FilterLine
            | Scope::Choices
            | Scope::FirstRun
            | Scope::Confirm
            | Scope::Help
            | Scope::Log
            | Scope::Accounts
            | Scope::TooSmall => Leak::AlwaysOnly,
        }
    }

    /// Which characters are text here.
    pub const fn typing(self) -> Typing {
        match self {
            Scope::TextField => Typing::Line,
            Scope::TextArea => Typing::Lines,
            Scope::Choices | Scope::FirstRun => Typing::Digits,
            _ => Typing::Nothing,
        }
    }
}

/// The headings under which help lists actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Where to be.
    Screens,
    /// Cursor, folds and scrolling.
    Move,
    /// Marks.
    Select,
    /// What is done to goals, check-ins and news.
    Act,
    /// What is shown.
    See,
    /// What is carried out of the program.
    Take,
    /// The program itself.
    Program,
    /// Forms and fields.
    Write,
}

impl Group {
    /// Every group in the order of help.
    pub const ALL: [Group; 8] = [
        Group::Screens,
        Group::Move,
        Group::Select,
        Group::Act,
        Group::See,
        Group::Take,
        Group::Program,
        Group::Write,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Group::Screens => "Screens",
            Group::Move => "Move",
            Group::Select => "Select",
            Group::Act => "Act",
            Group::See => "See",
            Group::Take => "Take away",
            Group::Program => "Program",
            Group::Write => "Write",
        }
    }
}

/// What an action may do to what is kept; read-only mode refuses the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActionEffect {
    /// Looks, moves, copies.
    Reads,
    /// Adds or changes something.
    Writes,
    /// Takes something away that a person wrote; asks first.
    Destroys,
}

/// All there is to know about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Its name in keymaps, settings and logs.
    pub id: &'static str,
    /// A few words: palette, menus, hints.
    pub title: &'static str,
    /// One sentence that ends with a full stop.
    pub help: &'static str,
    /// Other words that find it in the palette.
    pub synonyms: &'static [&'static str],
    /// Its heading in help.
    pub group: Group,
    /// Where it means something.
    pub scopes: &'static [Scope],
    /// What it may do to what is kept.
    pub effect: ActionEffect,
    /// The command line that does the same, with `{goal}`, `{id}`, `{text}` and
    /// `{name}` to be filled in; empty for what only the screens can do.
    pub twin: &'static str,
}

macro_rules! actions {
    ($($action:ident $id:literal, $title:literal,
        $help:literal, [$($synonym:literal),*],
        $group:ident, [$($scope:ident),+ $(,)?], $effect:ident, $twin:literal;)+) => {
        /// What a person means, by name; not a key and not a function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $help] $action,)+
        }

        /// Every action, in the order of help.
        pub const ACTIONS: &[ActionInfo] = &[
            $(ActionInfo {
                action: Action::$action,
                id: $id,
                title: $title,
                help: $help,
                synonyms: &[$($synonym),*],
                group: Group::$group,
                scopes: &[$(Scope::$scope),+],
                effect: ActionEffect::$effect,
                twin: $twin,
            },)+
        ];
    };
}

actions! {
    // Screens
    GoQueue "go_queue", "Go to Queue",
        "Shows what waits for you.", ["start", "waiting", "to acknowledge", "todo"],
        Screens, [Program], Reads, "goaldeck queue";
    GoGoals "go_goals", "Go to Goals",
        "Shows the tree of goals.", ["tree", "objectives", "okr"],
        Screens, [Program], Reads, "goaldeck goals tree";
    GoInbox "go_inbox", "Go to Inbox",
        "Shows what is new.", ["news", "notifications"],
        Screens, [Program], Reads, "goaldeck inbox list";
    GoOutbox "go_outbox", "Go to Outbox",
        "Shows what is held, waits to be sent, was sent or could not be.",
        ["unsent", "pending", "drafts"],
        Screens, [Program], Reads, "goaldeck outbox list";
    GoReport "go_report", "Go to Report",
        "Shows what happened in a week, to copy or to write to a file.",
        ["week", "weekly", "summary", "balance sheet"],
        Screens, [Program], Reads, "goaldeck report";
    NextPane "next_pane", "Next pane",
        "Moves the focus to the next pane.", ["focus", "other pane"],
        Screens, [Queue, Reading, Goals, History], Reads, "";
    PreviousPane "previous_pane", "Previous pane",
        "Moves the focus to the previous pane.", ["focus"],
        Screens, [Queue, Reading, Goals, History], Reads, "";
    Open "open", "Open",
        "Opens the row under the cursor.", ["show", "enter", "details"],
        Screens, [Queue, Reading, Goals, History, Inbox, Outbox, Accounts], Reads,
        "goaldeck goals show {goal}";
    Back "back", "Back",
        "Goes back, closes the sheet or clears the marks; never quits.",
        ["close", "cancel", "clear marks", "escape"],
        Screens, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Picker, FilterLine, Choices,
            FirstRun, Menu, Help, Log, Accounts], Reads, "";
    Leave "leave", "Leave",
        "Goes back, and quits at the top.", ["quit", "exit", "back"],
        Screens, [Program, Choices, Menu, Help, Log, Accounts, TooSmall], Reads, "";
    Quit "quit", "Quit",
        "Ends the program from anywhere; drafts are kept.", ["exit", "close program"],
        Screens, [Always], Reads, "";
    Suspend "suspend", "Suspend",
        "Stops the program and gives the shell back; fg goes on.", ["background", "shell"],
        Screens, [Always], Reads, "";
    Redraw "redraw", "Redraw",
        "Paints the whole screen anew.", ["repaint", "refresh screen"],
        Screens, [Always], Reads, "";

    // Move
    NextRow "next_row", "Next row",
        "Moves down one row, or to the next item.", ["down"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Picker, FilterLine, Choices,
            FirstRun, Menu, Help, Log, Accounts], Reads, "";
    PreviousRow "previous_row", "Previous row",
        "Moves up one row, or to the previous item.", ["up"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Picker, FilterLine, Choices,
            FirstRun, Menu, Help, Log, Accounts], Reads, "";
    Fold "fold", "Fold",
        "Folds the goal, or goes to its parent.", ["collapse", "parent", "left"],
        Move, [Goals], Reads, "";
    Unfold "unfold", "Unfold",
        "Unfolds the goal, or goes to its first child.", ["expand", "child", "right"],
        Move, [Goals], Reads, "";
    First "first", "First row",
        "Goes to the first row.", ["top", "home"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Menu, Help, Log, Accounts], Reads, "";
    Last "last", "Last row",
        "Goes to the last row.", ["bottom", "end"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Menu, Help, Log, Accounts], Reads, "";
    HalfPageDown "half_page_down", "Half a page down",
        "Moves down by half a page.", ["scroll"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Help, Log], Reads, "";
    HalfPageUp "half_page_up", "Half a page up",
        "Moves up by half a page.", ["scroll"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Help, Log], Reads, "";
    PageDown "page_down", "Page down",
        "Moves down by a page.", ["scroll"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Picker, Help, Log, Accounts], Reads, "";
    PageUp "page_up", "Page up",
        "Moves up by a page.", ["scroll"],
        Move, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report, Picker, Help, Log, Accounts], Reads, "";
    ScrollDown "scroll_down", "Scroll details down",
        "Scrolls the details down by a line; the cursor stays in the list.", ["detail"],
        Move, [Queue, Reading, Goals, Detail], Reads, "";
    ScrollUp "scroll_up", "Scroll details up",
        "Scrolls the details up by a line; the cursor stays in the list.", ["detail"],
        Move, [Queue, Reading, Goals, Detail], Reads, "";
    FoldAll "fold_all", "Fold or unfold all",
        "Folds every goal, or unfolds them all again.", ["collapse all", "expand all"],
        Move, [Goals], Reads, "";
    Older "older", "Older check-in",
        "Goes to the check-in before this one and shows what it changed.",
        ["history", "previous check-in", "diff"],
        Move, [History], Reads, "";
    Newer "newer", "Newer check-in",
        "Goes to the check-in after this one and shows what it changed.",
        ["history", "next check-in", "diff"],
        Move, [History], Reads, "";
    PreviousWeek "previous_week", "Previous week",
        "Shows the report of the week before.", ["older", "last week", "left"],
        Move, [Report], Reads, "";
    NextWeek "next_week", "Next week",
        "Shows the report of the week after.", ["newer", "right"],
        Move, [Report], Reads, "";
    NextMatch "next_match", "Next match",
        "Goes to the next place that was searched for.", ["search"],
        Move, [Report, Help, Log], Reads, "";
    PreviousMatch "previous_match", "Previous match",
        "Goes to the previous place that was searched for.", ["search"],
        Move, [Report, Help, Log], Reads, "";

    // Select
    Mark "mark", "Mark",
        "Marks the row, or unmarks it, and goes down; actions then take all marked.",
        ["select", "tick"],
        Select, [Queue, Inbox], Reads, "";
    MarkAll "mark_all", "Mark all shown",
        "Marks every row that is shown, or unmarks them.", ["select all"],
        Select, [Queue, Inbox], Reads, "";

    // Act
    CheckIn "check_in", "Check in",
        "Writes a check-in: values, status and a note.", ["update", "report", "progress", "values"],
        Act, [Queue, Reading, Goals, Detail], Writes, "goaldeck checkin {goal} --edit";
    EditCheckIn "edit_check_in", "Edit my last check-in",
        "Changes your last check-in, as far as the provider takes it.",
        ["correct", "amend", "typo"],
        Act, [Queue, Reading, Goals, Detail], Writes, "goaldeck checkin {goal} --amend";
    Acknowledge "acknowledge", "Acknowledge check-in",
        "Tells the champion that you have read the check-in.", ["ack", "approve", "seen"],
        Act, [Queue, Reading, Goals, Detail, Inbox], Writes, "goaldeck ack {id}";
    Reply "reply", "Reply",
        "Writes a comment on the check-in or goal.", ["comment", "answer"],
        Act, [Queue, Reading, Goals, Detail, Inbox], Writes, "goaldeck reply {id} --note {text}";
    React "react", "React",
        "Adds a +1 to the check-in.", ["like", "plus one", "thumbs up"],
        Act, [Queue, Reading, Goals, Detail, Inbox], Writes, "goaldeck react {id} +1";
    Edit "edit", "Edit",
        "Changes the goal, or what waits in the outbox.", ["change", "rename", "results"],
        Act, [Queue, Reading, Goals, Detail, Outbox, Accounts], Writes, "goaldeck goals edit {goal}";
    New "new", "New goal",
        "Writes down a new goal.", ["create", "add", "objective"],
        Act, [Queue, Goals, Detail], Writes, "goaldeck goals add {name}";
    NewChild "new_child", "New child goal",
        "Writes down a new goal under this one.", ["create", "add", "sub-goal"],
        Act, [Goals, Detail], Writes, "goaldeck goals add {name} --parent {goal}";
    Close "close", "Close or reopen goal",
        "Closes the goal as achieved or missed, or opens it again.",
        ["finish", "achieved", "missed", "reopen", "score"],
        Act, [Goals, Detail], Writes, "goaldeck goals close {goal} --achieved";
    Delete "delete", "Delete or drop",
        "Deletes the goal, or drops the unsent entry, after asking.", ["remove", "drop"],
        Act, [Queue, Goals, Detail, Outbox, Accounts], Destroys, "goaldeck goals delete {goal}";
    Later "later", "Later",
        "Puts the item away until a time you choose.", ["snooze", "postpone", "defer"],
        Act, [Queue, Reading], Writes, "";
    ShowLater "show_later", "Show or hide what was put off",
        "Lists what was put off below the queue, with when it comes back.",
        ["later", "snoozed", "postponed", "put off", "back"],
        See, [Queue, Reading], Reads, "goaldeck queue --later";
    Undo "undo", "Undo",
        "Takes back what you did last, as long as that is possible.", ["revert", "take back"],
        Act, [Program], Writes, "goaldeck outbox drop {id}";
    MarkRead "mark_read", "Mark read or unread",
        "Marks the item as read, or as unread again.", ["seen", "unread"],
        Act, [Inbox], Writes, "goaldeck inbox read {id}";
    MarkAllRead "mark_all_read", "Mark all read",
        "Marks everything as read; can be undone.", ["seen"],
        Act, [Inbox], Writes, "goaldeck inbox read --all";
    Done "done", "Done with this",
        "Removes the item from the inbox.", ["archive", "dismiss"],
        Act, [Inbox], Writes, "goaldeck inbox done {id}";
    Mute "mute", "Mute or watch",
        "Silences this conversation, or listens to it again.", ["watch", "unwatch", "silence"],
        Act, [Inbox], Writes, "";
    Move "move", "Move under another goal",
        "Puts the goal under another one, or at the top.", ["parent", "reparent", "tree"],
        Act, [Goals, Detail], Writes, "goaldeck goals move {goal} --under {id}";
    Graft "graft", "Graft under…",
        "Shows the goal under one of any account, kept here; nothing is sent.",
        ["parent", "tree", "across accounts", "other account", "link"],
        Act, [Goals, Detail], Writes, "goaldeck goals graft {goal} --under {id}";
    Ungraft "ungraft", "Take the graft back",
        "Shows the goal where its provider has it again.",
        ["parent", "tree", "unlink", "back"],
        Act, [Goals, Detail], Writes, "goaldeck goals ungraft {goal}";

    Approve "approve", "Approve plan",
        "Approves the goal's plan for everybody, after asking.",
        ["accept", "review", "agree"],
        Act, [Queue, Reading, Goals, Detail], Writes, "goaldeck approve {goal}";
    Decline "decline", "Decline plan",
        "Sends the goal's plan back to its owner, with a reason.",
        ["reject", "review", "send back"],
        Act, [Queue, Reading, Goals, Detail], Writes, "goaldeck decline {goal} --note {text}";
    AskReview "ask_review", "Send for review…",
        "Asks people to approve the goal's plan; it is locked until they answer.",
        ["approval", "reviewers", "submit"],
        Act, [Goals, Detail], Writes, "goaldeck review {goal} --reviewer {name}";
    Withdraw "withdraw", "Withdraw from review",
        "Makes the goal's plan a draft again, which can be changed.",
        ["approval", "take back", "unlock"],
        Act, [Goals, Detail], Writes, "goaldeck withdraw {goal}";
    Comment "comment", "Comment on the goal",
        "Writes a remark on the goal itself, not on a check-in.", ["remark", "note"],
        Act, [Goals, Detail], Writes, "goaldeck reply {goal} --note {text}";
    Pause "pause", "Pause or resume goal",
        "Lets the goal rest: no check-ins are asked for until it is resumed.", ["rest", "resume", "hold"],
        Act, [Goals, Detail], Writes, "goaldeck goals edit {goal} --pause";

    // See
    ShowClosed "show_closed", "Show or hide closed goals",
        "Puts achieved and missed goals among the open ones, or takes them away.",
        ["closed", "achieved", "missed", "archive", "all"],
        See, [Goals], Reads, "goaldeck goals list --closed";
    Filter "filter", "Filter",
        "Shows only rows with the words you type.", ["search", "narrow", "words"],
        See, [Queue, Goals, Inbox, Report, Help, Log], Reads, "goaldeck goals list --filter {text}";
    QuickFilter "quick_filter", "Quick filter",
        "Puts a piece into the filter, or takes it out; in the inbox by reason.",
        ["mine", "late", "off track", "due", "narrow"],
        See, [Queue, Goals, Inbox, Log], Reads, "goaldeck goals list --filter {text}";
    Views "views", "View",
        "Shows the goals of a view: a filter and an order under a name.",
        ["saved filters", "perspective", "mine", "late", "closed", "off track", "to review"],
        See, [Goals, Report, Program], Reads, "goaldeck goals tree --view {name}";
    SaveView "save_view", "Save view",
        "Keeps filter and order of Goals under a name, in the configuration.",
        ["store filter", "keep view", "saved filters"],
        See, [Goals], Writes, "goaldeck views save {name} --filter {text}";
    DeleteView "delete_view", "Delete view",
        "Takes one of your own views out of the configuration, after asking.",
        ["remove view", "saved filters"],
        See, [Goals], Destroys, "goaldeck views delete {name}";
    Find "find", "Find",
        "Looks for goals, results, check-ins and people everywhere.", ["search", "jump", "go to"],
        See, [Program], Reads, "goaldeck find {text}";
    SortNext "sort_next", "Sort differently",
        "Changes the order: attention, due, name, progress, as the provider has it.",
        ["order", "by due", "by name", "by progress", "attention"],
        See, [Goals], Reads, "";
    History "history", "History",
        "Shows how the goal went: charts, and what each check-in changed.",
        ["chart", "trend", "forecast", "past", "diff", "over time"],
        See, [Queue, Reading, Goals, Detail, Inbox], Reads, "goaldeck history {goal}";
    OwnNumbers "own_numbers", "Provider's own numbers",
        "Shows what the provider itself says of the goal, or hides it again.",
        ["ids", "raw", "provider's figures", "status word"],
        See, [Goals, Detail], Reads, "goaldeck goals show {goal} --json";
    Pin "pin", "Pin",
        "Keeps the goal at the top of its list, or lets it go.", ["star", "favourite", "unpin"],
        See, [Goals, Detail], Writes, "";
    ReasonFilter "reason_filter", "Filter by reason",
        "Shows only news of one kind: mentions, comments, check-ins, and so on.",
        ["kind", "mentions", "quick filter"],
        See, [Inbox], Reads, "goaldeck inbox list --reason {text}";
    Format "format", "Choose a format",
        "Chooses what the report is written as: Markdown, plain text, CSV, HTML, JSON.",
        ["markdown", "plain", "csv", "html", "json", "export"],
        See, [Report], Reads, "goaldeck report --format html";

    // Take away
    CopyReport "copy_report", "Copy the report",
        "Copies the report in the format that was chosen.", ["yank", "clipboard", "markdown"],
        Take, [Report], Reads, "goaldeck report";
    WriteFile "write_file", "Write to a file",
        "Writes the report to a file; asks for its name.", ["save", "export", "output"],
        Take, [Report], Reads, "goaldeck report --output {name}";
    CopyLink "copy_link", "Copy link",
        "Copies a link to the item.", ["yank", "url", "clipboard"],
        Take, [Queue, Reading, Goals, Detail, Inbox, Outbox, Log], Reads, "";
    CopyMarkdown "copy_markdown", "Copy as Markdown",
        "Copies the item as Markdown text.", ["yank", "text", "clipboard"],
        Take, [Queue, Reading, Goals, Detail, Inbox, Outbox, Report], Reads, "goaldeck goals show {goal}";
    OpenBrowser "open_browser", "Open in the browser",
        "Opens the item's page, or shows its link if there is no browser.", ["web", "url"],
        Take, [Queue, Reading, Goals, Detail, Inbox], Reads, "";

    // Program
    Palette "palette", "Commands",
        "Finds a command by its name and runs it.", ["command", "run"],
        Program, [Program, Form, FormCommands], Reads, "";
    Help "help", "Help",
        "Shows the keys of this screen; again, all keys and the handbook.",
        ["keys", "shortcuts", "?", "docs", "handbook", "manual"],
        Program, [Program, Form, FormCommands, Choices, FirstRun, Help], Reads, "goaldeck keys";
    ActionMenu "action_menu", "Actions",
        "Lists what can be done with this item.", ["menu", "context"],
        Program, [Queue, Reading, Goals, Detail, Inbox, Outbox], Reads, "";
    Refresh "refresh", "Refresh, or send now",
        "Asks every account what is new, and sends what waits.", ["sync", "reload", "retry", "flush"],
        Program, [Program, Accounts], Reads, "goaldeck outbox flush";
    Accounts "accounts", "Accounts",
        "Shows the accounts and how they are.", ["providers", "login", "workspace"],
        Program, [Program], Reads, "goaldeck account list";
    AddAccount "add_account", "Add account",
        "Signs in at a server: address and token, tried before they are kept.",
        ["login", "sign in", "operately", "provider", "connect"],
        Program, [Program], Reads,
        "goaldeck account add --provider operately --url {url} --name {name}";
    AsOf "as_of", "As of a date",
        "Shows everything as it was at the end of a day; nothing can be changed there.",
        ["time travel", "past", "history", "date", "then"],
        See, [Program], Reads, "goaldeck --as-of {date}";
    Log "log", "Messages",
        "Shows the messages of this session.", ["errors", "toasts", "history of messages"],
        Program, [Program], Reads, "";
    Mouse "mouse", "Mouse on or off",
        "Listens to clicks and the wheel, or leaves the mouse to the terminal again.",
        ["click", "wheel", "scroll", "pointer", "select"],
        Program, [Program], Reads, "";
    ChooseTheme "theme", "Choose theme",
        "Draws in another theme until the program ends.",
        ["colours", "colors", "dark", "light", "contrast", "appearance"],
        Program, [Program], Reads, "goaldeck themes";
    CopyTwin "copy_twin", "Copy this command line",
        "Copies the command line that does what the focused line does.", ["shell", "cli", "script"],
        Program, [Menu], Reads, "";

    // Write
    Post "post", "Post",
        "Posts what the form says; there are some seconds to undo it.",
        ["send", "submit", "save", "publish"],
        Write, [Form, FormCommands], Writes, "goaldeck checkin {goal} --status {status} --note {text}";
    KeepDraft "keep_draft", "Keep as draft",
        "Closes the form and keeps what you wrote as a draft.", ["save", "later", "close"],
        Write, [FormCommands], Writes, "goaldeck checkin {goal} --draft";
    Discard "discard", "Discard",
        "Throws away what you wrote, after asking.", ["cancel", "delete draft"],
        Write, [FormCommands], Destroys, "goaldeck outbox drop {id}";
    EditExternally "edit_externally", "Write in your editor",
        "Opens the note in $VISUAL or $EDITOR; coming back never posts.", ["vim", "nano", "emacs"],
        Write, [Form, FormCommands], Writes, "goaldeck checkin {goal} --edit";
    Preview "preview", "Preview",
        "Shows the note as it will look, or the field again.", ["markdown", "render", "view"],
        Write, [Form, FormCommands], Reads, "";
    InsertLast "insert_last", "Insert last note",
        "Puts the note of the last check-in into this one.", ["previous", "copy last"],
        Write, [Form, FormCommands], Writes, "goaldeck goals show {goal}";
    Template "template", "Template",
        "Chooses a template for the note.", ["skeleton", "headings"],
        Write, [Form, FormCommands], Reads, "";
    Recipients "recipients", "Who is told",
        "Chooses who is told of this check-in; people named in it are told anyway.",
        ["notify", "subscribers", "notifications", "tell"],
        Write, [FormCommands], Reads, "goaldeck checkin {goal} --tell everyone";
    FormCommands "form_commands", "Form commands",
        "Leaves the field; single letters are commands then.", ["escape", "normal mode"],
        Write, [Form], Reads, "";
    BackToField "back_to_field", "Back to the field",
        "Goes back into the field that was left.", ["insert", "write on"],
        Write, [FormCommands], Reads, "";
    NextField "next_field", "Next field",
        "Goes to the next field.", ["down"],
        Write, [Form], Reads, "";
    PreviousField "previous_field", "Previous field",
        "Goes to the previous field.", ["up"],
        Write, [Form], Reads, "";
    ChooseOnTrack "choose_on_track", "On track",
        "Sets the status to On track and goes on.", ["green", "status"],
        Write, [StatusField], Writes, "goaldeck checkin {goal} --status on_track";
    ChooseAtRisk "choose_at_risk", "At risk",
        "Sets the status to At risk and goes on.", ["yellow", "status", "caution"],
        Write, [StatusField], Writes, "goaldeck checkin {goal} --status at_risk";
    ChooseOffTrack "choose_off_track", "Off track",
        "Sets the status to Off track and goes on.", ["red", "status", "issue"],
        Write, [StatusField], Writes, "goaldeck checkin {goal} --status off_track";
    Toggle "toggle", "Tick or untick",
        "Ticks the box, or unticks it.", ["check", "space"],
        Write, [ToggleField], Writes, "goaldeck checkin {goal} --set {name}=yes";
    Yes "yes", "Yes",
        "Answers yes.", ["confirm", "ok"],
        Write, [Confirm, ToggleField], Reads, "";
    No "no", "No",
        "Answers no.", ["cancel"],
        Write, [Confirm, ToggleField], Reads, "";
    Accept "accept", "Choose",
        "Takes the line under the cursor.", ["enter", "run"],
        Write, [Picker, FilterLine, Choices, FirstRun, Menu], Reads, "";
    Complete "complete", "Complete",
        "Writes the name under the cursor into the field.", ["tab"],
        Write, [Picker], Reads, "";
    NextKind "next_kind", "Only another kind",
        "Shows only goals, results, check-ins, people, or all again.", ["goals", "people"],
        Write, [Find], Reads, "";
}

impl Action {
    /// Its line in the table.
    pub fn info(self) -> &'static ActionInfo {
        // The macro writes the enum and the table in one order.
        &ACTIONS[self as usize]
    }

    /// Its name in keymaps, settings and logs.
    pub fn id(self) -> &'static str {
        self.info().id
    }

    /// The action with this name.
    pub fn parse(id: &str) -> Option<Action> {
        ACTIONS
            .iter()
            .find(|info| info.id == id)
            .map(|info| info.action)
    }

    /// Whether only the screens have it; such actions have no command line.
    pub fn stays_on_screen(self) -> bool {
        self.info().twin.is_empty()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Actions without a key of their own: they are in the palette and the menu.
pub const PALETTE_ONLY: &[Action] = &[
    Action::Move,
    Action::Graft,
    Action::Ungraft,
    Action::Approve,
    Action::Decline,
    Action::AskReview,
    Action::Withdraw,
    Action::Comment,
    Action::Pause,
    Action::ShowClosed,
    Action::ReasonFilter,
    Action::SaveView,
    Action::DeleteView,
    Action::AddAccount,
    Action::ShowLater,
    Action::ChooseTheme,
    Action::Mouse,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn table_is_in_the_order_of_the_enum() {
        for (index, info) in ACTIONS.iter().enumerate() {
            assert_eq!(info.action as usize, index, "{}", info.id);
            assert_eq!(info.action.info(), info);
        }
    }

    #[test]
    fn names_are_snake_case_and_unique() {
        let mut seen = HashSet::new();
        for info in ACTIONS {
            assert!(seen.insert(info.id), "{} twice", info.id);
            assert!(
                info.id.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{}",
                info.id
            );
            assert_eq!(Action::parse(info.id), Some(info.action));
        }
        for scope in Scope::ALL {
            assert!(seen.insert(scope.id()) || Action::parse(scope.id()).is_some());
            assert_eq!(Scope::parse(scope.id()), Some(scope));
        }
    }

    #[test]
    fn every_action_has_a_title_and_a_sentence() {
        for info in ACTIONS {
            assert!(
                !info.title.is_empty() && !info.title.ends_with('.'),
                "{}",
                info.id
            );
            assert!(info.help.ends_with('.'), "{}", info.id);
            assert!(info.help.chars().count() <= 80, "{} is long", info.id);
            assert!(!info.scopes.is_empty(), "{}", info.id);
        }
    }

    #[test]
    fn what_writes_has_a_command_line() {
        for info in ACTIONS {
            // These three only order what this person sees on the screens.
            let on_screen = matches!(info.action, Action::Later | Action::Mute | Action::Pin);
            if info.effect != ActionEffect::Reads && !on_screen {
                assert!(
                    info.twin.starts_with("goaldeck "),
                    "{} has no twin",
                    info.id
                );
            }
            assert!(
                info.twin.is_empty() || info.twin.starts_with("goaldeck "),
                "{}",
                info.id
            );
        }
    }

    #[test]
    fn only_what_belongs_to_the_screens_lacks_a_command_line() {
        use Action::*;
        let view: HashSet<Action> = [
            NextPane,
            PreviousPane,
            Back,
            Leave,
            Quit,
            Suspend,
            Redraw,
            SortNext,
            ActionMenu,
            Log,
            Mouse,
            CopyTwin,
            CopyLink,
            OpenBrowser,
            Palette,
            Later,
            Mute,
            Pin,
            Preview,
            Template,
            FormCommands,
            BackToField,
            NextField,
            PreviousField,
            Yes,
            No,
            Accept,
            Complete,
            NextKind,
        ]
        .into();
        for info in ACTIONS {
            let moves = matches!(info.group, Group::Move | Group::Select);
            assert_eq!(
                info.action.stays_on_screen(),
                moves || view.contains(&info.action),
                "{}",
                info.id
            );
        }
    }

    #[test]
    fn every_scope_has_something_to_do_or_is_for_text() {
        for scope in Scope::ALL {
            let used = ACTIONS.iter().any(|info| info.scopes.contains(&scope));
            assert!(
                used || matches!(scope.typing(), Typing::Line | Typing::Lines),
                "{scope:?}"
            );
        }
    }
}
