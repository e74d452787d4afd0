//! Which of the primary side's own images somebody's desktop rests on, through a bundle of the account's own.

use crate::model::image::{Bundle, Image};
use crate::model::pairing::{PairedBy, SEVERAL_IMAGES, STANDBY_BUNDLE};
use crate::model::{PairView, Paired, Subject, Sym, Unknown};
use crate::rule::Sheet;
use hashbrown::{HashMap, HashSet};

/// What is said where there is none.
pub(super) const NONE_IN_USE: &str = "nobody's desktop rests on an image of the account's own";

/// What is said where images are in use and there is none to compare one with: IMG-001 says so of each.
pub(super) const NONE_PAIRED: &str = "no image in use has a counterpart";

/// What is said of a bundle whose image the answer lacks.
const NO_IMAGE: &str = "a bundle that people's desktops are on does not tell which image it rests on";

/// An image in use.
pub(super) struct ImageInUse<'e> {
    /// Its position in the primary side's `images`.
    pub(super) at: u32,
    /// The image.
    pub(super) image: &'e Image,
    /// The bundles in use that rest on it.
    pub(super) bundles: Vec<&'e Bundle>,
}

/// The images in use that were read. What may hide others goes on the sheet.
pub(super) fn images_in_use<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Vec<ImageInUse<'e>> {
    let (bundles, images) = (&pair.primary.bundles, &pair.primary.images);
    let positions: HashMap<&str, u32> =
        images.items().iter().enumerate().map(|(at, image)| (image.image_id.as_str(), at as u32)).collect();
    let mut found: Vec<ImageInUse<'e>> = Vec::new();
    let mut listed: HashMap<u32, usize> = HashMap::new();
    let mut unseen: Vec<u32> = Vec::new();
    let mut seen: HashSet<Sym> = HashSet::new();
    for (at, bundle) in bundles.items().iter().enumerate() {
        let symbol = pair.estate.symbols.find(&bundle.bundle_id);
        seen.extend(symbol);
        if bundle.bundle_type == STANDBY_BUNDLE {
            continue;
        }
        if !symbol.is_some_and(|bundle| pair.desktops.uses_bundle(bundle)) {
            unseen.push(at as u32);
            continue;
        }
        match (positions.get(bundle.image_id.as_str()), images.gap()) {
            (Some(&image), _) => {
                let place = *listed.entry(image).or_insert_with(|| {
                    found.push(ImageInUse { at: image, image: &images.items()[image as usize], bundles: Vec::new() });
                    found.len() - 1
                });
                found[place].bundles.push(bundle);
            }
            (None, _) if bundle.image_id.is_empty() => {
                sheet.unknown(Subject::Bundle { p: at as u32, s: Subject::NONE }, Unknown::Undetermined(NO_IMAGE));
            }
            // Not among the account's own: shared with it, or gone.
            (None, None) => {}
            (None, Some(gap)) => sheet.unknown(Subject::Bundle { p: at as u32, s: Subject::NONE }, gap),
        }
    }
    if let Some(why) = pair.desktops.hidden {
        // The desktops that were not read may be on bundles that no other is on.
        for at in unseen {
            sheet.unknown(Subject::Bundle { p: at, s: Subject::NONE }, why);
        }
    }
    if let Some(gap) = bundles.gap() {
        // A desktop's bundle that was not read is Amazon's or the account's own. Where every desktop's was, none of them is hidden.
        for desktop in &pair.desktops.primary {
            let row = &pair.primary.workspaces.items()[desktop.row as usize];
            if !seen.contains(&row.bundle) {
                sheet.unknown(Subject::Desktop { p: desktop.row, s: Subject::NONE }, gap);
            }
        }
        if pair.desktops.hidden.is_some() {
            sheet.unknown(Subject::Pair, gap);
        }
    }
    found
}

/// An image in use with its counterpart.
pub(crate) struct ImagePair<'e> {
    /// The subject of a verdict on the two.
    pub(crate) subject: Subject,
    /// The primary side's.
    pub(crate) primary: &'e Image,
    /// The standby side's.
    pub(crate) standby: &'e Image,
    /// What the pairing rests on.
    pub(crate) by: PairedBy,
}

/// The images in use that have a counterpart. What may hide others goes on the sheet; a missing counterpart is IMG-001's matter.
pub(crate) fn paired_images<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Vec<ImagePair<'e>> {
    let mut found = Vec::new();
    for in_use in images_in_use(pair, sheet) {
        let lone = Subject::Image { p: in_use.at, s: Subject::NONE };
        match pair.image(in_use.image) {
            Paired::With { at, item, by } => {
                let subject = Subject::Image { p: in_use.at, s: at };
                found.push(ImagePair { subject, primary: in_use.image, standby: item, by });
            }
            Paired::Missing => {}
            Paired::Ambiguous(_) => sheet.unknown(lone, Unknown::Undetermined(SEVERAL_IMAGES)),
            Paired::Unknown(why) => sheet.unknown(lone, why),
        }
    }
    found
}

/// Says that there was nothing to compare, where no verdict has been given.
pub(super) fn none_compared(pair: &PairView<'_>, sheet: &mut Sheet) {
    if sheet.is_empty() {
        let in_use = !images_in_use(pair, &mut Sheet::default()).is_empty();
        sheet.not_applicable(if in_use { NONE_PAIRED } else { NONE_IN_USE });
    }
}

/// The two images of a subject, to word what was found of them.
pub(crate) fn both<'e>(pair: &PairView<'e>, subject: Subject) -> Option<(&'e Image, &'e Image)> {
    let Subject::Image { p, s } = subject else { return None };
    pair.primary.images.items().get(p as usize).zip(pair.standby.images.items().get(s as usize))
}

impl ImageInUse<'_> {
    /// Its bundles' names, for a sentence.
    pub(super) fn bundle_names(&self) -> String {
        let mut names: Vec<&str> = self.bundles.iter().map(|bundle| bundle.name.as_str()).collect();
        names.sort_unstable();
        match names.as_slice() {
            [only] => format!("the bundle {only} rests"),
            names => format!("the bundles {} rest", names.join(", ")),
        }
    }
}

/// The image in use at this position, to word what was found of it.
pub(super) fn in_use_at<'e>(pair: &PairView<'e>, at: u32) -> Option<ImageInUse<'e>> {
    images_in_use(pair, &mut Sheet::default()).into_iter().find(|image| image.at == at)
}
