//! The thread that decompresses and digests: it hands over whole lines, then how they ended.

use crate::store::digest::{Digest, Hasher};
use std::io::{self, BufRead, Read};
use std::sync::mpsc::SyncSender;

/// Bytes that are parsed at once: enough that several threads pay, little beside an estate.
const BATCH: usize = 4 << 20;

/// No line of an estate is longer than this: the longest are headers and trailers.
pub(super) const LONGEST_LINE: usize = 16 << 20;

/// What the decompressing thread hands over.
pub(super) enum Handed {
    /// Whole lines, each with its line feed.
    Lines(Vec<u8>),
    /// All lines were handed over.
    End(Digest),
    /// Nothing follows, for this reason.
    Fault(Fault),
}

/// Why nothing follows. The lines before it are counted by the receiver.
pub(super) enum Fault {
    Io(io::Error),
    NotZstd,
    Truncated,
    Damaged(String),
    LineTooLong,
    Trailing,
}

pub(super) fn decompress(from: impl BufRead, to: &SyncSender<Handed>) {
    // Where the receiver has gone it has found a fault of its own, and there is nobody to tell.
    let ended = match decompress_lines(from, to) {
        Ok(digest) => Handed::End(digest),
        Err(fault) => Handed::Fault(fault),
    };
    drop(to.send(ended));
}

fn decompress_lines(mut from: impl BufRead, to: &SyncSender<Handed>) -> Result<Digest, Fault> {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let start = from.fill_buf().map_err(Fault::Io)?;
    if start.is_empty() {
        return Err(Fault::Truncated);
    }
    let compared = start.len().min(MAGIC.len());
    if start[..compared] != MAGIC[..compared] {
        return Err(Fault::NotZstd);
    }
    let mut decoder = zstd::Decoder::with_buffer(from).map_err(Fault::Io)?.single_frame();
    let mut hasher = Hasher::default();
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let mut batch = std::mem::take(&mut rest);
        batch.reserve(BATCH);
        let known = batch.len();
        let read = decoder.by_ref().take(BATCH as u64).read_to_end(&mut batch);
        hasher.update(&batch[known..]);
        let at_end = matches!(read, Ok(0));
        let whole = batch.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        rest.extend_from_slice(&batch[whole..]);
        batch.truncate(whole);
        if !batch.is_empty() && to.send(Handed::Lines(batch)).is_err() {
            return Ok(hasher.digest());
        }
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Fault::Truncated),
            Err(error) if error.raw_os_error().is_some() => return Err(Fault::Io(error)),
            Err(error) => return Err(Fault::Damaged(error.to_string())),
        }
        if rest.len() > LONGEST_LINE {
            return Err(Fault::LineTooLong);
        }
        if at_end {
            break;
        }
    }
    if !rest.is_empty() {
        return Err(Fault::Truncated);
    }
    match decoder.finish().fill_buf() {
        Ok([]) => Ok(hasher.digest()),
        Ok(_) => Err(Fault::Trailing),
        Err(error) => Err(Fault::Io(error)),
    }
}
