//! Paths, keys and routes.

use super::*;

#[test]
fn all_that_leads_nowhere_gets_the_same_answer() {
    let rig = Rig::new();
    let answers: Vec<ClientResponse> = [
        "/",
        "/hooks",
        "/hooks/",
        "/hooks/none",
        "/hooks/docs/",
        "/hooks/docs/key",
        "/hooks/secret",
        "/hooks/secret/",
        "/hooks/secret/wrong",
        "/hooks/secret/k3y%2F%3D/",
        "/hooks/secret/K3Y%2F%3D",
        "/hooks/secret/k3y%2F%3D%00",
        "/hooks/secret/%zz",
        "//hooks/docs",
        "/hooks/../hooks/docs",
        "/HOOKS/docs",
        "/hooks/later/k/k",
        "/healthz/",
    ]
    .iter()
    .map(|path| {
        let answer = rig.ask(post(path, "{\"id\":\"1\"}"));
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (404, "{\"status\":404,\"title\":\"Not found\"}"),
            "{path}"
        );
        answer
    })
    .collect();
    let without_date = |answer: &ClientResponse| {
        let mut answer = answer.clone();
        answer.headers.remove("date");
        answer
    };
    assert!(answers.iter().all(|answer| without_date(answer) == without_date(&answers[0])));
    // Each is shown as refused; what it would have brought, and the key that it tried, are kept refuse_unknown_path.
    until("all are shown", || rig.memory.filed.lock().unwrap().len() == answers.len());
    for shown in rig.memory.filed.lock().unwrap().iter() {
        assert!(matches!(&shown.meaning, Err(refused) if refused.status == 404) && shown.delivery.body.is_empty());
        assert!(!format!("{shown:?}").contains("k3y") && !format!("{shown:?}").contains("wrong/"), "{shown:?}");
    }
}

#[test]
fn who_knows_the_key_is_trusted_and_the_key_is_kept_nowhere() {
    let rig = Rig::with(|options| options.public_url = Some("https://hooks.example.com".to_owned()));
    let url = rig.listening.hook_url(&ChannelName::new("secret"));
    assert_eq!(url, "https://hooks.example.com/hooks/secret/k3y%2F%3D");
    let path = url.strip_prefix("https://hooks.example.com").unwrap();
    let proxy = format!("X-Original-Url: {path}?a=b\r\nX-Forwarded-Uri: /hooks/secret/k3y/=\r\n");
    for headers in [proxy.clone(), format!("{proxy}X-Sign: bad\r\n"), format!("{proxy}Content-Encoding: br\r\n")] {
        rig.ask(post_with(path, &headers, "{\"id\":\"1\"}"));
    }
    assert_eq!(rig.ask(post("/hooks/secret/%6B3y%2f%3d", "{\"id\":\"2\"}")).status, 200, "another spelling");
    until("all are filed", || rig.memory.filed.lock().unwrap().len() == 4);
    let filed = rig.memory.filed.lock().unwrap();
    assert_eq!(filed[0].trust, Some(Trust::Verified));
    assert_eq!(filed[0].delivery.url, "https://hooks.example.com/hooks/secret");
    for arrival in filed.iter() {
        let all = format!("{arrival:?}");
        assert!(!all.contains("k3y"), "{all}");
    }
}

#[test]
fn a_signature_is_worth_what_the_adapter_says_without_a_key() {
    let rig = Rig::new();
    rig.ask(event(1));
    assert_eq!(rig.memory.last().trust, Some(Trust::Unverified));
    let wrong = rig.ask(post_with("/hooks/secret/k3y%2F%3D", "X-Sign: bad\r\n", "{\"id\":\"1\"}"));
    assert_eq!(wrong.status, 401, "a key makes no wrong signature right");
}

#[test]
fn two_routes_take_the_same_event_each() {
    let rig = Rig::with(|options| options.routes.push(route("later", None)));
    for path in ["/hooks/docs", "/hooks/later"] {
        assert_eq!(rig.ask(post(path, "{\"id\":\"1\"}")).status, 200);
    }
    let filed = rig.memory.filed.lock().unwrap();
    assert_eq!([filed[0].delivery.channel.as_str(), filed[1].delivery.channel.as_str()], ["docs", "later"]);
}

#[test]
fn a_route_opens_when_its_secrets_are_there() {
    let rig = Rig::new();
    for path in ["/hooks/later", "/hooks/later/key"] {
        let early = rig.ask(post(path, "{\"id\":\"1\"}"));
        assert_eq!((early.status, early.header("retry-after")), (503, Some("30")));
    }
    rig.listening.set_routes(vec![route("later", None)]);
    assert_eq!(rig.ask(post("/hooks/later", "{\"id\":\"1\"}")).status, 200);
    assert_eq!(rig.ask(event(1)).status, 503, "and the others are closed");
}

#[test]
fn it_says_that_it_is_well() {
    let rig = Rig::new();
    let get = |path: &str| rig.ask(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_eq!(get("/healthz").status, 200);
    assert_eq!(get("/healthz?a=b").status, 200);
    let posted = rig.ask(post("/healthz", ""));
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET")));
    assert_eq!(rig.ask("GET /healthz HTTP/1.1\r\nHost: evil.test\r\n\r\n").status, 403);
}

#[test]
fn its_urls_can_be_called() {
    let rig = Rig::with(|options| options.bind = "0.0.0.0:0".parse().unwrap());
    let port = rig.listening.addr().port();
    assert_eq!(rig.listening.url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(rig.listening.hook_url(&ChannelName::new("docs")), format!("http://127.0.0.1:{port}/hooks/docs"));
    assert!(rig.listening.is_public());
    assert!(!Rig::new().listening.is_public());
}
