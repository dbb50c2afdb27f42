//! The three other systems' interfaces as OpenAPI files, and a judge over them.
//!
//! A fake server asks this judge about every request it gets and every answer
//! it gives, so a test passes only when both keep to what the system's
//! description says. It also makes answers: right ones that are as odd as the
//! description allows.
//!
//! The files are in `tests/contracts`, with a README about where they are from.

mod answers;
mod check;
mod document;
mod operation;
mod random;
mod requests;
mod samples;
mod schema;
mod shapes;

use std::sync::OnceLock;

pub use check::Demands;
pub use random::How;

use document::Format;

/// One system's description, read.
pub struct Contract {
    /// The file, for sentences.
    name: &'static str,
    operations: Vec<operation::Declared>,
}

/// A declared operation, and what the path said when a request was found to
/// be it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// One line about it, as the file has it.
    pub summary: String,
    /// In capitals.
    pub method: String,
    /// The template, such as `/goal/{goal_id}`.
    pub path: String,
    /// The template's names and what stood there, percent-decoded. Empty when
    /// the operation did not come from a request.
    pub path_parameters: Vec<(String, String)>,
    /// The file calls it deprecated.
    pub deprecated: bool,
    index: usize,
}

impl Operation {
    /// What stood in the path for one name of the template.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.path_parameters.iter().find(|(have, _)| have == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Contract {
    /// ClickUp's goals as the project was given them: what counts.
    pub fn clickup() -> &'static Contract {
        static READ: OnceLock<Contract> = OnceLock::new();
        READ.get_or_init(|| {
            let text = include_str!("../../contracts/clickup-goals-openapi.yml");
            Contract::read("clickup-goals-openapi.yml", text, Format::Yaml, "")
        })
    }

    /// The goals part of ClickUp's own description, which asks for more fields
    /// and has `/user` and `/team`. It writes `/v2` into every path where the
    /// other has it in the base address; it is left out here, so both judge
    /// the same paths.
    pub fn clickup_official() -> &'static Contract {
        static READ: OnceLock<Contract> = OnceLock::new();
        READ.get_or_init(|| {
            let text = include_str!("../../contracts/clickup-official-goals.json");
            Contract::read("clickup-official-goals.json", text, Format::Json, "/v2")
        })
    }

    /// Gtmhub, now Quantive.
    pub fn gtmhub() -> &'static Contract {
        static READ: OnceLock<Contract> = OnceLock::new();
        READ.get_or_init(|| {
            let text = include_str!("../../contracts/gtmhub-openapi.yaml");
            Contract::read("gtmhub-openapi.yaml", text, Format::Yaml, "")
        })
    }

    /// AchieveIt's imports and the export of a plan.
    pub fn achieveit() -> &'static Contract {
        static READ: OnceLock<Contract> = OnceLock::new();
        READ.get_or_init(|| {
            let text = include_str!("../../contracts/achieveit-openapi.yaml");
            Contract::read("achieveit-openapi.yaml", text, Format::Yaml, "")
        })
    }

    fn read(name: &'static str, text: &str, format: Format, prefix: &str) -> Contract {
        let document = document::read(name, text, format);
        let operations = operation::all(name, &document, prefix);
        Contract { name, operations }
    }

    /// Every operation, in the file's order.
    pub fn operations(&self) -> Vec<Operation> {
        let declared = self.operations.iter();
        declared
            .map(|declared| declared.operation.clone())
            .collect()
    }

    /// The operation with this `operationId`; a test that names another fails.
    pub fn operation(&self, id: &str) -> Operation {
        let found = self.operations.iter().find(|each| each.operation.id == id);
        match found {
            Some(declared) => declared.operation.clone(),
            None => panic!("{} has no operation {id}", self.name),
        }
    }

    /// The statuses an operation's answers are declared for.
    pub fn statuses(&self, operation: &Operation) -> Vec<u16> {
        let answers = self.declared(operation).answers.iter();
        answers
            .filter_map(|answer| answer.status.parse().ok())
            .collect()
    }

    fn declared(&self, operation: &Operation) -> &operation::Declared {
        match self.operations.get(operation.index) {
            Some(declared) if declared.operation.id == operation.id => declared,
            _ => panic!("{} is no operation of {}", operation.id, self.name),
        }
    }
}
