//! JSON: the record itself, in the order of its members, to be read by people too.

use super::Record;
use crate::Error;
use std::io::{self, Write};

/// Writes the record.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    serde_json::to_writer_pretty(&mut out, record).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}
