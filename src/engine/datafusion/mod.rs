//! DataFusion reads the tables, in process.
