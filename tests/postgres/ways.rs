//! Ways to a server: sockets, TLS of each mode, passwords, several hosts, and what is said of each that won't do.

use patchcord::store::postgres::{ConnectCause, LinkError, Role, StoreUrl, Target};

use crate::postgres::{PASSWORD, Server, installations, with_tls};
use crate::{authority, connect, make_users, one, try_connect};

/// Why no host would do; there is one.
#[track_caller]
fn cause(url: &str, password: Option<&str>) -> ConnectCause {
    match try_connect(url, password).err() {
        Some(LinkError::Connect(mut hosts)) if hosts.len() == 1 => hosts.remove(0).cause,
        other => panic!("{url}: {other:?}"),
    }
}

#[test]
fn each_mode_of_tls_is_what_libpq_says() {
    for installation in with_tls() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        let (url, ca) = (server.url("postgres"), authority());
        let tls = |options: &str| connect(&format!("{url}{options}")).server().tls;
        assert!(tls("") && tls("&sslmode=prefer") && tls("&sslmode=require"));
        assert!(!tls("&sslmode=disable") && !tls("&sslmode=allow"));
        assert!(tls(&format!("&sslmode=verify-full&sslrootcert={ca}")));
        assert!(tls(&format!("&sslmode=require&sslrootcert={ca}")));
        // The certificate is for localhost.
        let by_address = format!("postgres://patchcord@127.0.0.1:{}/postgres?sslrootcert={ca}", server.port());
        assert!(connect(&format!("{by_address}&sslmode=verify-ca")).server().tls);
        let told = cause(&format!("{by_address}&sslmode=verify-full"), None);
        assert_eq!(told, ConnectCause::Tls("its certificate is for another name".to_owned()));
        // Nobody on this machine vouches for it.
        for mode in ["verify-full", "verify-ca"] {
            let told = cause(&format!("{url}&sslmode={mode}"), None);
            assert!(matches!(told, ConnectCause::Tls(_)), "{told:?}");
        }
        let other = format!("{url}&sslmode=verify-full&sslrootcert={ca}.none");
        let url = StoreUrl::parse(&other).expect("a URL");
        let refused = Target::new(url, None).err();
        assert!(matches!(refused, Some(LinkError::Files { .. })), "{refused:?}");
        if installation.major >= 17 {
            assert!(tls("&sslmode=require&sslnegotiation=direct"));
        }
        // The socket has none, and needs none.
        let socket =
            format!("postgres://patchcord@/postgres?host={}&port={}", server.folder().display(), server.port());
        let link = connect(&format!("{socket}&sslmode=require"));
        assert!(!link.server().tls && link.server().direct);
    }
}

#[test]
fn a_server_without_tls_is_told_of() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off"), ("ssl", "off")]);
        let url = server.url("postgres");
        assert!(!connect(&url).server().tls);
        assert_eq!(cause(&format!("{url}&sslmode=require"), None), ConnectCause::NoTls);
    }
}

#[test]
fn passwords_go_by_scram_bound_to_the_connection() {
    for installation in with_tls() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        make_users(&server);
        let secure = server.url_of("secure", "postgres");
        let bound = format!("{secure}&channel_binding=require&sslrootcert={}&sslmode=verify-full", authority());
        let mut link = try_connect(&bound, Some(PASSWORD)).expect("it is let in");
        assert_eq!(one(&mut link, "SELECT current_user::text"), "secure");
        assert!(matches!(cause(&bound, Some("wrong")), ConnectCause::Password(_)));
        assert_eq!(cause(&bound, None), ConnectCause::NoPassword);
        let plain = format!("{}&sslmode=disable", server.url_of("scram", "postgres"));
        assert!(try_connect(&plain, Some(PASSWORD)).is_ok());
        let told = cause(&format!("{plain}&channel_binding=require"), Some(PASSWORD));
        assert!(matches!(told, ConnectCause::Proof(_)), "{told:?}");
        // One that is let in without a password proves nothing.
        let told = cause(&format!("{}&channel_binding=require", server.url("postgres")), None);
        assert!(matches!(told, ConnectCause::Proof(_)), "{told:?}");
        assert!(matches!(cause(&format!("{secure}&sslmode=disable"), Some(PASSWORD)), ConnectCause::Denied(_)));
        let nobody = server.url_of("nobody_else", "postgres");
        assert!(matches!(cause(&nobody, Some(PASSWORD)), ConnectCause::Denied(_)));
        // A password of the URL's works, too.
        let within = secure.replace("secure@", "secure:correct%20horse%2C%20battery@");
        assert!(try_connect(&within, None).is_ok());
    }
}

#[test]
fn what_is_wrong_with_a_host_is_told_as_it_is() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = nobody.local_addr().expect("its address").port();
    // It is taken, and says nothing.
    let told = cause(&format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=1"), None);
    assert!(matches!(told, ConnectCause::Late(_)), "{told:?}");
    drop(nobody);
    assert_eq!(cause(&format!("postgres://u@127.0.0.1:{port}/d"), None), ConnectCause::Refused);
    let told = cause("postgres://u@/d?host=/nowhere", None);
    assert!(matches!(told, ConnectCause::Unreachable(_)), "{told:?}");
    let told = cause("postgres://u@no-such-host.invalid/d", None);
    assert!(matches!(told, ConnectCause::NoAddress(_) | ConnectCause::Late(_)), "{told:?}");
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        assert!(matches!(cause(&server.url("nothing"), None), ConnectCause::NoDatabase(_)));
        let told = cause(&server.url_of("stranger", "postgres"), None);
        assert!(matches!(told, ConnectCause::Denied(_)), "{told:?}");
    }
}

#[test]
fn of_several_hosts_the_first_that_can_be_written_to_is_taken() {
    for installation in installations() {
        let one = Server::start(&installation, &[("fsync", "off"), ("default_transaction_read_only", "on")]);
        let two = Server::start(&installation, &[("fsync", "off")]);
        let (first, second) = (one.port(), two.port());
        let url = format!("postgres://patchcord@127.0.0.1:1,127.0.0.1:{first},127.0.0.1:{second}/postgres");
        let link = connect(&url);
        assert_eq!(link.server().place, format!("127.0.0.1:{second}"));
        let link = connect(&format!("{url}?target_session_attrs=any"));
        assert_eq!(link.server().place, format!("127.0.0.1:{first}"));
        drop(two);
        let Err(LinkError::Connect(hosts)) = try_connect(&url, None) else { panic!("none will do") };
        let causes: Vec<_> = hosts.into_iter().map(|host| host.cause).collect();
        assert_eq!(causes, [ConnectCause::Refused, ConnectCause::Unwanted("read-only"), ConnectCause::Refused]);
    }
}

#[test]
fn a_session_is_set_so_that_who_is_gone_holds_nothing() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off"), ("synchronous_commit", "off")]);
        let mut link =
            connect(&format!("{}&application_name=a%20name&options=-c%20geqo=off", server.url("postgres")));
        let mut setting = |name: &str| one(&mut link, &format!("SELECT current_setting('{name}')"));
        let wanted = [
            ("application_name", "a name"),
            ("geqo", "off"),
            ("client_connection_check_interval", "2s"),
            ("lock_timeout", "5s"),
            ("statement_timeout", "8s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("tcp_keepalives_idle", "3"),
            ("synchronous_commit", "on"),
        ];
        for (name, value) in wanted {
            assert_eq!(setting(name), value, "{name}");
        }
        assert_eq!(link.server().major(), installation.major);
        assert_eq!((link.server().encoding.as_str(), link.server().role), ("UTF8", Role::Writable));
        assert!(link.server().direct && link.begin() == "BEGIN");
    }
}
