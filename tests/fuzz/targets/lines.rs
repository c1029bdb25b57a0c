//! Files that come from elsewhere: exported lines, rows as lines, a folder's manifest.

use std::io::BufReader;
use std::path::Path;

use patchcord::export;
use patchcord::folder::{Manifest, lines, read_lines};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "lines",
    words: &[
        "{\"conversation\":",
        "{\"id\":\"a\"",
        "\"message\":",
        "\"role\":\"user\"",
        "\"text\":\"a\"",
        "\"at\":",
        "null",
        "}\n",
        "\n",
        "{\"name\":\"a\",\"content\":\"b\"}",
        "\u{feff}",
        "\r\n",
        "[rows]\n",
        "channel = \"a\"",
        "source = \"b\"",
        "\"../a.md\"",
        "<<<<<<<",
        "=======",
        ">>>>>>>",
        "digest",
        "\t",
        ",",
        ":",
    ],
    usual: 10_000,
    run,
};

fn run(data: &[u8]) {
    let mut read = 0;
    let _ = export::read(&mut BufReader::new(data), |_| {
        read += 1;
        Ok::<(), ()>(())
    });
    assert!(read <= data.len(), "no more is read than there is");
    let text = String::from_utf8_lossy(data);
    if let Ok(rows) = read_lines(&text, Path::new("rows.jsonl")) {
        let again = read_lines(&lines(&rows), Path::new("rows.jsonl")).expect("what was read can be written");
        assert_eq!(again, rows, "rows come back as they went");
    }
    if let Ok(manifest) = Manifest::read(&text) {
        assert_eq!(Manifest::read(&manifest.text()), Ok(manifest), "a manifest comes back as it went");
    }
}
