//! Where a DataSync location lies, as its URI tells.

/// A place in an FSx file system: `fsxw://us-east-1.fs-0123/share/home/`. The host of the URI is `<region>.<file system id>`, and ONTAP's
/// has the storage virtual machine's id behind it (AWS-FACTS §1.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location<'e> {
    /// `fsxw`, `fsxn`, `fsxz`.
    kind: &'e str,
    pub(super) region: &'e str,
    pub(super) file_system: &'e str,
    /// Empty where the URI names none.
    machine: &'e str,
    /// The path's parts. Of a Windows file system the first is a share.
    pub(super) path: Vec<&'e str>,
}

/// How much of a file system a location takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it, as far as its kind lets one root see it.
    Whole,
    /// A directory in it.
    Part,
    /// A share of its own: what else is shared is in no AWS API.
    OneShare,
}

impl<'e> Location<'e> {
    /// The place that a location's URI names; `None` where it is in no FSx file system.
    pub(super) fn of(uri: &'e str) -> Option<Self> {
        let (kind, rest) = uri.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut parts = host.split('.');
        let (region, file_system) = (parts.next()?, parts.next()?);
        let machine = parts.next().unwrap_or_default();
        let path = path.split('/').filter(|part| !part.is_empty()).collect();
        (kind.starts_with("fsx") && file_system.starts_with("fs-")).then_some(Self {
            kind,
            region,
            file_system,
            machine,
            path,
        })
    }

    /// Whether it lies in this file system.
    pub(super) fn is_in(&self, (region, file_system): (&str, &str)) -> bool {
        self.region == region && self.file_system == file_system
    }

    /// The rest of the other's path, where the other lies in this place or is this place.
    pub(super) fn rest<'o>(&self, other: &'o Self) -> Option<&'o [&'e str]> {
        let same = (self.region, self.file_system, self.machine) == (other.region, other.file_system, other.machine);
        let (mine, theirs) = (self.path.len(), other.path.len());
        // Windows does not tell upper case from lower; elsewhere, two directories that differ by it alone are rare.
        let within = same
            && mine <= theirs
            && self.path.iter().zip(&other.path).all(|(mine, theirs)| mine.eq_ignore_ascii_case(theirs));
        within.then(|| &other.path[mine..])
    }

    /// Whether a path in its file system, of this storage virtual machine, lies in this place or is this place.
    pub(super) fn is_at_or_above(&self, machine: &str, path: &str) -> bool {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        self.machine == machine
            && !path.is_empty()
            && self.path.iter().all(|mine| parts.next().is_some_and(|part| part.eq_ignore_ascii_case(mine)))
    }

    /// Whether it lies below a path in its file system, of this storage virtual machine.
    pub(super) fn is_below(&self, machine: &str, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        self.machine == machine
            && !path.is_empty()
            && parts.len() < self.path.len()
            && parts.iter().zip(&self.path).all(|(part, mine)| part.eq_ignore_ascii_case(mine))
    }

    /// How much it takes in of its file system.
    pub(super) fn extent(&self) -> Extent {
        match (self.kind, self.path.as_slice()) {
            // A volume of ONTAP's, by its junction path or by the name of a share.
            (kind, _) if kind.starts_with("fsxn") => Extent::OneShare,
            (_, []) => Extent::Whole,
            // Every new Windows file system has the share `share` (FSx for Windows user guide), on the drive whose root is `D$`. That it
            // holds all there is, where nothing else is known, is an inference.
            ("fsxw", [share]) if share.eq_ignore_ascii_case("share") || share.eq_ignore_ascii_case("D$") => {
                Extent::Whole
            }
            ("fsxw", [_]) => Extent::OneShare,
            // Every path in an OpenZFS file system begins so (`datasync:CreateLocationFsxOpenZfs`).
            ("fsxz", [root]) if *root == "fsx" => Extent::Whole,
            (_, [_, ..]) => Extent::Part,
        }
    }

    /// Its path, for a sentence: `/share/home`.
    pub(super) fn path(&self) -> String {
        format!("/{}", self.path.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_locations() {
        let place = |uri| Location::of(uri).map(|place| (place.region, place.file_system, place.machine));
        assert_eq!(place("fsxw://us-east-1.fs-0123/share/"), Some(("us-east-1", "fs-0123", "")));
        assert_eq!(place("fsxn://us-east-1.fs-0123.svm-0456/share/"), Some(("us-east-1", "fs-0123", "svm-0456")));
        assert_eq!(place("fsxz://eu-west-1.fs-0123"), Some(("eu-west-1", "fs-0123", "")));
        for other in
            ["", "s3://bucket/fs-0123", "efs://us-east-1.fs-0123/", "smb://fs-0123.corp.example/", "fsxw://fs-0123"]
        {
            assert_eq!(place(other), None, "{other}");
        }
    }

    #[test]
    fn paths_lie_in_one_another() {
        let place = |uri| Location::of(uri).expect("a place in FSx");
        let root = place("fsxw://us-east-1.fs-1/share/");
        let home = place("fsxw://us-east-1.fs-1/Share/home");
        assert_eq!(root.rest(&home), Some(&["home"][..]));
        assert_eq!(root.rest(&root), Some(&[][..]));
        assert_eq!(home.rest(&root), None);
        assert_eq!(place("fsxw://us-east-1.fs-2/share/").rest(&home), None);
        assert_eq!(place("fsxn://us-east-1.fs-1.svm-1/v").rest(&place("fsxn://us-east-1.fs-1.svm-2/v")), None);
        assert_eq!((root.path(), place("fsxz://us-east-1.fs-1/").path()), ("/share".to_owned(), "/".to_owned()));
    }

    #[test]
    fn paths_of_volumes() {
        let place = |uri| Location::of(uri).expect("a place in FSx");
        let ontap = place("fsxn://us-east-1.fs-1.svm-1/home/");
        for (machine, path, above, below) in [
            ("svm-1", "/home", true, false),
            ("svm-1", "/Home/anna", true, false),
            ("svm-1", "/", false, true),
            ("svm-1", "/homes", false, false),
            ("svm-2", "/home", false, false),
            ("svm-1", "", false, false),
        ] {
            assert_eq!((ontap.is_at_or_above(machine, path), ontap.is_below(machine, path)), (above, below), "{path}");
        }
        assert!(place("fsxz://us-east-1.fs-1/fsx").is_at_or_above("", "/fsx/home/"));
        assert!(place("fsxz://us-east-1.fs-1/fsx/home/anna").is_below("", "/fsx/home"));
    }

    #[test]
    fn a_share_of_its_own_is_not_the_root() {
        let extent = |uri| Location::of(uri).expect("a place in FSx").extent();
        for root in [
            "fsxw://us-east-1.fs-1/",
            "fsxw://us-east-1.fs-1/Share",
            "fsxw://us-east-1.fs-1/d$/",
            "fsxz://us-east-1.fs-1/fsx/",
        ] {
            assert_eq!(extent(root), Extent::Whole, "{root}");
        }
        assert_eq!(extent("fsxw://us-east-1.fs-1/profiles/"), Extent::OneShare);
        assert_eq!(extent("fsxn://us-east-1.fs-1.svm-1/vol1/"), Extent::OneShare);
        for part in ["fsxw://us-east-1.fs-1/share/home", "fsxz://us-east-1.fs-1/fsx/home", "fsxl://us-east-1.fs-1/x"] {
            assert_eq!(extent(part), Extent::Part, "{part}");
        }
    }
}
