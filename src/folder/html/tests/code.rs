//! Code stays code, with its language and nothing else in it: own pages in the manner of what generators write.

use super::super::markdown;

fn is_code(pages: &[&str], language: &str, code: &str) {
    for page in pages {
        assert_eq!(markdown(page).unwrap(), format!("```{language}\n{code}\n```\n"), "{page}");
    }
}

#[test]
fn code_is_code_with_and_without_its_element() {
    is_code(
        &[
            "<pre>a = 1\n\n  b</pre>",
            "<pre>\na = 1\n\n  b\n\n</pre>",
            "<pre><code>a = 1\n\n  b\n</code></pre>",
            "<code><pre>a = 1\n\n  b</pre></code>",
            "<pre><code>a = 1<br><br>  b<br></code></pre>",
            "<pre><span class=k>a</span> = <span>1</span>\n\n  b</pre>",
            "<pre>a&nbsp;=&nbsp;1\n\n&nbsp; b</pre>",
            // A line is an element of its own.
            "<pre><code><div>a = 1</div><div></div><div>  b</div></code></pre>",
            "<pre><ol><li>a = 1</li><li></li><li>  b</li></ol></pre>",
            "<pre><code><span class=line>a = 1</span>\n<span class=line></span>\n<span class=line>  b</span></code></pre>",
            "<pre><code><span class=token-line>a = 1<br></span><span class=token-line><span></span><br></span>\
             <span class=token-line>  b<br></span></code></pre>",
            "<div class=fragment><div class=line><a id=l1></a><span class=lineno>    1</span>a = 1</div>\
             <div class=line><span class=lineno>    2</span></div><div class=line><span class=lineno>    3</span>  b</div></div>",
        ],
        "",
        "a = 1\n\n  b",
    );
    assert_eq!(markdown("<pre>a ``` b\n````</pre>").unwrap(), "`````\na ``` b\n````\n`````\n");
    assert_eq!(markdown("<pre> </pre><pre></pre>x").unwrap(), "x\n");
    assert_eq!(markdown("<pre>10<sup>6</sup>\n  <b>x</b></pre>").unwrap(), "```\n10⁶\n  x\n```\n");
    assert_eq!(markdown("<pre><img src=i.png alt='[DIR]'> a</pre>").unwrap(), "```\n[DIR] a\n```\n");
}

#[test]
fn the_language_is_found_where_generators_leave_it() {
    is_code(
        &[
            "<pre><code class=language-rust>x</code></pre>",
            "<pre class='language-rust line-numbers'><code>x</code></pre>",
            "<pre class=lang-rust>x</pre>",
            "<pre lang=rust><code>x</code></pre>",
            "<pre data-lang=rust>x</pre>",
            "<pre><code class='hljs rust'>x</code></pre>",
            "<pre class=rust><code>x</code></pre>",
            "<pre class='sourceCode rust'><code class='sourceCode rust'>x</code></pre>",
            "<pre class='brush: rust; gutter: false'>x</pre>",
            "<pre class='src src-rust'>x</pre>",
            "<div class='highlight-rust notranslate'><div class=highlight><pre><span></span>x\n</pre></div></div>",
            "<div class='highlight highlight-source-rust'><pre>x</pre></div>",
            "<div class='language-rust highlighter-rouge'><div class=highlight><pre class=highlight><code>x</code></pre></div></div>",
            "<div class=mw-highlight-lang-rust><pre>x</pre></div>",
            "<figure data-language=rust><pre><code>x</code></pre></figure>",
            "<div class='language-rust codeBlockContainer'><div><pre tabindex=0><code><span>x<br></span></code></pre>\
             <div><button type=button aria-label='Copy code to clipboard'>Copy</button></div></div></div>",
        ],
        "rust",
        "x",
    );
    is_code(
        &[
            "<div class='highlight-default notranslate'><pre>x</pre></div>",
            "<div class=highlight-none><pre>x</pre></div>",
            "<pre class='highlight wrapper'>x</pre>",
            "<body lang=en><section lang=de><pre>x</pre></section>",
            "<pre><code class='language-'>x</code></pre>",
            "<pre><code class='language-a`b'>x</code></pre>",
        ],
        "",
        "x",
    );
    is_code(&["<pre><code class=language-C++>x</code></pre>"], "c++", "x");
    // Of two blocks side by side each has its own.
    let two = "<div><pre class=lang-c>x</pre><pre>y</pre></div>";
    assert_eq!(markdown(two).unwrap(), "```c\nx\n```\n\n```\ny\n```\n");
}

#[test]
fn numbers_buttons_and_remarks_are_not_in_the_code() {
    is_code(
        &[
            "<table class=highlighttable><tr><td class=linenos><div class=linenodiv><pre><span class=normal>1</span>\n\
             <span class=normal>2</span></pre></div></td><td class=code><div><pre><span></span><code>a 1\nb\n</code></pre></div></td></tr></table>",
            "<table class=rouge-table><tr><td class='rouge-gutter gl'><pre class=lineno>1\n2\n</pre></td>\
             <td class=rouge-code><pre>a 1\nb\n</pre></td></tr></table>",
            "<table><tr><td class=blob-num data-line-number=1></td><td class='blob-code blob-code-inner'>a 1</td></tr>\
             <tr><td class=blob-num data-line-number=2></td><td class=blob-code>b</td></tr></table>",
            "<div class=chroma><table class=lntable><tr><td class=lntd><pre><code><span class=lnt>1\n</span><span class=lnt>2\n</span></code></pre>\
             </td><td class=lntd><pre><code>a 1\nb\n</code></pre></td></tr></table></div>",
            "<pre><span class=ln>1</span>a 1\n<span class=ln>2</span>b\n</pre>",
            "<pre><a href='#1' id=1 data-nosnippet>1</a>a 1\n<a href='#2' id=2 data-nosnippet>2</a>b</pre>",
            "<pre><a href='#L1'>1</a>a 1\n<a href='#L2'>2</a>b</pre>",
            "<pre><code><span id=cb1-1><a href='#cb1-1' aria-hidden=true tabindex=-1></a>a 1</span>\n<span id=cb1-2>\
             <a href='#cb1-2' aria-hidden=true></a>b</span></code></pre>",
            "<pre><code class=hljs><table><tr><td class=hljs-ln-numbers><div class=hljs-ln-n data-line-number=1></div></td>\
             <td class=hljs-ln-code>a 1</td></tr><tr><td class=hljs-ln-numbers></td><td class=hljs-ln-code>b</td></tr></table></code></pre>",
            "<pre class=line-numbers>a 1\nb<span class=line-numbers-rows><span></span><span></span></span></pre>",
            "<pre><button class=copybtn>Copy</button>a 1\nb</pre>",
            "<div><pre>a 1\nb</pre><button title='Copy to clipboard'>⧉</button></div>",
            "<pre>a 1 <b class=conum>(1)</b>\nb <b class=conum>(2)</b></pre>",
            "<pre>a 1 <i class=conum data-value=1></i><b>(1)</b>\nb</pre>",
            "<pre>a 1 <a href='#co1'><img src='images/callouts/1.png' alt='(1)'></a>\nb</pre>",
            "<pre>a 1 <span class=co>①</span>\nb</pre>",
        ],
        "",
        "a 1\nb",
    );
    // What looks like one and is the code's own stays.
    is_code(&["<pre><span class=mi>1</span> + <b>(2)</b> <a href='#other'>3</a></pre>"], "", "1 + (2) 3");
    let button = "<p><button>Copy that</button><button>Buy</button>";
    assert_eq!(markdown(button).unwrap(), "Buy\n");
}
