//! What each element becomes.

use super::super::markdown;

fn becomes(cases: &[(&str, &str)]) {
    let all = cases
        .iter()
        .map(|(page, expected)| (markdown(page).unwrap().trim_end_matches('\n').to_owned(), page, expected));
    let wrong: Vec<_> = all.filter(|(got, _, expected)| got != **expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn marks_stay_marks() {
    becomes(&[
        ("10<sup>6</sup> m<sup>2</sup> x<sup>-1</sup>", "10⁶ m² x⁻¹"),
        ("H<sub>2</sub>O, a<sub>n+1</sub>, e<sup>i k</sup>", "H₂O, a_(n+1), e^(i k)"),
        ("the 1<sup>st</sup> and the 2<sup>nd</sup>", "the 1st and the 2nd"),
        ("a note<sup>[1]</sup>, one<sup><a href=\"#fn1\">1</a></sup>", "a note[1], one[¹](#fn1)"),
        ("x<sup>a<b>b</b></sup>y Q<sup>®</sup>", "x^(a**b**)y Q®"),
        ("<code>2<sup>32</sup></code> <code>x<sub>1</sub></code>", "`2³²` `x₁`"),
        ("<del>9</del> <s>8</s> <strike>7</strike>", "~~9~~ ~~8~~ ~~7~~"),
        ("<ins>new</ins> <mark>hit</mark>", "<ins>new</ins> <mark>hit</mark>"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd> <samp>ok</samp> <tt>x</tt>", "`Ctrl`+`C` `ok` `x`"),
        ("<kbd><kbd>Ctrl</kbd>+<kbd>C</kbd></kbd>", "`Ctrl+C`"),
        ("<abbr title=\"x y\">HTML</abbr> <dfn>d</dfn> <var>v</var> <cite>c</cite>", "HTML *d* *v* *c*"),
        ("<q>said</q> <small>small</small> <bdo dir=rtl>x</bdo>", "“said” small x"),
        ("<b>a<i>b</i></b> <i>a <b>b</b></i> <b><b>twice</b></b>", "**a*b*** *a **b*** **twice**"),
        ("<b> spaced </b>text <b></b><b> </b><i>&nbsp;</i>end", "**spaced** text \u{a0}end"),
        ("foo<b>(bar)</b>baz <b>note:</b>text", "foo(**bar**)baz **note**:text"),
        ("<b>one</b><b>two</b> <b>x</b><i>y</i>", "**onetwo** **x**y"),
        ("<b>line<br>next</b>", "**line**\\\n**next**"),
        ("a<wbr>b c&shy;d e\u{200b}f", "ab cd e\u{200b}f"),
    ]);
}

#[test]
fn blanks_between_elements_are_blanks() {
    becomes(&[
        ("<b>a</b> <i>b</i>\n<code>c</code>", "**a** *b* `c`"),
        ("<span>a</span><span>b</span> <span>c </span><span> d</span>", "ab c d"),
        ("a\n\t b  \r\n c", "a b c"),
        (
            "10&nbsp;km &amp; &lt;b&gt; &copy; &#8364; &hellip; &bogus; &amp;lt;",
            "10\u{a0}km & \\<b> © € … \\&bogus; \\&lt;",
        ),
        ("<p>&nbsp;</p><p> </p><div><div>x</div></div>", "x"),
        ("<a href=x>a </a>b <a href=x> c</a>", "[a](x) b [c](x)"),
        ("one<br>two<br/><br>three", "one\\\ntwo\n\nthree"),
        ("<div>a<div>b</div>c</div>d<p>e", "a\n\nb\n\nc\n\nd\n\ne"),
        ("<button>Run</button><button>Stop</button>", "Run Stop"),
    ]);
}

#[test]
fn text_is_never_markup() {
    becomes(&[
        ("<p>1. a<p>12) b<p>- c<p>+ d<p>* e", "1\\. a\n\n12\\) b\n\n\\- c\n\n\\+ d\n\n\\* e"),
        ("<p># a<p>#b<p>&gt; c<p>---<p>===<p>___", "\\# a\n\n#b\n\n\\> c\n\n\\---\n\n\\===\n\n\\_\\_\\_"),
        ("<p>[a]: b<p>[x](y) [1]<p>![i](j)<p>[ ] t", "\\[a\\]: b\n\n\\[x\\](y) [1]\n\n\\![i\\](j)\n\n\\[ ] t"),
        ("snake_case _it_ *s* `c` ~x~ a*b", "snake_case \\_it_ \\*s\\* \\`c\\` \\~x\\~ a\\*b"),
        ("C:\\dir \\* end\\", "C:\\dir \\\\\\* end\\\\"),
        ("&lt;b&gt; &lt; 3 a&lt;b &lt;/x&gt; &lt;!-- c", "\\<b> < 3 a\\<b \\</x> \\<!-- c"),
        ("a | b<br>--- | ---<br>| - |<br>:-:", "a | b\\\n\\--- | ---\\\n\\| - |\\\n\\:-:"),
        ("<h2>C #</h2><h2># x</h2>", "## C \\#\n\n## # x"),
        ("!<a href=x>y</a> <a href=x>[z]</a>", "\\![y](x) [\\[z\\]](x)"),
        ("<code>`</code> <code>a``b</code> <code> </code>", "`` ` `` `a``b`"),
    ]);
}

#[test]
fn links_and_pictures() {
    becomes(&[
        ("<a href=\"../a/b.html#c\">r</a> <a href=\"?q=1&amp;x=2\">q</a>", "[r](../a/b.html#c) [q](?q=1&x=2)"),
        ("<a href=\"a b(c).html\">x</a> <a href='&lt;x&gt;|y'>x</a>", "[x](a%20b\\(c\\).html) [x](%3Cx%3E%7Cy)"),
        ("<a>none</a> <a href=''>empty</a> <a name=x></a><a href=x></a>", "none empty"),
        ("<a href='javascript:go()'>x</a> <a href=' Data:text/html,x'>y</a>", "x y"),
        ("<a href=x><b>b</b> <code>c</code></a>", "[**b** `c`](x)"),
        ("<a href=x><div>one</div><p>two</p></a>", "[one](x)\n\n[two](x)"),
        ("<code><a href=x>T</a></code> <code>V&lt;<a href=x>T</a>&gt;</code>", "[`T`](x) `V<T>`"),
        ("<img src=a.png alt='A [b]'> <img src=b.png> <img alt=words>", "![A \\[b\\]](a.png) ![](b.png) words"),
        ("<img src='data:image/png;base64,AAAA' alt=pic><img src='data:x' data-src=late.png>", "pic![](late.png)"),
        ("<a href=x><img src=i.png alt=i></a>", "[![i](i.png)](x)"),
        ("<figure><img src=i.png alt=i><figcaption>Cap</figcaption></figure>", "![i](i.png)\n\nCap"),
        ("<picture><source srcset=x><img src=i.png alt=i></picture>", "![i](i.png)"),
    ]);
}

#[test]
fn headings_without_their_anchors() {
    becomes(&[
        ("<h2>A<a class=headerlink href='#a' title=Link>¶</a></h2>", "## A"),
        ("<h2><a class=anchor href='#a'>§</a>A</h2>", "## A"),
        ("<h3 id=a>A <a class=hash-link href='#a'>\u{200b}</a></h3>", "### A"),
        ("<h2><a href='#a'>#</a> A</h2>", "## A"),
        ("<h2><a class=header href='#a'>Whole</a></h2>", "## Whole"),
        ("<h2><a href='a.html'>Leads</a> on</h2>", "## [Leads](a.html) on"),
        ("<h2>A <b>b</b> <code>c_d</code></h2>", "## A **b** `c_d`"),
        ("<h1>a<br>b</h1><h6>six</h6><h2></h2>", "# a b\n\n###### six"),
        ("<h2><div>a</div></h2><h2>x<ul><li>y</ul></h2>", "## a\n\n## x\n\n- y"),
        ("<h4 class=code-header>fn <a href=x>f</a>&lt;T&gt;()<br>where</h4>", "#### `fn f<T>() where`"),
        ("<p>not a heading: <a href='#x'>#</a></p>", "not a heading: [#](#x)"),
    ]);
}

#[test]
fn lists_with_numbers_and_ticks() {
    becomes(&[
        ("<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "- a\n  - b\n    1. c\n- d"),
        ("<ol start=5><li>a<li>b</ol>", "5. a\n6. b"),
        ("<ol><li>a<li value=9>b<li>c</ol>", "1. a\n9. b\n10. c"),
        ("<ol reversed><li>a<li>b</ol><ol start=-3><li>c</ol>", "2. a\n1. b\n\n0) c"),
        ("<ol start=99999999999><li>a</ol>", "999999999. a"),
        ("<ul><li>a</ul><ul><li>b</ul><ul><li>c</ul>", "- a\n\n* b\n\n- c"),
        ("<ul><li><p>a<p>b<li><p>c</ul>", "- a\n\n  b\n\n- c"),
        ("<ul><li>a<pre>code</pre></ul>", "- a\n\n  ```\n  code\n  ```"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ul>loose<li>a</ul>", "- loose\n- a"),
        ("<ul><li>a<ol start=3><li>b</ol></ul>", "- a\n\n  3. b"),
        ("<ul><li><input type=checkbox checked disabled> a<li><input type=checkbox> b</ul>", "- [x] a\n- [ ] b"),
        (
            "<ul><li><label><input type=checkbox checked> a</label><li><p><input type=CHECKBOX> b</p></ul>",
            "- [x] a\n- [ ] b",
        ),
        ("<nav><ul><li><input type=checkbox checked> a</ul></nav>", "- a"),
        ("<ul><li><input type=checkbox class=md-toggle> a<li><input type=text> b</ul>", "- a\n- b"),
        ("<ul><li></li><li>a</ul>", "- a"),
        ("<li>alone", "alone"),
    ]);
}

#[test]
fn terms_keep_what_is_said_of_them() {
    becomes(&[
        ("<dl><dt>A<dd>one<dt>B<dd>two</dl>", "- **A**\n\n  one\n\n- **B**\n\n  two"),
        ("<dl><dt>A<dt>B<dd>one<dd>two</dl>", "- **A**\\\n  **B**\n  - one\n  - two"),
        ("<dl><div><dt>A<dd><p>p<pre>c</pre></div></dl>", "- **A**\n\n  p\n\n  ```\n  c\n  ```"),
        ("<dl><dt><code>-v</code><dd>x<dl><dt>in<dd>ner</dl></dl>", "- `-v`\n\n  x\n\n  - **in**\n\n    ner"),
        ("<dl><dd>orphan<dt>alone</dl>", "- orphan\n- **alone**"),
        (
            "<dl class=py><dt class='sig sig-object py'><span>m.</span><span>f</span>(<em>a=1</em>, <em>*b</em>)\
             <a class=headerlink href='#f'>¶</a></dt><dd><p>Does.</dd></dl>",
            "- `m.f(a=1, *b)`\n\n  Does.",
        ),
    ]);
}

#[test]
fn what_opens_plays_and_is_drawn() {
    becomes(&[
        ("<details><summary>More</summary>hidden <p>words</details>", "**More**\n\nhidden\n\nwords"),
        (
            "<blockquote><p>q<pre>c</pre><blockquote>in</blockquote></blockquote>",
            "> q\n>\n> ```\n> c\n> ```\n>\n> > in",
        ),
        ("a<hr>b", "a\n\n___\n\nb"),
        (
            "<audio src=a.mp3>Take <a href=a.mp3>the file</a></audio> <video>no video</video>",
            "Take [the file](a.mp3) no video",
        ),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢(kan)字(ji)"),
        ("<svg><title>icon</title><text>label</text><g><text>a<tspan>b</tspan></text></g></svg>", "label ab"),
        ("<select><option>one<option>two</select>", "one\n\ntwo"),
        ("<fieldset><legend>L</legend><textarea>t</textarea></fieldset>", "L\n\nt"),
        ("<main><nav>menu</nav><header>h</header><footer>f</footer></main>", "menu\n\nh\n\nf"),
        ("<script>s</script><style>s</style><template>t</template><noscript>n</noscript><!-- c -->x", "x"),
        ("<div hidden>tab</div>", "tab"),
    ]);
}

#[test]
fn formulas() {
    becomes(&[
        (
            "<math><semantics><mrow><mi>E</mi></mrow><annotation encoding='application/x-tex'>E=mc^2</annotation></semantics></math>",
            "$`E=mc^2`$",
        ),
        (
            "<span class=katex><span class=katex-mathml><math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x_1\
             </annotation></semantics></math></span><span class=katex-html aria-hidden=true>x1</span></span>",
            "$`x_1`$",
        ),
        ("x <script type='math/tex'>a | b</script>", "x $`a | b`$"),
        ("<math alttext='\\alpha'><mi>α</mi></math>", "$`\\alpha`$"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn><mi>n</mi></mfrac></math>", "x² = 1/n"),
        (
            "<math><msub><mi>a</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><msqrt><mi>b</mi></msqrt></math>",
            "a_(ij)√(b)",
        ),
    ]);
}
