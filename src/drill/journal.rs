//! The journal of a drill: what the machine was told, what was about to be done, and what was seen.

use super::machine::{Event, Way};
use super::plan::Plan;
use crate::store::journal::{self, Journalled};
use deskpair_reports::drill::record::Probe;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry.
pub type Entry = journal::Entry<Note>;

/// A drill's journal.
pub type Journal<'o> = journal::Journal<'o, Note>;

impl Journalled for Note {
    const SCHEMA: &'static str = "deskpair.drill-journal/1";
    const FOLDER: &'static str = "drill-journals";
}

/// What is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The plan was taken up.
    Opened(Box<Plan>),
    /// What the machine was told.
    Event(Event),
    /// Who approved of what: `begin`, `flip`, `return`.
    Approval {
        /// Of what.
        of: String,
        /// Who, or by what.
        by: String,
    },
    /// The record is about to be swapped.
    Swapping {
        /// Which way.
        way: Way,
        /// The value that is expected.
        expected: String,
        /// The value that it gets.
        value: String,
    },
    /// Desktops are about to be started.
    Starting(Vec<String>),
    /// Desktops are started, but those that were refused, each with why; nobody knows of any, where the answer did not come.
    Started {
        /// Those that were asked for.
        asked: Vec<String>,
        /// Those that were refused, and why.
        refused: Vec<(String, String)>,
        /// Why nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unclear: Option<String>,
    },
    /// Desktops are about to be stopped: each was started by us and freshly read as disconnected.
    Stopping(Vec<String>),
    /// Desktops are stopped, as in [`Started`](Self::Started).
    Stopped {
        /// Those that were asked for.
        asked: Vec<String>,
        /// Those that were refused, and why.
        refused: Vec<(String, String)>,
        /// Why nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unclear: Option<String>,
    },
    /// A desktop that we started stays as it is.
    Left {
        /// The desktop.
        desktop: String,
        /// Why.
        why: String,
    },
    /// The states of standby desktops, those alone that are other than before.
    Desktops(Vec<(String, String)>),
    /// A server gives another answer than before.
    Answer {
        /// Its address, and its name where it has one.
        server: String,
        /// `authoritative`, `recursive` or `system`.
        kind: String,
        /// Where that sends people: `primary`, `standby`, `other`, `none`.
        sends: String,
        /// What it said, where that is neither of the two.
        said: String,
    },
    /// Desktops whose connection is another than before.
    Connections {
        /// Which side: `primary`, `standby`.
        side: String,
        /// The desktop, and whether somebody is connected.
        desktops: Vec<(String, bool)>,
    },
    /// What an endpoint answered, where that is other than before.
    Probed(Probe),
    /// Something went otherwise than planned.
    Deviation {
        /// What.
        what: String,
        /// Whether the drill fails by it.
        fails: bool,
    },
    /// Something worth knowing.
    Remark(String),
    /// It is over, and the lock is given up.
    Closed {
        /// The exit code.
        code: u8,
    },
}

/// The JSON Schema of a journal's entry: `deskpair schema drill-journal`.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Entry).to_value();
    schema["title"] = Note::SCHEMA.into();
    schema
}
