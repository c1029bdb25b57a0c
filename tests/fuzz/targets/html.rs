//! A page of anybody's, made a row of.

use patchcord::folder::markdown;

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "html",
    words: &[
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<b>",
        "<i>",
        "<a href=",
        "\"javascript:a\"",
        "<svg>",
        "<math>",
        "<template>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<pre>",
        "<li>",
        "<ul>",
        "&amp;",
        "&#x1b;",
        "&",
        "<img src=x onerror=y>",
        "<h1>",
        "<select>",
        "<title>",
        "</",
        "<",
        ">",
        "\0",
        "<form>",
        "<frameset>",
        "<br>",
    ],
    usual: 3_000,
    run,
};

fn run(data: &[u8]) {
    let page = String::from_utf8_lossy(data);
    if let Ok(text) = markdown(&page) {
        assert_eq!(markdown(&page).as_ref(), Ok(&text), "the same page is the same row");
        assert!(text.ends_with('\n'), "a row ends its last line");
        let reachable = ["](javascript:", "](vbscript:", "](data:text/html"];
        let small = text.to_ascii_lowercase();
        assert!(!reachable.iter().any(|link| small.contains(link)), "a link that runs: {text:?}");
    }
}
