//! Operately, cloud or self-hosted. What is here turns its ids, its rich text
//! and its news into our nouns and back; nothing here asks a network.

pub mod ids;
pub mod rich_text;

#[cfg(test)]
mod tests;
