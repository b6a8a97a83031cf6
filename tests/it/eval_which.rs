//! Language reference, section 6: which value is judged, a test a clause and target.
