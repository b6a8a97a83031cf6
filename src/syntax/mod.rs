//! Text to tree. The only room that names pest's types; knows no meaning of names.

pub mod tree;
