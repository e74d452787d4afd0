//! What several areas of tests share.

pub(crate) mod browser;
pub(crate) mod group;
pub(crate) mod line;
pub(crate) mod peers;
pub(crate) mod python;
pub(crate) mod s3;
pub(crate) mod sandbox;
pub(crate) mod twin;
