//! Every write at servers of every age, through lines that break: what arrives,
//! how often, and what a person is told. The store is not here; [`Desk::carry`]
//! does with answers what the outbox does with them.

mod check_ins;
mod goals;
mod rig;
mod talk;
mod token;
