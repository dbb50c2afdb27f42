//! Operately: goals, key results, check-ins and projects of a company, at its own
//! server or the cloud, over the external API of two ages. Turns our questions
//! and writes into its calls; keeps nothing but what it learned of the server.

pub mod account;
pub mod ages;
pub mod client;
pub mod company;
pub mod decode;
pub mod fetch;
pub mod ids;
pub mod look;
pub mod meet;
pub mod news;
pub mod rich_text;
pub mod send;

pub use account::Operately;

#[cfg(test)]
mod tests;
