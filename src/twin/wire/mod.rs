//! The protocols: bytes to inputs, answers to bytes. Inputs are JSON values with the model's member names, whatever the protocol.

pub(crate) mod json;
pub(crate) mod query;
pub(crate) mod rest;
pub(crate) mod xml;
