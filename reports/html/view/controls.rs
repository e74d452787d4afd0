//! How the controls of frameworks stand, where that was asked for.

use crate::controls::{asked, behind, standing};
use deskpair_rules::engine::Run;
use serde::Serialize;

/// A framework's table.
#[derive(Serialize)]
pub(super) struct Framework {
    id: &'static str,
    title: &'static str,
    controls: Vec<Control>,
}

#[derive(Serialize)]
struct Control {
    id: &'static str,
    title: &'static str,
    standing: String,
    behind: String,
}

/// The tables that were asked for.
pub(super) fn frameworks(run: &Run<'_>) -> Vec<Framework> {
    let control = |assessed: &deskpair_rules::frameworks::Assessed| Control {
        id: assessed.control.id,
        title: assessed.control.title,
        standing: standing(assessed),
        behind: behind(assessed),
    };
    asked(run)
        .map(|(framework, controls)| Framework {
            id: framework.id(),
            title: framework.title(),
            controls: controls.iter().map(control).collect(),
        })
        .collect()
}
