use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn written(path: &Path, text: &str) -> Output {
    let mut output = Output::open(path).expect("opens");
    output.write_all(text.as_bytes()).expect("writes");
    output
}

#[test]
fn an_output_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let output = written(&path, "{}");
    assert!(!path.exists());
    assert_eq!(output.digest(), Digest::of(b"{}"));
    output.commit().expect("commits");
    assert_eq!(fs::read_to_string(&path).expect("reads"), "{}");
    drop(written(&path, "half"));
    assert_eq!(fs::read_to_string(&path).expect("reads"), "{}");
    assert_eq!(names(folder.path()), ["report.json"]);
    written(&path, "new").commit().expect("commits");
    assert_eq!(fs::read_to_string(&path).expect("reads"), "new");
    assert_eq!(names(folder.path()), ["report.json"]);
}

#[test]
fn what_cannot_be_written_is_told_when_it_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |path: &Path| {
        let error = Output::open(path).map(drop).expect_err("refused");
        format!("{error} ({})", error.hint().unwrap_or("no hint")).replace(&folder.path().display().to_string(), "DIR")
    };
    assert_eq!(
        told(&folder.path().join("none/report.html")),
        "cannot find the folder of DIR/none/report.html: No such file or directory (os error 2) (name a folder that is there with --output)"
    );
    assert_eq!(told(folder.path()), "cannot write DIR: is a directory (a folder has that name: name another file)");
    let kept = folder.path().join("kept.html");
    fs::write(&kept, "evidence").expect("writes");
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o444)).expect("sets");
    assert_eq!(
        told(&kept),
        "cannot replace DIR/kept.html: the file is read-only (name a place that this user may write to with --output)"
    );
    assert_eq!(names(folder.path()), ["kept.html"]);
}

#[test]
fn links_are_followed_and_modes_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let real = elsewhere.path().join("real.json");
    let link = folder.path().join("report.json");
    symlink(&real, &link).expect("links");
    written(&link, "through a link that led nowhere").commit().expect("commits");
    assert!(fs::symlink_metadata(&link).expect("there").file_type().is_symlink());
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("sets");
    written(&link, "again").commit().expect("commits");
    assert_eq!(fs::read_to_string(&real).expect("reads"), "again");
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o640);
    let ring = folder.path().join("ring");
    symlink("ring", &ring).expect("links");
    assert!(Output::open(&ring).is_err());
}

#[test]
fn a_set_is_committed_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second, third) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    fs::write(&first, "old").expect("writes");
    let mut set = OutputSet::open([&first, &second, &third]).expect("opens");
    for number in 0..3 {
        set.get_mut(number).write_all(b"new").expect("writes");
    }
    assert_eq!(set.iter().map(Output::bytes).sum::<u64>(), 9);
    // A folder takes the third place meanwhile: renaming onto it must fail.
    fs::create_dir(&third).expect("makes");
    fs::write(third.join("x"), "").expect("writes");
    let error = set.commit().expect_err("the third place is taken");
    assert_eq!(error.path, third);
    assert_eq!(fs::read_to_string(&first).expect("reads"), "old");
    assert_eq!(names(folder.path()), ["a", "c"]);
    fs::remove_dir_all(&third).expect("removes");

    let mut set = OutputSet::open([&first, &second]).expect("opens");
    set.get_mut(0).write_all(b"new").expect("writes");
    set.commit().expect("commits");
    assert_eq!(fs::read_to_string(&first).expect("reads"), "new");
    assert_eq!(names(folder.path()), ["a", "b"]);

    let twice = OutputSet::open([first.as_path(), &folder.path().join("./a")]).map(drop).expect_err("the same file");
    assert_eq!(twice.hint(), Some("give each output a name of its own"));
    assert_eq!(names(folder.path()), ["a", "b"]);
}

#[test]
fn a_full_device_is_an_error() {
    let mut output = Output::open(Path::new("/dev/full")).expect("opens");
    let written = output.write_all(&[b'x'; 100_000]).map_err(|error| error.kind());
    let committed = output.commit().map_err(|error| error.source.kind());
    assert_eq!(written.and(committed), Err(io::ErrorKind::StorageFull));
    Output::open(Path::new("/dev/null")).expect("opens").commit().expect("commits");
}

/// Run by `a_file_that_may_not_grow_leaves_nothing_half_written` under a limit on the size of files.
#[test]
fn writes_more_than_the_limit_allows() {
    let Some(folder) = std::env::var_os("DESKPAIR_LIMITED_TEST_FOLDER") else { return };
    let path = Path::new(&folder).join("report.json");
    let mut set = OutputSet::open([Path::new(&folder).join("small.json"), path.clone()]).expect("opens");
    set.get_mut(0).write_all(b"small").expect("writes");
    let written = set.get_mut(1).write_all(&vec![b'x'; 1 << 20]);
    let failed = match written {
        Err(error) => error,
        Ok(()) => set.commit().expect_err("more than the limit").source,
    };
    assert_eq!(failed.kind(), io::ErrorKind::FileTooLarge);
    fs::write(Path::new(&folder).join("refused"), "").expect("writes");
}

#[test]
fn a_file_that_may_not_grow_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("report.json"), "old").expect("writes");
    let run = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().expect("this program"))
        .arg("output::tests::writes_more_than_the_limit_allows")
        .env("DESKPAIR_LIMITED_TEST_FOLDER", folder.path())
        .output()
        .expect("a shell");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(names(folder.path()), ["refused", "report.json"]);
    assert_eq!(fs::read_to_string(folder.path().join("report.json")).expect("reads"), "old");
}
