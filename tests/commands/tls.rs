//! Servers over https with an authority of their own: trusted where `ca_file` says so, and told in words where nothing does.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::failures::failed;
use crate::support::chat_thing;
use crate::support::command::Call;
use crate::support::home::Home;

const AUTHORITY: &str = include_str!("../support/tls/ca.pem");

/// A server for `localhost` that refuses all credentials; gives its port.
fn server() -> u16 {
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("../support/tls/server.pem")).expect("PEM")];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../support/tls/server.key")).expect("PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
            let mut stream = StreamOwned::new(connection, socket);
            let mut request = [0; 4096];
            // One that trusts nobody here has gone by now.
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                let _ =
                    stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

#[test]
fn an_authority_of_ones_own_is_trusted_where_the_config_file_says_so() {
    let (home, port) = (Home::new(), server());
    let authority = home.path().join("config/patchcord/company.pem");
    let list = |base_url: &str, own: &str, network: &str| {
        let channel = chat_thing::config(base_url, "c", "s");
        home.configure(&format!("{channel}\n{own}\n{network}\n"));
        fs::write(&authority, AUTHORITY).expect("a file");
        Call::new(&home, &["conversations", "list", "--json"]).run()
    };
    let by_name = format!("https://localhost:{port}");
    let told = failed(list(&by_name, "", ""), 7, "network")["message"].to_string();
    assert!(told.contains("not signed by anyone whom this machine trusts"), "{told}");
    // It is answered: what the server says of the credentials is heard.
    failed(list(&by_name, "ca_file = \"company.pem\"", ""), 4, "unauthorized");
    failed(list(&by_name, "", &format!("[network]\nca_file = {authority:?}")), 4, "unauthorized");
    home.configure(&chat_thing::config(&by_name, "c", "s"));
    let by_environment = Call::new(&home, &["conversations", "list", "--json"]);
    failed(by_environment.env("SSL_CERT_FILE", &authority.to_string_lossy()).run(), 4, "unauthorized");
    // Trusting an authority is not trusting every name.
    let told = failed(list(&format!("https://127.0.0.1:{port}"), "ca_file = \"company.pem\"", ""), 7, "network");
    assert!(told["message"].to_string().contains("its certificate is for another name"), "{told}");
    for (file, why) in [("nowhere.pem", "can't be read"), ("config.toml", "are none")] {
        let told = failed(list(&by_name, &format!("ca_file = \"{file}\""), ""), 3, "config")["message"].to_string();
        assert!(told.contains(file) && told.contains(why), "{told}");
    }
}
