//! Config files as files: what stands at the path, in which bytes, and for whom it is open.

use std::path::{Path, PathBuf};

use super::testing::load;
use crate::domain::{Failure, Kind};

const PLAIN: &str =
    "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"b\"\nsecret_key = \"hunter2\"\n";

struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn file(bytes: &[u8]) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, bytes).unwrap();
    Fixture { _folder: folder, path }
}

fn load_error(path: &Path) -> String {
    let told = load(path).unwrap_err().to_string();
    assert!(told.starts_with(&path.display().to_string()), "{told}");
    told[path.display().to_string().len()..].to_owned()
}

#[test]
fn a_missing_file_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let errors = load(&folder.path().join("config.toml")).unwrap_err();
    assert!(errors.is_missing());
    let failure = Failure::from(errors);
    assert_eq!(failure.kind, Kind::Config);
    assert!(failure.hint.unwrap().contains("patchcord config init"));
}

#[test]
fn a_folder_is_no_config_file() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(load_error(folder.path()), ": expected a regular file, found a folder");
}

#[test]
fn bytes_that_are_no_text_are_placed() {
    assert_eq!(
        load_error(&file(b"a = 1\nb\xc3\xa9 = \"\xff\"\n").path),
        ":2:7: expected UTF-8, found a byte that is none"
    );
    assert!(load_error(&file(b"\xff\xfea\0").path).contains("UTF-16"));
    assert!(load(&file(b"\xff").path).is_err());
}

#[test]
fn a_byte_order_mark_is_taken_and_moves_no_column() {
    let mark = format!("\u{feff}x = 1\n{}", PLAIN.replace("\"hunter2\"", "{ env = \"K\" }"));
    assert!(load_error(&file(mark.as_bytes()).path).starts_with(":1:1: x: unknown key"));
}

#[test]
fn a_huge_file_is_refused() {
    let huge = "# a comment\n".repeat(100_000);
    assert_eq!(load_error(&file(huge.as_bytes()).path), ": is over 1048576 bytes, which no such file needs");
}

#[test]
fn a_thousand_errors_are_counted_and_a_hundred_told() {
    let many = (0..1_000).map(|n| format!("k{n} = 1")).collect::<Vec<_>>().join("\n");
    let told = load(&file(many.as_bytes()).path).unwrap_err().to_string();
    assert_eq!(told.lines().count(), 101);
    assert!(told.ends_with("and 901 more"), "{told}");
}

#[test]
fn a_megabyte_of_errors_on_one_line_is_told_at_once() {
    let keys = (0..90_000).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join(",");
    for text in [format!("channels = [{{{keys}}}]"), "x ".repeat(500_000), "= ".repeat(500_000)] {
        assert!(load(&file(text.as_bytes()).path).unwrap_err().to_string().lines().count() <= 101);
    }
}

#[test]
fn hostile_nesting_is_an_error_and_no_crash() {
    for text in ["a = ".to_owned() + &"[".repeat(200_000), "a".to_owned() + &".a".repeat(100_000) + " = 1"] {
        assert!(load(&file(text.as_bytes()).path).is_err());
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn with_mode(text: &str, mode: u32) -> Fixture {
        let fixture = file(text.as_bytes());
        std::fs::set_permissions(&fixture.path, std::fs::Permissions::from_mode(mode)).unwrap();
        fixture
    }

    #[test]
    fn a_plain_secret_is_its_owners_alone_in_every_mode() {
        for mode in 0o400..=0o777 {
            let fixture = with_mode(PLAIN, mode);
            let result = load(&fixture.path);
            assert_eq!(result.is_err(), mode & 0o077 != 0, "{mode:o}");
        }
    }

    #[test]
    fn the_refusal_names_the_place_the_mode_and_the_way_out_but_no_secret() {
        let fixture = with_mode(PLAIN, 0o644);
        let told = load_error(&fixture.path);
        assert!(told.starts_with(":5:14: secret_key: a plain secret stands here"), "{told}");
        let run = format!("(mode 0644); run: chmod 600 {}", fixture.path.display());
        assert!(told.ends_with(&run) && !told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_file_without_a_plain_secret_may_be_open_to_all() {
        let open = PLAIN.replace("\"hunter2\"", "{ env = \"K\" }");
        assert!(load(&with_mode(&open, 0o644).path).is_ok());
    }

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(load_error(&pipe), ": expected a regular file, found a pipe, socket or device");
        assert!(load_error(Path::new("/dev/null")).contains("found a pipe, socket or device"));
    }

    #[test]
    fn a_link_is_followed_and_a_loop_of_links_is_an_error() {
        let fixture = with_mode(PLAIN, 0o644);
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink(&fixture.path, &link).unwrap();
        assert!(load_error(&link).contains("chmod 600"));
        let turn = folder.path().join("loop");
        symlink(&turn, &turn).unwrap();
        assert!(load_error(&turn).contains("could not be read"));
    }
}
