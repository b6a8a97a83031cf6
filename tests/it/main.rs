//! One binary for all integration tests.

mod engine;
mod engine_damage;
mod engine_property;
