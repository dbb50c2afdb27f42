//! The real program with an account at AchieveIt: tried, called, written to,
//! stopped in between, and the file for who hands updates in by hand.
