//! Tests of the disk as a whole.
