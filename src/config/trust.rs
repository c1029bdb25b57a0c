//! Which certificates are trusted beside the system's: `ca_file`, of a channel and in the `[network]` table.

use std::path::{Path, PathBuf};

use super::table::TableReader;

/// The `ca_file` of a table; a path counts from `folder`, where the config file is. No file is opened here.
pub(super) fn ca_file(table: &TableReader<'_, '_>, folder: &Path) -> Option<Vec<PathBuf>> {
    const EXPECTED: &str = "the path of a file of certificates (PEM)";
    let Some(item) = table.get("ca_file") else { return Some(Vec::new()) };
    let key = table.name("ca_file");
    let text = item.text(&key, EXPECTED)?;
    if text.is_empty() || text.starts_with('~') {
        item.refuse(&key, format!("expected {EXPECTED}, whole or from the config file's folder (~ is not expanded)"));
        return None;
    }
    Some(vec![folder.join(text)])
}

/// That of the `[network]` table.
pub(super) fn network(top: &TableReader<'_, '_>, folder: &Path) -> Option<Vec<PathBuf>> {
    let Some(item) = top.get("network") else { return Some(Vec::new()) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("network", "a [network] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), top.sink, "network.");
    let found = ca_file(&table, folder);
    table.finish("the network");
    found
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::testing::parse;

    const CHANNEL: &str =
        "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = \"s\"\n";

    fn read(text: &str) -> Result<Vec<PathBuf>, String> {
        let config = parse(text, Path::new("/etc/patchcord/config.toml")).map_err(|error| error.to_string())?;
        Ok(config.channels[0].ca_files.clone())
    }

    #[test]
    fn a_channel_trusts_the_networks_file_and_its_own() {
        assert_eq!(read(CHANNEL).unwrap(), Vec::<PathBuf>::new());
        let both = format!("{CHANNEL}ca_file = \"own.pem\"\n[network]\nca_file = \"/usr/share/company.pem\"\n");
        let expected = ["/usr/share/company.pem", "/etc/patchcord/own.pem"].map(PathBuf::from);
        assert_eq!(read(&both).unwrap(), expected);
    }

    #[test]
    fn what_is_no_path_is_refused_with_its_key() {
        for (more, key) in [
            ("ca_file = 3\n", "ca_file"),
            ("ca_file = \"~/own.pem\"\n", "ca_file"),
            ("[network]\nca_file = \"\"\n", "network.ca_file"),
            ("[network]\nca_files = \"x\"\n", "network.ca_files"),
            ("network = 1\n", "network"),
        ] {
            let text =
                if more.starts_with("network") { format!("{more}{CHANNEL}") } else { format!("{CHANNEL}{more}") };
            let told = read(&text).unwrap_err();
            assert!(told.contains(key), "{more}: {told}");
        }
    }
}
