//! How a state is named: a folder, or `s3://bucket/prefix`.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// What a bucket's name begins with.
const SCHEME: &str = "s3://";

/// Where a state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket.
    Bucket(BucketPlace),
}

/// A bucket, and what all keys of the state begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlace {
    /// The bucket's name.
    pub bucket: String,
    /// Without a slash at its ends; may be empty.
    pub prefix: String,
}

impl BucketPlace {
    /// The whole key of an object of the state; the prefix, for an empty one.
    pub fn key(&self, key: &str) -> String {
        match (self.prefix.as_str(), key) {
            ("", key) => key.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, key) => format!("{prefix}/{key}"),
        }
    }

    fn parse(rest: &str) -> Result<Self, String> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        // 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or a digit at both ends (S3 user guide, "General purpose bucket
        // naming rules").
        let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !(3..=63).contains(&bucket.len())
            || !bucket.chars().all(letters)
            || !bucket.starts_with(ends)
            || !bucket.ends_with(ends)
        {
            return Err(format!("{bucket:?} is no bucket's name: write s3://BUCKET/PREFIX"));
        }
        let prefix = prefix.trim_end_matches('/');
        let odd = |part: &str| part.is_empty() || part == "." || part == ".." || part.chars().any(char::is_control);
        if !prefix.is_empty() && prefix.split('/').any(odd) {
            return Err(format!(
                "{prefix:?} is no prefix: its parts have names, none is `.` or `..`: write s3://BUCKET/PREFIX"
            ));
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl Place {
    /// Where a text leads, as it is typed.
    ///
    /// # Errors
    /// Where it is a URL of something else, or no bucket can have the name.
    pub fn parse(text: OsString) -> Result<Self, String> {
        match text.to_str() {
            None => Ok(Self::Folder(text.into())),
            Some("") => Err("it is empty: name a folder, or s3://BUCKET/PREFIX".to_owned()),
            Some(known) => match known.strip_prefix(SCHEME) {
                Some(rest) => BucketPlace::parse(rest).map(Self::Bucket),
                None if known.contains("://") => Err(format!("{known:?} is neither a folder nor s3://BUCKET/PREFIX")),
                None => Ok(Self::Folder(text.into())),
            },
        }
    }

    /// The folder, where it is one.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) => Some(path),
            Self::Bucket(_) => None,
        }
    }
}

impl fmt::Display for BucketPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_buckets_are_told_apart() {
        let bucket = |bucket: &str, prefix: &str| {
            Ok(Place::Bucket(BucketPlace { bucket: bucket.to_owned(), prefix: prefix.to_owned() }))
        };
        for (text, expected) in [
            (".deskpair", Ok(Place::Folder(".deskpair".into()))),
            ("s3", Ok(Place::Folder("s3".into()))),
            ("s3://corp-dr", bucket("corp-dr", "")),
            ("s3://corp-dr/", bucket("corp-dr", "")),
            ("s3://corp-dr/deskpair/nightly/", bucket("corp-dr", "deskpair/nightly")),
        ] {
            assert_eq!(Place::parse(text.into()), expected, "{text}");
        }
        for wrong in
            ["", "s3://", "s3://Corp", "s3://ab", "s3://corp//x", "s3://corp/../x", "gs://corp/x", "s3://-corp/x"]
        {
            assert!(Place::parse(wrong.into()).is_err(), "{wrong}");
        }
        let whole = BucketPlace { bucket: "corp".to_owned(), prefix: "a/b".to_owned() };
        assert_eq!((whole.key("runs/1"), whole.key("")), ("a/b/runs/1".to_owned(), "a/b".to_owned()));
        let bare = BucketPlace { prefix: String::new(), ..whole };
        assert_eq!((bare.key("runs/1"), bare.key("")), ("runs/1".to_owned(), String::new()));
    }
}
